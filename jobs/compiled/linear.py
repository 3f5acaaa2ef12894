"""Linear models: what each column adds to the sum, looked up by its code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jobs.compiled.forest import Floats, logistic
from preprocessing.tables import Tables


class Linear:
    """A linear model on the one-hot encoding, asked with rows of the ordinal one."""

    def __init__(self, estimator: Any, tables: Tables, *, is_logistic: bool) -> None:
        """Args:
        estimator: scikit-learn's, with `coef_` and `intercept_`, of one output.
        is_logistic: whether the score is the logistic function of the sum.
        """
        weights = np.ravel(estimator.coef_).tolist()
        self._base = float(np.ravel(estimator.intercept_)[0])
        self._logistic = is_logistic
        numeric = [*tables.numeric.values()]
        self._numbers = [
            (table.mean, table.scale, weight)
            for table, weight in zip(numeric, weights[: len(numeric)], strict=True)
        ]
        widths = [table.bins + 1 for table in tables.binned.values()]
        widths += [len(table.values) + 2 for table in tables.categorical.values()]
        if len(numeric) + sum(widths) != len(weights):
            raise ValueError("the model has other columns than its preprocessor")
        self._codes: list[list[float]] = []
        start = len(numeric)
        for width in widths:
            self._codes.append(weights[start : start + width])
            start += width

    def scores(self, rows: Sequence[Sequence[float]]) -> Floats:
        """The score of each row of the ordinal encoding, shape (rows,)."""
        return np.array([self._score(row) for row in rows])

    def _score(self, row: Sequence[float]) -> float:
        total = 0.0
        for value, (mean, scale, weight) in zip(row, self._numbers, strict=False):
            if value == value:  # the mean stands in for a missing number, and adds nothing
                total += (value - mean) / scale * weight
        for value, weights in zip(row[len(self._numbers) :], self._codes, strict=True):
            total += weights[int(value)]
        total += self._base
        return logistic(total) if self._logistic else total
