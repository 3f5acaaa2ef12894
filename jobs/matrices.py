"""Codes on disk to what scikit-learn takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from preprocessing import encoding
from preprocessing.codes import read_codes
from preprocessing.errors import DataError
from preprocessing.features import LABEL, ROW
from preprocessing.tables import Tables


def encode(name: str, tables: Tables, codes: pa.RecordBatch) -> Any:
    """The matrix of a batch: dense (`ordinal`), or sparse rows (`onehot`, mostly zeros)."""
    if name == "ordinal":
        return encoding.ordinal(tables, codes)
    from scipy.sparse import csr_matrix

    entries = encoding.onehot(tables, codes)
    rows, features = entries.values.shape
    starts = np.arange(0, rows * features + 1, features, dtype=np.int32 if rows < 2**20 else None)
    shape = (rows, entries.width)
    return csr_matrix((entries.values.ravel(), entries.positions.ravel(), starts), shape)


def names(name: str, tables: Tables) -> list[str]:
    """The names of the matrix's columns."""
    return encoding.ordinal_names(tables) if name == "ordinal" else encoding.onehot_names(tables)


def labelled_batches(folder: Path, name: str, tables: Tables) -> Iterator[tuple[Any, np.ndarray]]:
    """The matrix and the labels (0 or 1, or numbers) of each batch of labelled codes."""
    for codes in read_codes(folder, tables, labelled=True):
        yield encode(name, tables, codes), codes.column(LABEL).to_numpy()


def load(folder: Path, name: str, tables: Tables) -> tuple[Any, np.ndarray]:
    """All labelled codes of a folder as one matrix and its labels: a model is fitted in memory.

    Raises:
        DataError: no rows.
    """
    loaded = load_rows(folder, name, tables)
    return loaded.matrix, loaded.labels


class Rows(NamedTuple):
    """Rows to learn from, or to measure on.

    Attributes:
        numbers: shape (rows,), int64: the rows' numbers in the files.
        matrix: shape (rows, columns), dense or sparse.
        labels: shape (rows,): 0 or 1, or numbers.
    """

    numbers: np.ndarray
    matrix: Any
    labels: np.ndarray

    def only(self, chosen: np.ndarray) -> Rows:
        """The chosen rows, shape (rows,), bool."""
        return Rows(self.numbers[chosen], self.matrix[chosen], self.labels[chosen])


def load_rows(folder: Path, name: str, tables: Tables) -> Rows:
    """As `load`, with the rows' numbers.

    Raises:
        DataError: no rows.
    """
    parts = [
        Rows(
            codes.column(ROW).to_numpy(),
            encode(name, tables, codes),
            codes.column(LABEL).to_numpy(),
        )
        for codes in read_codes(folder, tables, labelled=True)
    ]
    if not sum(len(part.labels) for part in parts):
        raise DataError(f"{folder}: no rows")
    numbers, matrices, labels = zip(*parts, strict=True)
    if name == "ordinal":
        matrix = np.concatenate(matrices)
    else:
        from scipy.sparse import vstack

        matrix = vstack(matrices, format="csr")
    return Rows(np.concatenate(numbers), matrix, np.concatenate(labels))
