"""Which hyperparameters to try next: random, grid, or Bayesian search.

Each proposal is a function of the seed, the trial's number and what is known of earlier trials, and
of nothing else: the same seed tries the same again. Hyperband proposes as random search does, and
differs in what it stops (see `stopping`).
https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from __future__ import annotations

import itertools
import random
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal, Protocol

from pipelines.engine.jobs.tuning.ranges import Choices, Numbers, Point, Range, invalid


@dataclass(frozen=True)
class Known:
    """What is known of a trial: where it is, and how good.

    Attributes:
        value: The objective, the higher the better; None of a trial that runs or has failed.
    """

    point: Point
    state: Literal["running", "ended", "failed"]
    value: float | None = None


class Strategy(Protocol):
    """Proposes where the next trial is."""

    def needed(self, number: int) -> int:
        """How many trials, the first ones, must have ended before trial `number` is proposed."""

    def propose(self, number: int, known: Sequence[Known]) -> Point:
        """Where trial `number` (from 0) is, from the trials before it."""


class RandomSearch:
    """Each trial anywhere, whatever the others found."""

    def __init__(self, ranges: Sequence[Range], seed: int) -> None:
        self._ranges = ranges
        self._seed = seed

    def needed(self, number: int) -> int:
        return 0

    def propose(self, number: int, known: Sequence[Known]) -> Point:
        dice = random.Random(f"{self._seed} {number}")
        return {
            each.name: dice.random() if isinstance(each, Numbers) else dice.choice(each.values)
            for each in self._ranges
        }


class GridSearch:
    """Every combination of the values, once."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        names = [each.name for each in ranges]
        values = [each.values for each in ranges if isinstance(each, Choices)]
        if len(values) != len(names):
            raise invalid("Grid search takes CategoricalParameterRanges only.")
        self._points = [
            dict(zip(names, combination, strict=True)) for combination in itertools.product(*values)
        ]

    @property
    def size(self) -> int:
        """How many combinations there are."""
        return len(self._points)

    def needed(self, number: int) -> int:
        return 0

    def propose(self, number: int, known: Sequence[Known]) -> Point:
        return self._points[number]


class BayesianSearch:
    """Where earlier trials promise most: Optuna's tree-structured Parzen estimator.

    The first trials are random. With several trials at a time, a trial is proposed from the results
    of those that must have ended by then, and takes those that may still run as not yet known: it
    does not depend on which of them was faster.
    """

    def __init__(self, ranges: Sequence[Range], seed: int, *, jobs: int, parallel: int) -> None:
        if find_spec("optuna") is None:
            raise invalid(
                "The local engine searches with optuna for the strategy Bayesian, and it is not "
                "installed: install it, or choose Random."
            )
        self._ranges = ranges
        self._seed = seed
        self._parallel = parallel
        self._random = RandomSearch(ranges, seed)
        # Optuna's own number of random trials, unless that were most of the search.
        self._first = max(parallel, min(10, jobs // 3))

    def needed(self, number: int) -> int:
        return 0 if number < self._first else number - self._parallel + 1

    def propose(self, number: int, known: Sequence[Known]) -> Point:
        if number < self._first:
            return self._random.propose(number, known)
        import optuna

        distributions = {each.name: _distribution(each) for each in self._ranges}
        seed = zlib.crc32(f"{self._seed} {number}".encode())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.TPESampler(
                seed=seed, n_startup_trials=1, multivariate=True, constant_liar=True
            )
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(sampler=sampler, direction="maximize")
        certain = self.needed(number)
        study.add_trials(
            [
                _trial(each, distributions, certain=index < certain)
                for index, each in enumerate(known[:number])
            ]
        )
        point: Point = study.ask(distributions).params
        return point


def _distribution(each: Range) -> Any:
    import optuna

    if isinstance(each, Numbers):
        return optuna.distributions.FloatDistribution(0.0, 1.0)
    return optuna.distributions.CategoricalDistribution(each.values)


def _trial(known: Known, distributions: Any, *, certain: bool) -> Any:
    from optuna.trial import TrialState, create_trial

    if not certain or known.state == "running":
        state, value = TrialState.RUNNING, None
    elif known.value is None:
        state, value = TrialState.FAIL, None
    else:
        state, value = TrialState.COMPLETE, known.value
    return create_trial(
        params=dict(known.point), distributions=distributions, state=state, value=value
    )
