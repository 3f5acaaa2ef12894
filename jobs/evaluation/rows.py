"""The test rows: their codes and labels, and the text that they were made from.

Preprocess wrote the codes of the rows that could be parsed, each with its number. The text is in
the files that it read: the same number finds the same row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from preprocessing.codes import read_codes
from preprocessing.columns import Columns
from preprocessing.errors import DataError
from preprocessing.features import LABEL, ROW
from preprocessing.parsing import parse
from preprocessing.reading import RawBatch, Source
from preprocessing.tables import Tables

# Rows that are scored at once: what a model's matrix of them takes fits into any machine.
BATCH_ROWS = 1 << 16


@dataclass(frozen=True)
class TestedRows:
    """The rows that a model is tested on.

    Attributes:
        codes: as preprocess wrote them.
        numbers: shape (rows,), int64, ascending: the rows' numbers in the files of raw rows.
        labels: shape (rows,): 0 or 1 (int8), or of a regression the label (float64).
    """

    codes: pa.Table
    numbers: np.ndarray
    labels: np.ndarray

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The codes, some at a time."""
        yield from self.codes.to_batches(BATCH_ROWS)

    def take(self, positions: np.ndarray) -> pa.RecordBatch:
        """The codes of the rows at these positions."""
        batch = self.codes.take(pa.array(positions)).combine_chunks()
        return pa.record_batch(
            [pa.concat_arrays(column.chunks) for column in batch.columns], batch.schema
        )


def read(folder: Path, tables: Tables) -> TestedRows:
    """The labelled codes of a folder.

    Raises:
        DataError: there is no row, or the codes were not written with these tables.
    """
    codes = pa.Table.from_batches(list(read_codes(folder, tables, labelled=True)))
    if codes.num_rows == 0:
        raise DataError(f"{folder}: no rows to test on")
    return TestedRows(codes, codes[ROW].to_numpy(), codes[LABEL].to_numpy())


def texts(folder: Path, columns: Sequence[str], numbers: np.ndarray) -> dict[str, pa.StringArray]:
    """The columns as text, trimmed and null where missing, for the rows of these numbers.

    Args:
        folder: of raw rows, CSV or Parquet.
        columns: names of the files' columns.
        numbers: ascending.

    Raises:
        DataError: a file has no such column, or the files lack some of the rows.
    """
    found: dict[str, list[pa.Array]] = {name: [] for name in columns}
    wanted = Columns(None, None, (), (), tuple(columns))
    rows = 0
    for raw in _chosen(Source.find(folder), columns, numbers):
        batch = parse(raw, wanted)
        # A text that is not UTF-8 makes its row a reject here; its value counts as missing.
        places = np.searchsorted(batch.rows, raw.rows)
        there = np.isin(raw.rows, batch.rows)
        for name, pieces in found.items():
            column = batch.categories[name]
            of_row = np.zeros(len(raw.rows), np.int32)
            of_row[there] = column.indices[places[there]]
            pieces.append(column.values.take(pa.array(of_row, mask=~there)))
        rows += len(raw.rows)
    _check(folder, rows, len(numbers))
    return {name: pa.concat_arrays(pieces) for name, pieces in found.items()}


def as_sent(folder: Path, without: str, numbers: np.ndarray) -> dict[int, Mapping[str, str | None]]:
    """Whole rows by their numbers, as a client would send them: every column but one, as text.

    A number of a Parquet file becomes the text that reads back as the same float64.

    Args:
        folder: of raw rows, CSV or Parquet.
        without: the label's column.
        numbers: ascending; rows that are ragged or not UTF-8 are left out.
    """
    source = Source.find(folder)
    columns = [name for name in source.header() if name != without]
    rows: dict[int, Mapping[str, str | None]] = {}
    for raw in _chosen(source, columns, numbers):
        texts = [_plain(raw.columns[name]) for name in columns]
        for number, *values in zip(raw.rows.tolist(), *texts, strict=True):
            if _NO_TEXT not in values:
                rows[number] = dict(zip(columns, values, strict=True))
    return rows


_NO_TEXT = object()


def _plain(column: pa.Array) -> list[object]:
    """The values as text, None where there is none, `_NO_TEXT` where they are not UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = column.cast(pa.float64())
    values: list[object] = []
    for value in column.to_pylist():
        if isinstance(value, bytes):
            try:
                values.append(value.decode())
            except UnicodeDecodeError:
                values.append(_NO_TEXT)
        else:
            values.append(None if value is None else str(value))
    return values


def _chosen(source: Source, columns: Sequence[str], numbers: np.ndarray) -> Iterator[RawBatch]:
    for raw in source.batches(columns):
        places = np.searchsorted(numbers, raw.rows)
        places[places == len(numbers)] = 0
        chosen = numbers[places] == raw.rows if len(numbers) else np.zeros(len(raw.rows), bool)
        if chosen.any():
            mask = pa.array(chosen)
            kept = {name: column.filter(mask) for name, column in raw.columns.items()}
            yield RawBatch(raw.rows[chosen], kept, [])


def _check(folder: Path, found: int, wanted: int) -> None:
    if found != wanted:
        raise DataError(
            f"{folder} has {found:,} of the {wanted:,} rows that the model is tested on: these are "
            "not the files that preprocess read; give it the same ones"
        )
