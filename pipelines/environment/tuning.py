"""The section `model.tune`: a search for hyperparameters, as SageMaker's tuning jobs search."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.environment.forms import Hyperparameter, HyperparameterName, MetricName
from pipelines.environment.gate import CLASSIFICATION, LOWER_IS_BETTER, REGRESSION
from pipelines.environment.parts import Disagreement, Part, Switchable, exactly_one


class Range(Part):
    """What a search tries for one hyperparameter: `values`, or numbers from `min` to `max`.

    Numbers are whole if both bounds are. On the scale `log` bounds are above 0.
    """

    min: int | float | None = None
    max: int | float | None = None
    scale: Literal["linear", "log"] = "linear"
    values: Annotated[tuple[Hyperparameter, ...], Field(min_length=1, max_length=30)] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the numbers are whole."""
        return isinstance(self.min, int) and isinstance(self.max, int)

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """Either values, or two bounds in their order."""
        yield from exactly_one(given, "min", "values")
        least: Any = given.get("min")
        most: Any = given.get("max")
        if given.get("values") is not None:
            if most is not None:
                yield Disagreement(("max",), "cannot stand beside values: remove one")
            if given.get("scale") == "log":
                yield Disagreement(("scale",), "is not for values: remove it")
            return
        if least is not None and most is None:
            yield Disagreement((), "needs max, too")
        if _is_number(least) and _is_number(most):
            if least >= most:
                yield Disagreement(("max",), f"must be above min, {least}; is {most}")
            if given.get("scale") == "log" and least <= 0:
                yield Disagreement(("min",), f"must be above 0 on the scale log, is {least}")


class Hyperband(Part):
    """How long a trial may be, in values of the metric that it prints.

    Attributes:
        min_resource: after so many at the earliest a trial is stopped.
        max_resource: so many has a trial that is not stopped.
    """

    min_resource: Annotated[int, Field(ge=1)] = 1
    max_resource: Annotated[int, Field(ge=2, le=20_000)]

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """The bounds are in their order."""
        least, most = given.get("min_resource", 1), given.get("max_resource")
        if type(least) is int and type(most) is int and least >= most:
            yield Disagreement(("max_resource",), f"must be above min_resource, {least}; is {most}")


class Tune(Switchable):
    """A search for hyperparameters, in place of one training job with those configured.

    Trials are compared by `metric` on a part of the training rows, `validation_fraction`, that
    they are not fitted on.

    Attributes:
        goal: of a metric that is not one of ours.
        max_jobs: how many trials; of a grid as many as there are combinations.
        early_stopping: of trials that are worse than the median of those before.
    """

    metric: MetricName
    goal: Literal["maximize", "minimize"] | None = None
    strategy: Literal["Bayesian", "Random", "Grid", "Hyperband"] = "Bayesian"
    hyperband: Hyperband | None = None
    max_jobs: Annotated[int, Field(ge=1, le=750)] | None = None
    max_parallel_jobs: Annotated[int, Field(ge=1, le=100)] = 1
    early_stopping: bool = False
    validation_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    random_seed: Annotated[int, Field(ge=0, le=2_147_483_647)] = 0
    ranges: Annotated[dict[HyperparameterName, Range], Field(min_length=1, max_length=30)]

    @property
    def lower_is_better(self) -> bool:
        """Whether the best trial is the one with the least value."""
        return self.goal == "minimize" or self.metric in LOWER_IS_BETTER

    @property
    def jobs(self) -> int:
        """How many trials there are at most."""
        if self.max_jobs is not None:
            return self.max_jobs
        return math.prod(len(each.values or ()) for each in self.ranges.values())

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """The strategy has what it needs, and it is known which of two values is better."""
        metric, goal, strategy = given.get("metric"), given.get("goal"), given.get("strategy")
        if isinstance(metric, str) and metric in (*CLASSIFICATION, *REGRESSION):
            better = "minimize" if metric in LOWER_IS_BETTER else "maximize"
            if goal not in (None, better):
                yield Disagreement(("goal",), f"is {better} for {metric}: remove it")
        elif isinstance(metric, str) and goal is None:
            yield Disagreement(
                (), f"needs goal, too: whether a higher {metric} is better is not known"
            )
        if strategy == "Grid":
            yield from _grid(given)
        elif given.get("max_jobs") is None:
            yield Disagreement((), "needs max_jobs, too")
        if strategy == "Hyperband":
            if given.get("hyperband") is None:
                yield Disagreement((), "needs hyperband, too, with its max_resource")
            if given.get("early_stopping") is True:
                yield Disagreement(
                    ("early_stopping",), "must be false: Hyperband stops trials by its own rule"
                )
        elif given.get("hyperband") is not None:
            yield Disagreement(("hyperband",), "is for the strategy Hyperband only")


def _grid(given: Mapping[str, Any]) -> Iterator[Disagreement]:
    """A grid has lists of values only, and a trial for each combination."""
    ranges = given.get("ranges")
    if not isinstance(ranges, Mapping):
        return
    lists = []
    for name, each in ranges.items():
        values = each.get("values") if isinstance(each, Mapping) else None
        if isinstance(values, list | tuple):
            lists.append(values)
        else:
            yield Disagreement(("ranges", name), "needs values: a grid has no other ranges")
    size = math.prod(map(len, lists))
    jobs = given.get("max_jobs")
    if len(lists) == len(ranges) and jobs is not None and jobs != size:
        yield Disagreement(
            ("max_jobs",), f"is {jobs}, and the grid has {size} combinations: remove it"
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
