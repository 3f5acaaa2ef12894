"""Count, mean and variance of a column in one pass, sound for values far from zero.

Each group of values is summed as a binary tree of element-wise additions (an error that grows with
the logarithm of the count, and the same bits on every processor), its squared deviations are taken
from its own mean, and groups are merged by Chan, Golub and LeVeque's formula.
"""

from __future__ import annotations

import numpy as np

from preprocessing.groups import Floats, Groups


class Moments:
    """Accumulates a column's values; what is missing is left out by the caller.

    >>> moments = Moments()
    >>> moments.add(np.array([1e9 + 1, 1e9 + 2, 1e9 + 3]))
    >>> moments.result()
    (3, 1000000002.0, 0.6666666666666666)
    """

    def __init__(self) -> None:
        self._groups = Groups()
        self._state = (0, 0.0, 0.0)

    def add(self, values: Floats) -> None:
        """Take values, shape (n,), finite."""
        for group in self._groups.add(values):
            self._state = _merge(self._state, _moments(group))

    def result(self) -> tuple[int, float, float]:
        """Count, mean, and variance over all values (not n - 1); of no value, zeros."""
        count, mean, squares = _merge(self._state, _moments(self._groups.rest()))
        return count, mean, squares / count if count else 0.0


def _moments(values: Floats) -> tuple[int, float, float]:
    """Count, mean and sum of squared deviations from the mean."""
    count = len(values)
    if count == 0:
        return 0, 0.0, 0.0
    mean = _sum(values) / count
    return count, mean, _sum((values - mean) ** 2)


def _merge(a: tuple[int, float, float], b: tuple[int, float, float]) -> tuple[int, float, float]:
    count = a[0] + b[0]
    if a[0] == 0 or b[0] == 0:
        return b if a[0] == 0 else a
    delta = b[1] - a[1]
    mean = a[1] + delta * (b[0] / count)
    return count, mean, a[2] + b[2] + delta * delta * (a[0] * (b[0] / count))


def _sum(values: Floats) -> float:
    """The sum, halves added to halves; `np.sum` groups as the processor's vectors are wide."""
    size = 1 << max(len(values) - 1, 0).bit_length()
    padded = np.zeros(size)
    padded[: len(values)] = values
    while len(padded) > 1:
        half = len(padded) // 2
        padded = padded[:half] + padded[half:]
    return float(padded[0])
