"""The catalogue of algorithms: each brings its encoding and its hyperparameters.

A new one is a module here with `ALGORITHMS`, an `Algorithm` for each task that it can do, and a
line in `NAMES`. Its module is imported only when it is chosen, and numpy, pyarrow and the library
that learns only when it trains.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from jobs.algorithms.algorithm import Algorithm
from preprocessing.errors import DataError, nearest
from preprocessing.features import Task

NAMES = (
    "hist_gradient_boosting",
    "lightgbm",
    "random_forest",
    "logistic_regression",
    "linear_regression",
)


def get(name: str, task: Task = "classification") -> Algorithm:
    """The algorithm of this name for this task.

    Raises:
        DataError: there is none.
    """
    able = of_name(name)
    if task not in able:
        others = [other for other in NAMES if task in of_name(other)]
        raise DataError(f"{name} is not for {task}; there are {', '.join(others)}")
    return able[task]


def of_name(name: str) -> dict[Task, Algorithm]:
    """What the algorithm of this name is for each task that it can do.

    Raises:
        DataError: there is none.
    """
    if name not in NAMES:
        raise DataError(
            f"no algorithm is called {name!r}{nearest(name, NAMES)}; there are {', '.join(NAMES)}"
        )
    algorithms: dict[Task, Algorithm] = import_module(f"jobs.algorithms.{name}").ALGORITHMS
    return algorithms


def check_for_any_task(name: str, given: Mapping[str, str]) -> None:
    """Refuse hyperparameters that are wrong whatever the label is: that is known at once.

    Raises:
        DataError: there is no such algorithm, or it takes them for no task.
    """
    refused = []
    for algorithm in of_name(name).values():
        try:
            algorithm.parse(given)
            return
        except DataError as error:
            refused.append(error)
    raise refused[0]
