"""Codes on disk to what scikit-learn takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from preprocessing import encoding
from preprocessing.codes import read_codes
from preprocessing.errors import DataError
from preprocessing.features import LABEL
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
    """The matrix and the labels (0 or 1) of each batch of labelled codes."""
    for codes in read_codes(folder, tables, labelled=True):
        yield encode(name, tables, codes), codes.column(LABEL).to_numpy()


def load(folder: Path, name: str, tables: Tables) -> tuple[Any, np.ndarray]:
    """All labelled codes of a folder as one matrix and its labels: a model is fitted in memory.

    Raises:
        DataError: no rows.
    """
    matrices, labels = [], []
    for matrix, label in labelled_batches(folder, name, tables):
        matrices.append(matrix)
        labels.append(label)
    if not sum(map(len, labels)):
        raise DataError(f"{folder}: no rows")
    if name == "ordinal":
        return np.concatenate(matrices), np.concatenate(labels)
    from scipy.sparse import vstack

    return vstack(matrices, format="csr"), np.concatenate(labels)
