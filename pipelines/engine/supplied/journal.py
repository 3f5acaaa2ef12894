"""The write-ahead journal of what was asked of moto: replayed, it makes the same state again.

    {"format": 1, "moto": "5.2.5"}
    {"at": 1795226180.39, "seed": 1, "service": "iam", "region": "…", "target": "", "body": "…"}

An entry is on the disk before moto sees the request. moto's clock and its random numbers come
from the entry, in the first run as in a replay, so that ids and times are the same in both.

It is never compacted: a deployment adds an entry for each role or log group that it changes, a
training run none, and a thousand entries are replayed in under a second.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import EngineError

FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """One request: `at` is its time in epoch seconds, `seed` what moto's random numbers start at.

    `target` is X-Amz-Target, or empty for the query protocol, whose form names the operation.
    """

    at: float
    seed: int
    service: str
    region: str
    target: str
    body: str


class Journal:
    """An append-only file of entries. Callers serialise what they append."""

    def __init__(self, path: Path, moto_version: str) -> None:
        self._path = path
        self._header = {"format": FORMAT, "moto": moto_version}
        self._file: BinaryIO | None = None
        self.torn: str | None = None
        self._count = 0

    def replay(self) -> Iterator[Entry]:
        """The entries so far. A last line that a crash cut short is removed, and `torn` says so.

        Raises:
            EngineError: the journal is of another format or another moto, or is damaged
                elsewhere than at its end.
        """
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        end = data.rfind(b"\n") + 1
        if end < len(data):
            # Its request was never answered: nobody was told that it happened.
            self.torn = f"{self._path}: the last entry was cut short by a crash and is dropped"
            os.truncate(self._path, end)
        lines = data[:end].splitlines()
        if not lines:
            return
        self._check(lines[0])
        for number, line in enumerate(lines[1:], start=2):
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise EngineError(
                    f"{self._path}, line {number} is damaged: {error}.", hint=_RESET
                ) from None
            self._count += 1
            yield entry

    def append(self, entry: Entry) -> None:
        """Put an entry on the disk."""
        if self._file is None:
            self._file = self._path.open("ab")
            if self._file.tell() == 0:
                self._file.write(json.dumps(self._header).encode() + b"\n")
                _sync_folder(self._path.parent)
        self._file.write(json.dumps(asdict(entry)).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._count += 1

    def next_seed(self) -> int:
        """A seed that no entry before has."""
        return self._count + 1

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _check(self, line: bytes) -> None:
        try:
            header = json.loads(line)
        except ValueError:
            header = None
        if header != self._header:
            raise EngineError(
                f"{self._path} was written as {line.decode(errors='replace')}, and this engine "
                f"reads {json.dumps(self._header)}.",
                hint=_RESET,
            )


_RESET = (
    "`python -m pipelines local reset` starts anew (it deletes the local environment); "
    "or go back to the version that wrote it."
)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
