"""A part of the rows as preprocess writes it: its codes, and the rows rejected from it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from jobs.documents import REJECTED
from jobs.remarks import Remarks
from preprocessing.codes import CodesFile
from preprocessing.errors import DataError
from preprocessing.rejects import Reject, RejectList
from preprocessing.tables import Tables


class Part:
    """Writes codes.parquet and rejected.csv to a folder, a batch at a time.

    Attributes:
        rejected: so many rows could not be read.
        first: the first of them.
        remarks: what is odd about the others.
    """

    def __init__(self, folder: Path, tables: Tables, *, labelled: bool) -> None:
        self.rejected = 0
        self.first: Reject | None = None
        self.remarks = Remarks(tables)
        self._open = ExitStack()
        self._codes = self._open.enter_context(CodesFile(folder, tables, labelled=labelled))
        self._rejects = self._open.enter_context(RejectList(folder / REJECTED))

    @property
    def rows(self) -> int:
        """So many rows could be read."""
        return self._codes.rows

    def add(self, codes: pa.RecordBatch, rejects: Iterable[Reject]) -> None:
        """Write a batch of rows."""
        self._codes.add(codes)
        self.remarks.add(codes)
        for reject in rejects:
            self.first = self.first or reject
            self.rejected += 1
            self._rejects.add([reject])

    def said(self) -> str:
        """How many rows there are, and the first of those that could not be read."""
        return f"{self.rows:,} rows, {self.rejected:,} rejected{self._as_first()}"

    def check(self, name: str, folder: Path) -> None:
        """Refuse a part without a row that can be used.

        The reason is in the message: a job that fails may leave no rejected.csv behind.

        Raises:
            DataError: no rows in `folder`, or every one was rejected.
        """
        if self.rows + self.rejected == 0:
            raise DataError(f"no rows in {folder}")
        if self.rows == 0:
            raise DataError(f"{folder}: every {name} row was rejected{self._as_first()}")

    def __enter__(self) -> Part:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, at)

    def _as_first(self) -> str:
        return "" if self.first is None else f", as row {self.first.row}: {self.first.sentence}"
