"""The catalogue of algorithms: each brings its encoding and its hyperparameters.

A new one is a module here with an `ALGORITHM`, and a line in `NAMES`. Its module is imported only
when it is chosen, and numpy, pyarrow and scikit-learn only when it trains.
"""

from __future__ import annotations

from importlib import import_module

from jobs.algorithms.algorithm import Algorithm
from preprocessing.errors import DataError, nearest

NAMES = ("hist_gradient_boosting", "logistic_regression")


def get(name: str) -> Algorithm:
    """The algorithm of this name.

    Raises:
        DataError: there is none.
    """
    if name not in NAMES:
        raise DataError(
            f"no algorithm is called {name!r}{nearest(name, NAMES)}; there are {', '.join(NAMES)}"
        )
    algorithm: Algorithm = import_module(f"jobs.algorithms.{name}").ALGORITHM
    return algorithm
