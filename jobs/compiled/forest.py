"""Trees of any library in one form: arrays of nodes, on the ordinal encoding's columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEAF = -1
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Tree:
    """One tree; node 0 is its root, and every array has an item for each node.

    Attributes:
        feature: the column that is asked for; LEAF: none.
        threshold: a number that is at most this goes left.
        missing_left: whether a missing number goes left.
        left_codes: of a node that asks for a code, which codes go left: shape (codes,), bool.
        left: the node to the left; right: to the right.
        value: what a leaf adds.
    """

    feature: npt.NDArray[np.int64]
    threshold: Floats
    missing_left: npt.NDArray[np.bool_]
    left_codes: Sequence[npt.NDArray[np.bool_] | None]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: Floats

    @property
    def leaves(self) -> int:
        return int(np.count_nonzero(self.feature == LEAF))


@dataclass(frozen=True)
class Forest:
    """Trees whose leaves are added up.

    Attributes:
        codes: of each column, how many codes it has; None: it holds numbers.
        base: what is there before any tree.
        divisor: what the sum of the leaves is divided by: 1, or for a mean the number of trees.
        logistic: whether the score is the logistic function of the sum.
        single: whether numbers are rounded to float32 before they are compared.
    """

    trees: Sequence[Tree]
    codes: Sequence[int | None]
    base: float = 0.0
    divisor: int = 1
    logistic: bool = False
    single: bool = False

    def finish(self, sums: Floats) -> Floats:
        """The scores for the sums of leaves."""
        scores = self.base + sums / self.divisor
        return _logistic(scores) if self.logistic else scores


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), for any x.

    >>> logistic(0.0), logistic(-1000.0)
    (0.5, 0.0)
    """
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    power = math.exp(x)  # underflows to 0, and does not overflow
    return power / (1.0 + power)


def _logistic(scores: Floats) -> Floats:
    return np.array([logistic(x) for x in scores.tolist()])


def to_single(number: float) -> float:
    """A number as float32 holds it.

    Raises:
        ValueError: it is too large for that.
    """
    if abs(number) > _LARGEST:
        raise ValueError(f"{number} is too large for float32")
    return float(np.float32(number))
