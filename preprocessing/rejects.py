"""The list of rows that could not be parsed: `rejected.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

HEADER = ("row", "id", "column", "value", "reason")


class Reject(NamedTuple):
    """Why one row is not used: the leftmost problem that it has.

    Attributes:
        row: its number; 1 is the first data row, counted through the files in name order.
        id: its value of the id column, where there is one and it could be read.
        column: the column at fault, or empty if the whole row is.
        value: what stood there; of a whole row, its beginning.
        reason: what is wrong with it, in words.
    """

    row: int
    id: str | None
    column: str
    value: str
    reason: str

    @property
    def sentence(self) -> str:
        """The problem without the row.

        >>> Reject(7, None, "age", "old", "not a number").sentence
        "age is 'old': not a number"
        """
        return f"{self.column} is {self.value!r}: {self.reason}" if self.column else self.reason


class RejectList:
    """Writes rejected rows to a file as they come; `count` says how many there were."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(HEADER)
        self.count = 0

    def add(self, rejects: Iterable[Reject]) -> None:
        for reject in rejects:
            self._csv.writerow(["" if value is None else value for value in reject])
            self.count += 1

    def __enter__(self) -> RejectList:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()


def read_rejects(path: Path) -> Iterator[Reject]:
    """The rows that a RejectList wrote, in their order."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines, None)
        for row, id, column, value, reason in lines:
            yield Reject(int(row), id or None, column, value, reason)
