"""A state in JSONPath: its paths, functions and templates read out of what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.asl.checker.flow.jsonpath.intrinsics import CannotBe, result_of, template_of
from pipelines.asl.checker.flow.problems import Source, doubt, missing
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.queries import Query, parse_query
from pipelines.asl.checker.flow.values.reading import Reading, read_path
from pipelines.asl.checker.flow.values.types import (
    MAX_DEPTH,
    MAX_FIELDS,
    NEVER,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
    tuple_of,
)
from pipelines.asl.checker.flow.visit import Visit
from pipelines.asl.checker.flow.wants import PATH_FIELDS, Want
from pipelines.asl.checker.templates import template
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.findings import nearest
from pipelines.asl.intrinsic_syntax import Call, Literal, is_intrinsic, parse_intrinsic
from pipelines.asl.model import Place
from pipelines.asl.paths import Path


class PathVisit(Visit):
    """A state whose query language is JSONPath."""

    # Paths.

    def read(self, place: Place, text: str, source: Source, item: Type | None = None) -> Type:
        """What a path finds; UNKNOWN, and a problem, if it finds nothing."""
        query = parse_query(text)
        if query is None:
            return UNKNOWN
        if query.root == "$":
            found = self.look(place, query, source).type
            return UNKNOWN if found is NEVER else found
        if query.root == "$$":
            return self._read_context(place, query, item)
        return self._read_variable(place, query)

    def look(self, place: Place, query: Query, source: Source) -> Reading:
        """What a path into the data finds, with a problem if that may be nothing."""
        reading = read_path(source.type, query.steps)
        if reading.presence is Presence.SOMETIMES or reading.is_missing:
            self.doubtful(place, query, reading, source)
        return reading

    def _read_context(self, place: Place, query: Query, item: Type | None) -> Type:
        reading = self.around.read_context(self.state, query.steps, item)
        if reading.is_missing:
            message, remedy = missing(query, reading, "the context object")
            self.problem("P303", place, message, remedy)
            return UNKNOWN
        if reading.presence is Presence.SOMETIMES:
            why, remedy = doubt(query, reading)
            self.problem("P302", place, f"{query.text} may lead nowhere: {why}", remedy)
        return reading.type

    def _read_variable(self, place: Place, query: Query) -> Type:
        variables = self.facts.variables
        reading = read_path(variables, (query.root, *query.steps))
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
            why = "a path that leads here assigns nothing to it"
            if reading.depth > 0:
                why, _ = doubt(query, inner)
            self.problem("P305", place, f"{query.text} may lead nowhere: {why}")
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
        # A template is read where it is filled in: here it is a text like any other.
        arguments = [] if template_of(call) is None else [TEXT]
        for each in call.arguments[len(arguments) :]:
            arguments.append(self._argument(place, each, source, item))
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
        if isinstance(value, dict) and depth > 0:
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

    def look_over(self, field: str, source: Source) -> None:
        """Evaluate a template of which only the expressions matter."""
        for at, text in template(self.state, field).expressions:
            self.values.append((at, self.expression(at, text, source)))

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
            self.path_field((*place, field), fields[field], PATH_FIELDS[field], source)

    def evaluate(self, place: Place, value: Any, source: Source, item: Type | None = None) -> Type:
        return self.template(place, value, source, item)

    def items(self, source: Source) -> tuple[Type, Place, str]:
        path = self.fields.get("ItemsPath", "$")
        place = self.state.at("ItemsPath") if "ItemsPath" in self.fields else self.state.place
        if not isinstance(path, str):
            return UNKNOWN, place, ""
        return self.read(place, path, source), place, path
