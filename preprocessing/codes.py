"""Codes as Parquet files: what one job writes and the next reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa
from pyarrow import parquet as pq

from preprocessing.errors import DataError
from preprocessing.tables import Tables
from preprocessing.transforming import schema

FILE = "codes.parquet"
# Rows of a row group: enough to be read fast, few enough to be held.
GROUP_ROWS = 1 << 16


class CodesFile:
    """Writes batches of codes; `rows` says how many rows there were.

    Raises:
        OSError: the file cannot be written, as when the disk is full; `filename` is its path.
    """

    def __init__(self, folder: Path, tables: Tables, *, labelled: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = schema(tables, labelled=labelled)
        self._path = folder / FILE
        # Codes are small numbers already: Parquet's own dictionaries would only cost time.
        with _named(self._path):
            self._writer = pq.ParquetWriter(self._path, self._schema, use_dictionary=False)
        self._held: list[pa.RecordBatch] = []
        self._held_rows = 0
        self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self._held.append(batch)
        self._held_rows += batch.num_rows
        self.rows += batch.num_rows
        if self._held_rows >= GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        with _named(self._path):
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema))
        self._held, self._held_rows = [], 0

    def __enter__(self) -> CodesFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._flush()
        finally:
            with _named(self._path):
                self._writer.close()


def read_codes(folder: Path, tables: Tables, *, labelled: bool) -> Iterator[pa.RecordBatch]:
    """The batches of every codes file of a folder, in the order of their names.

    Raises:
        DataError: there is none, or one is damaged or was not written with these tables.
    """
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        raise DataError(f"{folder}: no codes (*.parquet); has the preprocess job written here?")
    expected = schema(tables, labelled=labelled)
    for path in paths:
        with _open(path) as file:
            if not file.schema_arrow.equals(expected):
                raise DataError(f"{path} was not written with this preprocessor: other columns")
            for batch in file.iter_batches(GROUP_ROWS):
                yield batch.cast(expected) if batch.schema != expected else batch


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet: {error}") from error


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Gives pyarrow's OSErrors what Python's own have: the path, and a reason without it."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from error
