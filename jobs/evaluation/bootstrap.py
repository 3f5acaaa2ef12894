"""Intervals by the bootstrap: how much a metric would differ on other test rows of the same kind.

A resample draws as many rows as there are, with replacement; the interval of a metric is between
two percentiles of what the resamples give (Efron and Tibshirani, "An Introduction to the
Bootstrap", 1993, chapter 13). Two models are compared on the same resamples: what is hard about
some rows is hard for both, and cancels out of the difference.

It says nothing of how the model would differ if it were trained again, nor of rows of another kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

SEED = 0
# A metric that is undefined in more than this share of the resamples has no interval.
UNDEFINED = 0.1

Interval = tuple[float, float]
Weighted = Callable[[np.ndarray], np.ndarray]


def resamples(rows: int, count: int) -> Iterator[np.ndarray]:
    """`count` times how often each row was drawn, shape (rows,), float64; always the same."""
    random = np.random.default_rng(SEED)
    for _ in range(count):
        drawn = np.bincount(random.integers(0, rows, rows), minlength=rows)
        yield drawn.astype(np.float64)


def sample(weighted: Weighted, rows: int, count: int) -> np.ndarray:
    """The metrics of each resample, shape (count, metrics)."""
    return np.array([weighted(weights) for weights in resamples(rows, count)])


def interval(values: np.ndarray, confidence: float) -> Interval | None:
    """Between which two values that share of `values` lies; None if too many are undefined.

    >>> interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    defined = values[np.isfinite(values)]
    if len(values) == 0 or len(defined) < (1 - UNDEFINED) * len(values):
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2]).tolist()
    return (low, high)


def intervals(
    sampled: np.ndarray, names: tuple[str, ...], confidence: float
) -> dict[str, Interval | None]:
    """The interval of each metric, from what `sample` gave."""
    if len(sampled) == 0:
        return dict.fromkeys(names)
    return {name: interval(sampled[:, column], confidence) for column, name in enumerate(names)}


def number(value: float) -> float | None:
    """A float for JSON, which has no NaN."""
    return float(value) if math.isfinite(value) else None
