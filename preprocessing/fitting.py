"""Learns the tables from training rows, in one pass."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from preprocessing.columns import Columns
from preprocessing.derive import Derivation
from preprocessing.errors import DataError, nearest
from preprocessing.features import Features
from preprocessing.moments import Moments
from preprocessing.parsing import Batch, Categories
from preprocessing.quantiles import Quantiles
from preprocessing.tables import (
    Binned,
    Categorical,
    Label,
    NumberLabel,
    Numeric,
    Tables,
    safe_scale,
)
from preprocessing.vocabulary import Vocabulary

# Categories that have a code of their own. With the codes for missing and other there are 255:
# what a byte holds, and as many as scikit-learn's histogram trees can tell apart.
CATEGORIES = 253


class Fit:
    """Takes batches of training rows, in order; `tables` gives what they teach.

    Attributes:
        rows: training rows so far.
    """

    def __init__(
        self, features: Features, columns: Columns, derivation: Derivation | None = None
    ) -> None:
        self._features = features
        self._derivation = derivation
        self._bins = dict(columns.binned)
        self.rows = 0
        self._missing = dict.fromkeys(columns.numbers, 0)
        self._moments = {name: Moments() for name in columns.numeric}
        self._quantiles = {name: Quantiles() for name in self._bins}
        self._vocabularies = {name: Vocabulary(name) for name in columns.categorical}
        self._label = Vocabulary(features.label)
        self._label_moments = Moments()
        self._label_range = (math.inf, -math.inf)

    def add(self, batch: Batch) -> None:
        """Learn from a batch; its label column must be there.

        Raises:
            DataError: a column of categories has too many different values.
        """
        assert batch.label is not None, "training rows have labels"
        self.rows += len(batch.rows)
        if isinstance(batch.label, Categories):
            self._label.add(batch.label)
        elif len(batch.label):
            self._label_moments.add(batch.label)
            least, most = self._label_range
            least, most = min(least, batch.label.min()), max(most, batch.label.max())
            self._label_range = float(least), float(most)
        for name, values in batch.numbers.items():
            missing = np.isnan(values)
            present = values[~missing] if missing.any() else values
            self._missing[name] += len(values) - len(present)
            (self._moments.get(name) or self._quantiles[name]).add(present)
        for name, categories in batch.categories.items():
            self._vocabularies[name].add(categories)

    def tables(self) -> Tables:
        """What has been learnt.

        Raises:
            DataError: no rows, a label that has not two values, or numbers beyond float64.
        """
        if self.rows == 0:
            raise DataError("no training row is left to learn from")
        return Tables(
            self._features,
            self.rows,
            self._fit_label() if self._features.task == "classification" else self._fit_number(),
            {name: self._fit_numeric(name) for name in self._moments},
            {name: self._fit_binned(name) for name in self._quantiles},
            {name: self._fit_categorical(name) for name in self._vocabularies},
            self._derivation,
        )

    def _fit_label(self) -> Label:
        column, positive, counts = self._features.label, self._features.positive, self._label.counts
        assert positive is not None, "a classification names the positive class"
        if positive not in counts:
            raise DataError(
                f"label column {column!r} never is {positive!r}{nearest(positive, counts)}; "
                f"it is {_listed(counts)}"
            )
        others = [value for value in counts if value != positive]
        if len(others) != 1:
            many = f"{len(counts)} values" if others else "one value only"
            raise DataError(
                f"label column {column!r} has {many}, and two are needed: it is {_listed(counts)}"
            )
        return Label(column, others[0], positive, counts[others[0]], counts[positive])

    def _fit_number(self) -> NumberLabel:
        column = self._features.label
        count, mean, variance = self._label_moments.result()
        if not (math.isfinite(mean) and math.isfinite(variance)):
            raise DataError(
                f"the numbers of the label column {column!r} are too large to be fitted"
            )
        scale = safe_scale(count, mean, variance)
        return NumberLabel(column, count, mean, scale, *self._label_range)

    def _fit_numeric(self, name: str) -> Numeric:
        count, mean, variance = self._moments[name].result()
        if not (math.isfinite(mean) and math.isfinite(variance)):
            raise DataError(f"the numbers of column {name!r} are too large to be scaled; drop it")
        return Numeric(count, self._missing[name], mean, safe_scale(count, mean, variance))

    def _fit_binned(self, name: str) -> Binned:
        edges = tuple(self._quantiles[name].edges(self._bins[name]))
        missing = self._missing[name]
        return Binned(self.rows - missing, missing, edges, self._quantiles[name].rank_error)

    def _fit_categorical(self, name: str) -> Categorical:
        vocabulary = self._vocabularies[name]
        kept = vocabulary.most_frequent(CATEGORIES)
        other = sum(vocabulary.counts.values()) - sum(kept.values())
        return Categorical(tuple(kept), tuple(kept.values()), vocabulary.missing, other)


def fit(features: Features, columns: Columns, batches: Iterable[Batch]) -> Tables:
    """Learn from all batches; see `Fit`."""
    learner = Fit(features, columns)
    for batch in batches:
        learner.add(batch)
    return learner.tables()


def _listed(counts: dict[str, int]) -> str:
    shown = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    listed = ", ".join(f"{value!r} in {count:,} rows" for value, count in shown)
    return (listed or "always missing") + (", …" if len(counts) > 5 else "")
