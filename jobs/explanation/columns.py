"""Rows as a matrix with one column for each feature, whatever encoding the model itself has.

Explanations speak of the columns that the configuration names, and not of the four hundred that a
one-hot encoding makes of them. So the matrix is that of the ordinal encoding, and a model with
another one gets its own from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jobs import matrices
from jobs.model import Model
from preprocessing import encoding
from preprocessing.features import ROW

# Rows that are scored in one call, of which a one-hot matrix has some hundred megabytes.
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Columns:
    """A model as a function of the ordinal matrix.

    Attributes:
        names: of the matrix's columns.
    """

    model: Model
    names: tuple[str, ...]

    @classmethod
    def of(cls, model: Model) -> Columns:
        """The columns of a model."""
        return cls(model, tuple(encoding.ordinal_names(model.tables)))

    def matrix(self, codes: pa.RecordBatch) -> np.ndarray:
        """The ordinal matrix, shape (rows, columns), float64."""
        return encoding.ordinal(self.model.tables, codes)

    def encoded(self, matrix: np.ndarray) -> Any:
        """What the model's estimator takes, of an ordinal matrix."""
        name = self.model.manifest["encoding"]
        if name == "ordinal":
            return matrix
        return matrices.encode(name, self.model.tables, self._codes(matrix))

    def score(self, matrix: np.ndarray) -> np.ndarray:
        """The model's scores, shape (rows,), of an ordinal matrix."""
        return self.model.score_matrix(self.encoded(matrix))

    def scores_of(self, matrices: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The scores of each matrix in turn. Many rows at once take little longer than a few."""
        waiting: list[np.ndarray] = []
        for matrix in matrices:
            if sum(map(len, waiting)) + len(matrix) > _AT_ONCE:
                yield from self._together(waiting)
                waiting = []
            waiting.append(matrix)
        yield from self._together(waiting)

    def _together(self, matrices: list[np.ndarray]) -> Iterator[np.ndarray]:
        if matrices:
            ends = np.cumsum([len(matrix) for matrix in matrices])
            yield from np.split(self.score(np.concatenate(matrices)), ends[:-1])

    def words(self, matrix: np.ndarray) -> list[list[str]]:
        """Each value as a person knows it: a category's text, a bin's bounds, a number."""
        return [
            [self._word(name, value) for name, value in zip(self.names, row, strict=True)]
            for row in matrix.tolist()
        ]

    def _codes(self, matrix: np.ndarray) -> pa.RecordBatch:
        arrays: dict[str, pa.Array] = {ROW: pa.array(np.arange(1, len(matrix) + 1))}
        tables = self.model.tables
        for place, name in enumerate(self.names):
            values = matrix[:, place]
            if name in tables.numeric:
                arrays[name] = pa.array(values, from_pandas=True)
            else:
                kind = pa.int16() if name in tables.binned else pa.uint8()
                arrays[name] = pa.array(values.astype(np.int64), kind)
        return pa.record_batch(arrays)

    def _word(self, name: str, value: float) -> str:
        tables = self.model.tables
        if name in tables.numeric:
            return "missing" if np.isnan(value) else f"{value:g}"
        code = int(value)
        if name in tables.binned:
            table = tables.binned[name]
            if code >= table.bins:
                return "missing"
            edges = ["", *(f"{edge:g}" for edge in table.edges[1:-1]), ""]
            return _range(edges[code], edges[code + 1])
        category = tables.categorical[name]
        if code < len(category.values):
            return category.values[code]
        return "missing" if code == category.missing_code else "another value"


def _range(low: str, high: str) -> str:
    if low and high:
        return f"{low} to below {high}"
    return f"{low} and above" if low else f"below {high}" if high else "any number"
