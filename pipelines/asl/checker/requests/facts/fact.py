"""A fact about a request of one operation, and where the facts are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipelines.asl.checker.requests.known import Known, steps_of
from pipelines.asl.findings import Broken

Fact = Callable[[Known], Iterator[Broken]]
"""Finds what is wrong with an object of a request."""


@dataclass(frozen=True)
class Facts:
    """The facts about an object of a request, and about the objects within it.

    Attributes:
        own: The rules' ids, and the facts.
        within: By a member, and whether it is a list whose elements are meant.
    """

    own: list[tuple[str, Fact]] = field(default_factory=list)
    within: dict[tuple[str, bool], Facts] = field(default_factory=dict)

    def add_broken(self, known: Known, found: list[tuple[str, Broken]]) -> None:
        """Add what does not hold of an object, or within it; each is looked up once for all."""
        for id, check in self.own:
            for broken in check(known):
                found.append((id, broken))
        for (name, is_list), inner in self.within.items():
            if name not in known.value:
                continue
            for each in known.at_step(name, is_list):
                inner.add_broken(each, found)


FACTS: dict[str, Facts] = {}
"""By the action: `sagemaker:createModel`."""


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
            facts = FACTS.setdefault(action, Facts())
            for step in steps_of(path):
                facts = facts.within.setdefault(step, Facts())
            facts.own.append((rule, check))
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
