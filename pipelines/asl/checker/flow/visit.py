"""One state as it is looked at, with what is known when it is entered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from pipelines.asl.checker.flow.facts import Facts
from pipelines.asl.checker.flow.problems import Problem, Source, doubt, is_disputed, missing, shown
from pipelines.asl.checker.flow.values.queries import Query, Step
from pipelines.asl.checker.flow.values.reading import Reading
from pipelines.asl.checker.flow.values.types import Presence, Type
from pipelines.asl.checker.flow.wants import Want
from pipelines.asl.model import Place, Scope, State


class Surroundings(Protocol):
    """What a visit needs of the analysis that makes it."""

    def context(self, state: State, item: Type | None = None) -> Type:
        """The context object's type; `item` is that of a Map's items, where they are read."""

    def read_context(
        self, state: State, steps: tuple[Step, ...], item: Type | None = None
    ) -> Reading:
        """What a path into the context object finds."""

    def run(self, scope: Scope, facts: Facts) -> Type:
        """The type of what a branch or an iteration gives; NEVER: it cannot end well."""

    def result(self, resource: str) -> Type:
        """The type of what a Task's resource answers."""

    def declared(self, state: State) -> Type | None:
        """The type that a Task's answer has been declared to have."""

    def misfits(
        self, resource: str, root: Place, values: list[tuple[Place, Type]]
    ) -> Iterable[Problem]:
        """The values that the request at `root` certainly cannot have."""


@dataclass
class Visit(ABC):
    """A state with what is known when it is entered.

    Attributes:
        problems: What is found.
        values: What stands behind each expression of the templates that were read, by place.
    """

    state: State
    facts: Facts
    around: Surroundings
    problems: list[Problem] = field(default_factory=list)
    values: list[tuple[Place, Type]] = field(default_factory=list)
    fields: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = self.state.fields

    @property
    def input(self) -> Source:
        """`$` where a field is applied to the state's input as it came."""
        return Source(self.facts.input, "the state's input", is_input=True)

    def with_facts(self, facts: Facts) -> Self:
        """The same visit, where more is known."""
        return type(self)(self.state, facts, self.around, self.problems, self.values)

    def problem(
        self,
        rule: str,
        place: Place,
        message: str,
        remedy: str = "",
        lacking: tuple[Step, ...] = (),
    ) -> None:
        """Note a broken rule, once."""
        self.note(Problem(rule, place, message, remedy, lacking))

    def note(self, problem: Problem) -> None:
        """Note a problem, once."""
        if problem not in self.problems:
            self.problems.append(problem)

    def doubtful(self, place: Place, query: Query, reading: Reading, source: Source) -> None:
        """Note a path that leads nowhere, or may lead nowhere."""
        lacking = query.steps[: reading.depth + 1] if source.is_input else ()
        if reading.is_missing:
            rule = "P302" if is_disputed(query, reading) else "P301"
            self.problem(rule, place, *missing(query, reading, source.words), lacking)
        elif reading.presence is Presence.SOMETIMES:
            why, remedy = doubt(query, reading)
            message = f"{query.text} may lead nowhere: {why}"
            self.problem("P302", place, message, remedy, lacking)

    def wanted(self, place: Place, type: Type, want: Want, what: str) -> None:
        """Report a value that certainly is not what a field needs."""
        if not type.is_never and not want.fits(type):
            self.problem("P306", place, f"{what} is {shown(type)}, and has to be {want.words}")

    # What the two query languages do, each in its way.

    @abstractmethod
    def evaluate(self, place: Place, value: Any, source: Source, item: Type | None = None) -> Type:
        """A template with the types of what its paths or expressions find."""

    @abstractmethod
    def bound(self, place: Place, fields: Mapping[str, Any], name: str, source: Source) -> None:
        """A number that a field takes from the data, which bounds what a Task or a Map does."""

    @abstractmethod
    def items(self, source: Source) -> tuple[Type, Place, str]:
        """What a Map iterates over, the place that says so, and how it says it."""
