"""What is fitted: a table for each column, as frozen values that can be written and read."""

from __future__ import annotations

import math
from dataclasses import dataclass

from preprocessing.columns import Columns
from preprocessing.derive import Derivation
from preprocessing.features import Features, Task


@dataclass(frozen=True)
class Numeric:
    """A column of numbers.

    Attributes:
        count: training rows that have a value.
        missing: training rows that have none.
        mean: of the values, in the column's unit; also what stands in for a missing one.
        scale: their standard deviation (over n), in the column's unit; 1 where it is zero or
            lost in rounding, so that a constant column becomes 0.
    """

    count: int
    missing: int
    mean: float
    scale: float


@dataclass(frozen=True)
class Binned:
    """A column of numbers cut into quantiles; a missing value has a bin of its own, the last.

    Attributes:
        count: training rows that have a value.
        missing: training rows that have none.
        edges: ascending; bin i holds edges[i] <= value < edges[i + 1], the first and the last
            bin also everything below and above.
        rank_error: the edges' ranks are off by at most so many rows; 0: exact.
    """

    count: int
    missing: int
    edges: tuple[float, ...]
    rank_error: int

    @property
    def bins(self) -> int:
        """The number of bins; at least one, and without the one for missing values."""
        return max(len(self.edges) - 1, 1)


@dataclass(frozen=True)
class Categorical:
    """A column of categories: code i is `values[i]`; then come `missing_code` and `other_code`.

    Attributes:
        values: sorted by code point.
        counts: training rows of each.
        missing: training rows without a category.
        other: training rows whose category is too rare to have a code.
    """

    values: tuple[str, ...]
    counts: tuple[int, ...]
    missing: int
    other: int

    @property
    def missing_code(self) -> int:
        return len(self.values)

    @property
    def other_code(self) -> int:
        """The code of a category that is rare in training, or was never seen there."""
        return len(self.values) + 1


@dataclass(frozen=True)
class Label:
    """The column to predict: 1 is `positive`, 0 is `negative`, with their training rows."""

    column: str
    negative: str
    positive: str
    negatives: int
    positives: int

    @property
    def values(self) -> tuple[str, str]:
        """The label's text by its code."""
        return self.negative, self.positive


@dataclass(frozen=True)
class NumberLabel:
    """The column to predict in a regression, in its own unit; `scale` as in `Numeric`."""

    column: str
    count: int
    mean: float
    scale: float
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Tables:
    """Everything that is fitted; the order of each mapping is the order of the features.

    Attributes:
        derivation: what makes columns from columns, before any table is looked at.
    """

    features: Features
    rows: int
    label: Label | NumberLabel
    numeric: dict[str, Numeric]
    binned: dict[str, Binned]
    categorical: dict[str, Categorical]
    derivation: Derivation | None = None

    @property
    def task(self) -> Task:
        """What the label is for."""
        return "classification" if isinstance(self.label, Label) else "regression"

    def columns(self, *, labelled: bool) -> Columns:
        """The columns that a file to be transformed must have."""
        return Columns(
            self.label.column if labelled else None,
            self.features.id,
            tuple(self.numeric),
            tuple((name, table.bins) for name, table in self.binned.items()),
            tuple(self.categorical),
            self.task,
            () if self.derivation is None else tuple(self.derivation.reads.items()),
            () if self.derivation is None else tuple(self.derivation.columns),
        )


def safe_scale(count: int, mean: float, variance: float) -> float:
    """The standard deviation, or 1 if the variance is no more than rounding may leave.

    The bound is scikit-learn's: n·eps·variance + (n·eps·mean)².

    >>> safe_scale(3, 5.0, 0.0), safe_scale(3, 5.0, 4.0)
    (1.0, 2.0)
    """
    eps = 2.0**-52
    bound = count * eps * variance + (count * mean * eps) ** 2
    return 1.0 if variance <= bound else math.sqrt(variance)
