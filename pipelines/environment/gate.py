"""The section `gate`: what a model must reach to be registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.environment.forms import Column
from pipelines.environment.parts import Disagreement, Switchable, exactly_one

CLASSIFICATION = (
    "roc_auc",
    "average_precision",
    "accuracy",
    "error",
    "precision",
    "recall",
    "f1",
    "log_loss",
    "brier",
)
REGRESSION = ("r2", "rmse", "mae", "median_absolute_error")
Metric = Literal[
    "roc_auc",
    "average_precision",
    "accuracy",
    "error",
    "precision",
    "recall",
    "f1",
    "log_loss",
    "brier",
    "r2",
    "rmse",
    "mae",
    "median_absolute_error",
]
LOWER_IS_BETTER = frozenset({"error", "log_loss", "brier", "rmse", "mae", "median_absolute_error"})
# Those that are not shares: log_loss and the errors of a regression have no upper bound.
_UNBOUNDED = frozenset({"log_loss", "rmse", "mae", "median_absolute_error"})


class Champion(Switchable):
    """How a model must compare with the approved one, the champion, on the same test rows.

    Attributes:
        better_by: the metric must be better by at least this much; a negative one allows so much
            worse. Or
        interval: `above zero`: the whole interval of the difference must be on the better side.
    """

    better_by: float | None = None
    interval: Literal["above zero"] | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one rule."""
        yield from exactly_one(given, "better_by", "interval")


class Gate(Switchable):
    """What a model must reach on the test rows to be registered: exactly one bound.

    Attributes:
        champion: the comparison with the approved model; none without it.
        close: a metric within this distance of its bound, or of the champion's, is a close call
            (see `approval`).
        allowed_leaks: columns that may tell the label all by themselves: they are honest.
    """

    metric: Metric
    at_least: float | None = None
    at_most: float | None = None
    champion: Champion | None = None
    close: Annotated[float, Field(ge=0)] | None = None
    allowed_leaks: tuple[Column, ...] = ()

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one bound, on the metric's good side, that the metric can take."""
        yield from exactly_one(given, "at_least", "at_most")
        metric = given.get("metric")
        if not isinstance(metric, str):
            return
        for key in ("at_least", "at_most"):
            bound = given.get(key)
            if isinstance(bound, bool) or not isinstance(bound, int | float):
                continue
            if (key == "at_least") == (metric in LOWER_IS_BETTER):
                better, other = (
                    ("lower", "at_most") if metric in LOWER_IS_BETTER else ("higher", "at_least")
                )
                yield Disagreement(
                    (key,), f"is on the wrong side: a {better} {metric} is better; use {other}"
                )
            elif (bound < 0 and metric != "r2") or (bound > 1 and metric not in _UNBOUNDED):
                yield Disagreement((key,), f"must be from 0 to 1 for {metric}, is {bound}")
