"""Raw rows to predictions: what an endpoint does, in whatever server it runs.

A few rows go through plain Python and the compiled model, where there is one; more of them, or a
model that has none, through the same steps as the Predict job. Both give the same predictions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from jobs.compiled.compiling import compile_model
from jobs.model import Model
from preprocessing.encoding import Floats, ordinal_names
from preprocessing.errors import DataError
from preprocessing.row_codes import RowCodes, RowError
from preprocessing.rows import transform_rows
from preprocessing.tables import Tables

# From about here on, many rows at once cost less than one after the other (measured).
FEW = 16
Row = Mapping[str, object]


class BadRows(DataError):
    """Rows cannot be scored; the message names the first one and says why."""


class Prediction(NamedTuple):
    """What is predicted for a row.

    Attributes:
        prediction: the label's text, or the number.
        score: the probability of the positive class, or the number again.
    """

    prediction: str | float
    score: float


class Scorer:
    """A model that is ready for rows as clients send them.

    Attributes:
        model_sha256: the digest of the model's archive.
        remark: what is to be said of how it predicts.
    """

    def __init__(self, loaded: Model, *, compiled: bool = True) -> None:
        """Args:
        compiled: whether a compiled form is used where there is one.
        """
        self.model_sha256 = loaded.sha256
        self.remark = "one way for any number of rows"
        self._model = loaded
        self._codes = RowCodes(loaded.tables)
        self._compiled = None
        if compiled:
            self._compiled, self.remark = compile_model(
                loaded.estimator, loaded.tables, self._reference
            )

    def predict(self, rows: Sequence[Row]) -> list[Prediction]:
        """The prediction of each row, in their order.

        Raises:
            BadRows: a row lacks a column or has a value that cannot be parsed.
        """
        scores = self._few(rows) if len(rows) <= FEW else self._scores(rows)
        if not np.isfinite(scores).all():
            number = int(np.flatnonzero(~np.isfinite(scores))[0]) + 1
            raise BadRows(f"row {number}: its values are too large for this model")
        predictions: Sequence[str | float] = self._model.predictions(scores)
        return [
            Prediction(word, score)
            for word, score in zip(predictions, scores.tolist(), strict=True)
        ]

    def _few(self, rows: Sequence[Row]) -> Floats:
        coded = []
        for number, row in enumerate(rows, 1):
            try:
                coded.append(self._codes(row))
            except RowError as error:
                raise BadRows(f"row {number}: {error}") from error
        if self._compiled is not None:
            try:
                return self._compiled.scores(coded)
            except ValueError:  # a number that is too large: the estimator says so
                pass
        return self._scores(rows)

    def _scores(self, rows: Sequence[Row]) -> Floats:
        codes, rejects = transform_rows(self._model.tables, rows)
        if rejects:
            raise BadRows(f"row {rejects[0].row}: {rejects[0].sentence}")
        try:
            return self._model.score(codes)
        except ValueError as error:
            # scikit-learn's, of a number that is too large for its float32.
            raise BadRows(f"a row has values that the model cannot take: {error}") from error

    def _reference(self, matrix: Floats) -> Floats:
        """The estimator's own scores for rows of the ordinal encoding."""
        return self._model.score(codes_of_matrix(self._model.tables, matrix))


def codes_of_matrix(tables: Tables, matrix: Floats) -> pa.RecordBatch:
    """The codes whose ordinal encoding is this matrix."""
    types = [pa.float64()] * len(tables.numeric)
    types += [pa.int16()] * len(tables.binned) + [pa.uint8()] * len(tables.categorical)
    columns = [
        pa.array(values).cast(type_, safe=True)
        for values, type_ in zip(matrix.T, types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, names=ordinal_names(tables))
