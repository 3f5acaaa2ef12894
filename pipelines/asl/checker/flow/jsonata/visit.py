"""A state in JSONata: its expressions read out of what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.asl.checker.flow.jsonata.expressions import Inference, Lacking
from pipelines.asl.checker.flow.jsonata.names import Names
from pipelines.asl.checker.flow.jsonata.operators import Fails
from pipelines.asl.checker.flow.problems import Source, doubt, is_disputed, missing
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.queries import Query
from pipelines.asl.checker.flow.values.reading import Reading
from pipelines.asl.checker.flow.values.types import (
    MAX_DEPTH,
    MAX_FIELDS,
    NEVER,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
    tuple_of,
)
from pipelines.asl.checker.flow.visit import Visit
from pipelines.asl.checker.flow.wants import FIELDS, Want
from pipelines.asl.findings import nearest
from pipelines.asl.jsonata import JsonataSyntaxError, expression_text, is_expression, parse
from pipelines.asl.jsonata.nodes import Node
from pipelines.asl.model import Place


class ExpressionVisit(Visit):
    """A state whose query language is JSONata; a Source is what `$states` stands for."""

    def states(self, **more: Type) -> Source:
        """`$states` in a field: with the result, or the error output, where there is one.

        Elsewhere nothing is said of these two: whether a field has them is not a matter of data.
        """
        fields = {
            "input": Field(self.facts.input),
            "context": Field(self.around.context(self.state)),
            "result": Field(UNKNOWN, Presence.USUALLY),
            "errorOutput": Field(UNKNOWN, Presence.USUALLY),
        }
        fields |= {name: Field(type) for name, type in more.items()}
        return Source(Type(object=Object(fields, NEVER)), "$states")

    def names(self, source: Source, item: Type | None = None) -> Names:
        """What an expression can name."""
        states = source.type
        if item is not None and states.object is not None:
            context = self.around.context(self.state, item)
            states = Type(object=states.object.with_field("context", context))
        return Names(states, self.facts.variables)

    def parsed(self, value: Any) -> Node | None:
        """The tree of an expression; None: it is none, or cannot be read."""
        if not is_expression(value) or "${" in value:
            return None
        try:
            return parse(expression_text(value))
        except (JsonataSyntaxError, RecursionError):
            return None

    def expression(self, place: Place, value: str, names: Names) -> Type:
        """What an expression gives; UNKNOWN, and a problem, if it certainly gives nothing."""
        node = self.parsed(value)
        if node is None:
            return UNKNOWN
        inference = Inference(expression_text(value))
        try:
            found = inference.value(node, names)
        except Fails as reason:
            self.problem("P311", place, f"{inference.text} fails: {reason}")
            return UNKNOWN
        is_nothing = found.type.is_never
        if is_nothing and not inference.lacking:
            self.problem("P311", place, f"{inference.text} gives nothing")
        for each in inference.lacking:
            self._lacking(place, each, is_nothing, names)
        if found.presence is Presence.SOMETIMES and not is_nothing and not inference.lacking:
            self.problem("P302", place, f"{inference.text} may give nothing")
        return UNKNOWN if is_nothing else found.type

    def _lacking(self, place: Place, lacking: Lacking, is_nothing: bool, names: Names) -> None:
        """Note a path of an expression that leads nowhere, which may be no fault of its own."""
        query, reading = lacking.query, lacking.reading
        if reading.depth < 0:
            self._unassigned(place, query, reading, is_nothing, names)
            return
        if query.root == "states" and reading.depth == 0:
            return  # there is no such variable: the rules of the language say so
        if reading.is_missing:
            message, remedy = missing(query, reading, "")
            is_certain = is_nothing and not is_disputed(query, reading)
            rule = "P311" if is_certain else "P302"
            self.problem(rule, place, message, remedy, _of_input(lacking))
        elif reading.presence is Presence.SOMETIMES:
            why, remedy = doubt(query, reading)
            message = f"{query.text} may give nothing: {why}"
            self.problem("P302", place, message, remedy, _of_input(lacking))

    def _unassigned(
        self, place: Place, query: Query, reading: Reading, is_nothing: bool, names: Names
    ) -> None:
        if reading.is_missing:
            assigned = names.variables.object.fields if names.variables.object else ()
            message = f"nothing has been assigned to ${query.root}"
            message += nearest(query.root, list(assigned))
            self.problem("P304" if is_nothing else "P305", place, message)
        else:
            message = f"${query.root} may be nothing: a path that leads here assigns nothing to it"
            self.problem("P305", place, message)

    def template(self, place: Place, value: Any, names: Names, depth: int = MAX_DEPTH) -> Type:
        """A value with the types of what its expressions give."""
        if isinstance(value, str) and is_expression(value):
            type = self.expression(place, value, names)
            self.values.append((place, type))
            return type
        if isinstance(value, Mapping) and depth > 0:
            fields = {
                str(key): Field(self.template((*place, str(key)), inner, names, depth - 1))
                for key, inner in value.items()
            }
            is_large = len(fields) > MAX_FIELDS
            return Type(object=Object(fields, UNKNOWN if is_large else NEVER))
        if isinstance(value, list) and depth > 0:
            return tuple_of(
                self.template((*place, number), inner, names, depth - 1)
                for number, inner in enumerate(value)
            )
        return from_json(value, depth)

    def evaluate(self, place: Place, value: Any, source: Source, item: Type | None = None) -> Type:
        return self.template(place, value, self.names(source, item))

    def wanted_field(self, field: str, want: Want, source: Source) -> None:
        """The value of a state's field, which has to be of a certain type if it is computed."""
        value = self.fields.get(field)
        if is_expression(value):
            type = self.evaluate(self.state.at(field), value, source)
            self.wanted(self.state.at(field), type, want, expression_text(str(value)))

    def bound(self, place: Place, fields: Mapping[str, Any], name: str, source: Source) -> None:
        value = fields.get(name)
        if is_expression(value):
            type = self.evaluate((*place, name), value, source)
            self.wanted((*place, name), type, FIELDS[name], expression_text(str(value)))

    def items(self, source: Source) -> tuple[Type, Place, str]:
        if "Items" not in self.fields:
            return self.facts.input, self.state.place, "the Map's input"
        place = self.state.at("Items")
        return self.evaluate(place, self.fields["Items"], source), place, "what Items gives"


def _of_input(lacking: Lacking) -> tuple[Any, ...]:
    """The steps of a path into the state's input."""
    query, reading = lacking.query, lacking.reading
    is_input = query.root == "states" and query.steps[:1] == ("input",) and reading.depth > 0
    return query.steps[1 : reading.depth + 1] if is_input else ()
