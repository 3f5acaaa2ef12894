"""Codes as Parquet files: what one job writes and the next reads."""

from __future__ import annotations

from collections.abc import Iterator
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
    """Writes batches of codes; `rows` says how many rows there were."""

    def __init__(self, folder: Path, tables: Tables, *, labelled: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = schema(tables, labelled=labelled)
        # Codes are small numbers already: Parquet's own dictionaries would only cost time.
        self._writer = pq.ParquetWriter(folder / FILE, self._schema, use_dictionary=False)
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
        if error is None:
            self._flush()
        self._writer.close()


def read_codes(folder: Path, tables: Tables, *, labelled: bool) -> Iterator[pa.RecordBatch]:
    """The batches of every codes file of a folder, in the order of their names.

    Raises:
        DataError: there is none, or one was not written with these tables.
    """
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        raise DataError(f"{folder}: no codes (*.parquet); has the preprocess job written here?")
    expected = schema(tables, labelled=labelled)
    for path in paths:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(expected):
                raise DataError(f"{path} was not written with this preprocessor: other columns")
            for batch in file.iter_batches(GROUP_ROWS):
                yield batch.cast(expected) if batch.schema != expected else batch
