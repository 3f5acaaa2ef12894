"""Codes to the matrix that an algorithm wants. The algorithm chooses; the codes do not know.

ordinal: numbers as they are (NaN where missing), bins and categories as their codes. For trees,
    which split on codes and learn where missing values go.
onehot: numbers scaled to zero mean and unit variance (0 where missing: the mean stands in, and no
    column says so), and a 0/1 column for each bin and each category, the ones for missing and
    other included. For linear models.

Both are float64, one row for each row of codes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from preprocessing.tables import Tables

Floats = npt.NDArray[np.float64]


class Entries(NamedTuple):
    """A one-hot matrix by its entries: as many in each row as there are features.

    Attributes:
        values: shape (rows, features), float64.
        positions: shape (rows, features), int32: the columns that the values stand in, ascending.
        width: the number of columns.
    """

    values: Floats
    positions: npt.NDArray[np.int32]
    width: int

    def dense(self) -> Floats:
        """The whole matrix, shape (rows, width)."""
        matrix = np.zeros((len(self.values), self.width))
        np.put_along_axis(matrix, self.positions.astype(np.int64), self.values, axis=1)
        return matrix


def ordinal_names(tables: Tables) -> list[str]:
    """The names of the ordinal matrix's columns."""
    return [*tables.numeric, *tables.binned, *tables.categorical]


def ordinal_categorical(tables: Tables) -> list[bool]:
    """Which columns of the ordinal matrix hold categories, whose codes have no order."""
    ordered = len(tables.numeric) + len(tables.binned)
    return [False] * ordered + [True] * len(tables.categorical)


def ordinal(tables: Tables, codes: pa.RecordBatch) -> Floats:
    """The ordinal matrix, shape (rows, features)."""
    names = ordinal_names(tables)
    matrix = np.empty((codes.num_rows, len(names)))
    for index, name in enumerate(names):
        matrix[:, index] = _column(codes, name)
    return matrix


def onehot_names(tables: Tables) -> list[str]:
    """The names of the one-hot matrix's columns: `age`, `age: missing`, `sex: Female`, …

    A bin is named by its bounds, as in `age: [30, 42)`.
    """
    names = [*tables.numeric]
    for column, binned in tables.binned.items():
        edges = ["-inf", *(f"{edge:g}" for edge in binned.edges[1:-1]), "inf"]
        pairs = pairwise(edges)
        names += [f"{column}: [{low}, {high})" for low, high in pairs] + [f"{column}: missing"]
    for column, table in tables.categorical.items():
        # The quotes tell a category that is called missing from a missing one.
        names += [f"{column}: {value!r}" for value in table.values]
        names += [f"{column}: missing", f"{column}: other"]
    return names


def onehot(tables: Tables, codes: pa.RecordBatch) -> Entries:
    """The one-hot matrix, shape (rows, len(onehot_names(tables)))."""
    features = len(tables.numeric) + len(tables.binned) + len(tables.categorical)
    values = np.ones((codes.num_rows, features))
    positions = np.empty((codes.num_rows, features), np.int32)
    for index, (name, table) in enumerate(tables.numeric.items()):
        scaled = (_column(codes, name) - table.mean) / table.scale
        values[:, index] = np.where(np.isnan(scaled), 0.0, scaled)
        positions[:, index] = index
    first = start = len(tables.numeric)
    widths = {name: table.bins + 1 for name, table in tables.binned.items()}
    widths |= {name: len(table.values) + 2 for name, table in tables.categorical.items()}
    for index, (name, width) in enumerate(widths.items(), first):
        positions[:, index] = _column(codes, name)
        positions[:, index] += start
        start += width
    return Entries(values, positions, start)


def _column(codes: pa.RecordBatch, name: str) -> npt.NDArray[Any]:
    return np.asarray(codes.column(name).to_numpy(zero_copy_only=False))
