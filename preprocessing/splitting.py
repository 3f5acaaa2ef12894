"""Which rows are set aside for testing, when there is no file of test rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def in_test(rows: npt.NDArray[np.int64], fraction: float, seed: int = 0) -> npt.NDArray[np.bool_]:
    """Whether each row is a test row, shape (rows,): about `fraction` of them, by its number alone.

    The number is mixed into 64 bits (splitmix64), so the choice depends neither on batches nor on
    other rows, and neighbouring rows are independent.

    >>> in_test(np.arange(1, 8), 0.3).tolist()
    [False, False, True, False, False, False, False]
    """
    with np.errstate(over="ignore"):
        mixed = rows.astype(np.uint64) + np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray((mixed >> np.uint64(11)) * 2.0**-53 < fraction)
