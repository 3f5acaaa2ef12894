"""One state as it is looked at: its paths, functions and templates read out of what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipelines.asl.checker.flow.facts import Facts
from pipelines.asl.checker.flow.intrinsics import CannotBe, result_of
from pipelines.asl.checker.flow.literals import MAX_DEPTH, from_json
from pipelines.asl.checker.flow.problems import Problem, Source, missing, written
from pipelines.asl.checker.flow.queries import Query, Step, parse_query
from pipelines.asl.checker.flow.reading import Reading, read
from pipelines.asl.checker.flow.types import (
    MAX_FIELDS,
    NEVER,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
    tuple_of,
)
from pipelines.asl.checker.flow.wants import FIELDS, Want
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.findings import nearest
from pipelines.asl.intrinsic_syntax import Call, Literal, is_intrinsic, parse_intrinsic
from pipelines.asl.model import Place, Scope, State
from pipelines.asl.paths import Path


class Surroundings(Protocol):
    """What a visit needs of the analysis that makes it."""

    def context(self, state: State, item: Type | None = None) -> Type:
        """The context object's type; `item` is that of a Map's items, where they are read."""

    def run(self, scope: Scope, facts: Facts) -> Type:
        """The type of what a branch or an iteration gives; NEVER: it cannot end well."""

    def result(self, resource: str) -> Type:
        """The type of what a Task's resource answers."""


