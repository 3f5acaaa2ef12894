"""A fact about a request of one operation, and where the facts are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

Fact = Callable[[Known], Iterator[Broken]]
"""Finds what is wrong with an object of a request."""

FACTS: dict[str, dict[str, list[tuple[str, Fact]]]] = {}
"""By the action (`sagemaker:createModel`) and the path within its request: the rules' ids, and
the facts."""


def fact(rule: str, *wheres: str) -> Callable[[Fact], Fact]:
    """Register a fact under a rule.

    Args:
        rule: The rule's id.
        wheres: The action, and within brackets the path of the objects that it is about:
            ``createModel(Containers[])``.
    """

    def register(check: Fact) -> Fact:
        for where in wheres:
            action, _, path = where.removesuffix(")").partition("(")
            FACTS.setdefault(action, {}).setdefault(path, []).append((rule, check))
        return check

    return register


TRAINING = (
    "sagemaker:createTrainingJob",
    "sagemaker:createHyperParameterTuningJob(TrainingJobDefinition)",
    "sagemaker:createHyperParameterTuningJob(TrainingJobDefinitions[])",
)
"""Where a training job is described."""


def within(wheres: tuple[str, ...], path: str) -> tuple[str, ...]:
    """The places at a path within these: ``within(TRAINING, "InputDataConfig[]")``."""
    return tuple(
        f"{where.removesuffix(')')}.{path})" if where.endswith(")") else f"{where}({path})"
        for where in wheres
    )
