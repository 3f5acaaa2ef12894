"""Which trials to stop before their end, from the values of the objective that they have printed.

Values are such that the higher is better, one for each epoch: whatever the program calls one.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Series = Sequence[float]


@dataclass(frozen=True)
class Trials:
    """What the trials of a search have printed so far, by their numbers.

    Attributes:
        completed: Those that have run to their own end.
    """

    series: Mapping[int, Series]
    completed: frozenset[int]


class Rule(Protocol):
    """Decides on one trial, after each of its epochs."""

    def stops(self, number: int, epoch: int, trials: Trials) -> bool:
        """Whether trial `number` is stopped for its value in `epoch` (from 1)."""


class Never:
    """Every trial runs to its end."""

    def stops(self, number: int, epoch: int, trials: Trials) -> bool:
        return False


class MedianRule:
    """SageMaker's early stopping, `Auto`.

    A trial is stopped if its value in an epoch is worse than the median of the running averages,
    up to that epoch, of the trials that have completed before.
    https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
    """

    def stops(self, number: int, epoch: int, trials: Trials) -> bool:
        averages = [
            statistics.fmean(trials.series[other][:epoch])
            for other in trials.completed
            if other != number and len(trials.series[other]) >= epoch
        ]
        if not averages:
            return False
        return trials.series[number][epoch - 1] < statistics.median(averages)


class Hyperband:
    """Asynchronous Hyperband: of the trials that reach a rung, the best third goes on.

    The rungs are at `least` epochs and three times as many each, below `most`. The trials are dealt
    to brackets, the first of which has all rungs and each further one a rung less: so a trial that
    begins badly has its chance, too. What has reached the highest rung is stopped only if it goes
    beyond `most`.

    Li et al., Hyperband: https://jmlr.org/papers/v18/16-558.html;
    Li et al., ASHA: https://arxiv.org/abs/1810.05934;
    least and most: HyperbandStrategyConfig's MinResource and MaxResource
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperbandStrategyConfig.html
    """

    factor = 3

    def __init__(self, least: int, most: int) -> None:
        self._most = most
        rungs = []
        while least < most:
            rungs.append(least)
            least *= self.factor
        self._rungs = rungs
        # Hyperband's shares: each bracket has the same budget, so those that stop more start more.
        count = len(rungs) + 1
        self._brackets = [
            bracket
            for bracket in range(count)
            for _ in range(-(-count * self.factor ** (count - 1 - bracket) // (count - bracket)))
        ]

    def bracket(self, number: int) -> int:
        """The bracket of a trial: how many rungs it is spared."""
        return self._brackets[number % len(self._brackets)]

    def stops(self, number: int, epoch: int, trials: Trials) -> bool:
        if epoch > self._most:
            return True
        bracket = self.bracket(number)
        if epoch not in self._rungs[bracket:]:
            return False
        reached = sorted(
            (
                series[epoch - 1]
                for other, series in trials.series.items()
                if len(series) >= epoch and self.bracket(other) == bracket
            ),
            reverse=True,
        )
        last = max(len(reached) // self.factor, 1) - 1
        return trials.series[number][epoch - 1] < reached[last]