@dataclass
class Visit:
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

    @property
    def fields(self) -> Mapping[str, Any]:
        return self.state.fields

    @property
    def input(self) -> Source:
        """`$` where a field is applied to the state's input as it came."""
        return Source(self.facts.input, "the state's input", is_input=True)

    def with_facts(self, facts: Facts) -> Visit:
        """The same visit, where more is known."""
        return Visit(self.state, facts, self.around, self.problems, self.values)

    def problem(
        self,
        rule: str,
        place: Place,
        message: str,
        remedy: str = "",
        lacking: tuple[Step, ...] = (),
    ) -> None:
        """Note a broken rule."""
        self.problems.append(Problem(rule, place, message, remedy, lacking))

    # Paths.

    def read(self, place: Place, text: str, source: Source, item: Type | None = None) -> Type:
        """What a path finds; UNKNOWN, and a problem, if it finds nothing."""
        query = parse_query(text)
        if query is None:
            return UNKNOWN
        if query.root == "$":
            return self._read_data(place, query, source)
        if query.root == "$$":
            return self._read_context(place, query, item)
        return self._read_variable(place, query)

    def _read_data(self, place: Place, query: Query, source: Source) -> Type:
        reading = read(source.type, query.steps)
        if not reading.is_missing and reading.presence is not Presence.SOMETIMES:
            return reading.type
        lacking = query.steps[: reading.depth + 1] if source.is_input else ()
        if reading.is_missing:
            message, remedy = missing(query, reading, source.words)
            self.problem("P301", place, message, remedy, lacking)
            return UNKNOWN
        message = f"{query.text} may lead nowhere: {_doubt(query, reading)}"
        self.problem("P302", place, message, _GUARD, lacking)
        return reading.type

    def _read_context(self, place: Place, query: Query, item: Type | None) -> Type:
        reading = read(self.around.context(self.state, item), query.steps)
        if reading.is_missing:
            message, remedy = missing(query, reading, "the context object")
            self.problem("P303", place, message, remedy)
            return UNKNOWN
        if reading.presence is Presence.SOMETIMES:
            message = f"{query.text} may lead nowhere: {_doubt(query, reading)}"
            self.problem("P302", place, message, _GUARD)
        return reading.type

    def _read_variable(self, place: Place, query: Query) -> Type:
        variables = self.facts.variables
        reading = read(variables, (query.root, *query.steps))
        if reading.is_missing and reading.depth == 0:
            names = variables.object.fields if variables.object else ()
            self.problem(
                "P304",
                place,
                f"nothing has been assigned to ${query.root}{nearest(query.root, list(names))}",
            )
            return UNKNOWN
        inner = Reading(reading.type, reading.presence, reading.depth - 1, reading.there)
        if reading.is_missing:
            message, remedy = missing(query, inner, f"the variable ${query.root}")
            self.problem("P301", place, message, remedy)
            return UNKNOWN
        if reading.presence is Presence.SOMETIMES:
            doubt = "a path that leads here assigns nothing to it"
            if reading.depth > 0:
                doubt = _doubt(query, inner)
            self.problem("P305", place, f"{query.text} may lead nowhere: {doubt}")
        return reading.type

    # Functions and templates.

    def expression(self, place: Place, text: Any, source: Source, item: Type | None = None) -> Type:
        """What stands behind a key that ends in ``.$``: a path or a call of a function."""
        if not isinstance(text, str):
            return UNKNOWN
        if not is_intrinsic(text):
            return self.read(place, text, source, item)
        try:
            return self._call(place, parse_intrinsic(text), source, item)
        except (AslSyntaxError, RecursionError):
            return UNKNOWN

    def _call(self, place: Place, call: Call, source: Source, item: Type | None) -> Type:
        arguments = [self._argument(place, each, source, item) for each in call.arguments]
        try:
            return result_of(call, arguments)
        except CannotBe as reason:
            self.problem("P307", place, f"{call.text} fails: {reason}")
            return UNKNOWN

    def _argument(
        self, place: Place, argument: Literal | Path | Call, source: Source, item: Type | None
    ) -> Type:
        if isinstance(argument, Literal):
            return from_json(argument.value)
        if isinstance(argument, Call):
            return self._call(place, argument, source, item)
        return self.read(place, argument.text, source, item)

    def template(
        self,
        place: Place,
        value: Any,
        source: Source,
        item: Type | None = None,
        depth: int = MAX_DEPTH,
    ) -> Type:
        """A payload template with the types of what its paths and functions find."""
        if isinstance(value, Mapping) and depth > 0:
            fields: dict[str, Field] = {}
            for key, inner in value.items():
                if isinstance(key, str) and key.endswith(".$"):
                    at = (*place, key)
                    type = self.expression(at, inner, source, item)
                    self.values.append((at, type))
                    fields[key[:-2]] = Field(type)
                else:
                    key = str(key)
                    type = self.template((*place, key), inner, source, item, depth - 1)
                    fields[key] = Field(type)
            is_large = len(fields) > MAX_FIELDS
            return Type(object=Object(fields, UNKNOWN if is_large else NEVER))
        if isinstance(value, list) and depth > 0:
            return tuple_of(
                self.template((*place, number), inner, source, item, depth - 1)
                for number, inner in enumerate(value)
            )
        return from_json(value, depth)

    def evaluate(self, place: Place, value: Any, source: Source, item: Type | None = None) -> Type:
        """A template of the state's own query language."""
        return self.template(place, value, source, item)

    # Fields that hold a path.

    def wanted(self, place: Place, type: Type, want: Want, what: str) -> None:
        """Report a value that certainly is not what a field needs."""
        if not type.is_never and not want.fits(type):
            self.problem("P306", place, f"{what} is {_value(type)}, and has to be {want.words}")

    def path_field(self, place: Place, text: Any, want: Want, source: Source) -> Type:
        """What the path in a field finds, which has to be of a certain type."""
        if not isinstance(text, str):
            return UNKNOWN
        type = self.expression(place, text, source)
        self.wanted(place, type, want, text)
        return type

    def bound(self, place: Place, fields: Mapping[str, Any], name: str, source: Source) -> None:
        """A number that a path in a field finds: `name` with Path at its end."""
        field = f"{name}Path"
        if field in fields:
            self.path_field((*place, field), fields[field], FIELDS[name], source)


_GUARD = "See to it on every path, or ask with IsPresent in a Choice before."


def _doubt(query: Query, reading: Reading) -> str:
    where = written(query.root, query.steps[: reading.depth])
    step = query.steps[reading.depth]
    if isinstance(step, str) and reading.there.object is None:
        return f"{where} may be {reading.there}"
    name = f"'{step}'" if isinstance(step, str) else f"element {step}"
    return f"{where} may be without {name}"


def _value(type: Type) -> str:
    """A type, or its only values."""
    if len(type.kinds) == 1:
        if type.number is not None and type.number.values:
            return " or ".join(f"{value:g}" for value in sorted(type.number.values))
        literals = type.text.literals if type.text else None
        if literals:
            return " or ".join(repr(text) for text in sorted(literals))
    return str(type)
