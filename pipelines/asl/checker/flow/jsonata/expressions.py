"""JSONata expressions: the type of what they give, and what they read that is not there.

A value is a Field: besides its type, whether it is there at all, since a path that leads nowhere
gives nothing, and goes on as nothing through the rest of the expression.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pipelines.asl.checker.flow.jsonata import functions
from pipelines.asl.checker.flow.jsonata.assumptions import assume
from pipelines.asl.checker.flow.jsonata.names import Names, index_of, static_steps
from pipelines.asl.checker.flow.jsonata.operators import Fails, compute, either, negative
from pipelines.asl.checker.flow.jsonata.sequences import (
    ANYTHING,
    UNDEFINED,
    as_array,
    element,
    is_plain,
    item_of,
    kept,
    may_be_array,
    member,
    sequence,
)
from pipelines.asl.checker.flow.problems import written
from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.queries import Query, Step
from pipelines.asl.checker.flow.values.reading import Reading, read
from pipelines.asl.checker.flow.values.types import (
    ANY_OBJECT,
    BOOLEAN,
    NEVER,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
    array_of,
    tuple_of,
)
from pipelines.asl.jsonata import nodes
from pipelines.asl.jsonata.nodes import Node

_MAX_DEPTH = 48
"""How deep an expression is looked into, at up to four frames of Python's stack a node."""


@dataclass(frozen=True)
class Lacking:
    """A path of which a step finds nothing, or may find nothing."""

    query: Query
    reading: Reading


@dataclass
class Inference:
    """One expression being looked at.

    Attributes:
        text: The expression.
        lacking: The paths that it reads and that may lead nowhere.
        depth: How many nodes lie around the one that is looked at.
    """

    text: str
    lacking: list[Lacking] = field(default_factory=list)
    depth: int = 0

    def value(self, node: Node, names: Names) -> Field:
        """What a node gives; one that lies too deep can give anything.

        Raises:
            Fails: it certainly fails.
        """
        infer = _NODES.get(type(node))
        if infer is None or self.depth >= _MAX_DEPTH:
            return ANYTHING
        self.depth += 1
        try:
            return infer(self, node, names)
        finally:
            self.depth -= 1

    # Nodes.

    def literal(self, node: nodes.Literal, names: Names) -> Field:
        return Field(from_json(node.value))

    def variable(self, node: nodes.Variable, names: Names) -> Field:
        if node.name == "":
            return names.context if not names.context.type.is_never else ANYTHING
        if node.name == "$":
            return ANYTHING
        return self.path(nodes.Path(node.position, (nodes.Step(node.position, node),)), names)

    def field(self, node: nodes.Field, names: Names) -> Field:
        return member(names.context, node.name)

    def path(self, node: nodes.Path, names: Names) -> Field:
        first, *rest = node.steps
        steps, others = static_steps(node.steps)
        if isinstance(first.node, nodes.Variable) and first.node.name not in ("", "$"):
            found = self.read(first.node.name, steps, names)
        elif first.focus or first.index:
            return ANYTHING
        else:
            found = self.value(first.node, names)
            found, others = self.filtered(found, first.filters, names), rest
        for step in others:
            if found.type.is_never or found.type.unknown or step.focus or step.index:
                return UNDEFINED if found.type.is_never else ANYTHING
            found = self.step(found, step, names)
        if node.group:
            return Field(ANY_OBJECT, found.presence)
        return kept(found) if node.keep_array else found

    def read(self, root: str, steps: Sequence[str | int], names: Names) -> Field:
        """A variable with the fields and indexes behind it that are written out."""
        found = names.get(root)
        if root not in ("states", *names.own):
            self.note(root, (), Reading(found.type, found.presence, -1, names.variables))
        if found.type.is_never:
            return UNDEFINED
        whole = read(found.type, steps)
        if is_plain(found.type, steps):
            presence = max(found.presence, whole.presence)
            self.note(root, steps, whole)
            return UNDEFINED if whole.is_missing else Field(whole.type, presence)
        for number, step in enumerate(steps):
            # Arrays on the way: each step is taken in all of their elements.
            item = item_of(found.type)
            if item.object is not None and item.object.is_undescribed(step):
                self.note(root, steps, Reading(UNKNOWN, Presence.SOMETIMES, number, item))
                return ANYTHING
            found = member(found, step) if isinstance(step, str) else element(found, step)
        return found

    def note(self, root: str, steps: Sequence[Step], reading: Reading) -> None:
        """Remember a path that may lead nowhere."""
        if reading.is_missing or reading.presence is Presence.SOMETIMES:
            query = Query(written(root, steps), root, tuple(steps))
            self.lacking.append(Lacking(query, reading))

    def step(self, found: Field, step: nodes.Step, names: Names) -> Field:
        """A step of a path behind what was found before."""
        if isinstance(step.node, nodes.Field):
            found = member(found, step.node.name)
        elif found.type.array is None:
            found = self.value(step.node, names.in_context(found))
        else:
            item = Field(item_of(found.type))
            each = self.maybe(step.node, names.in_context(item))
            found = sequence(item_of(each.type))
        return self.filtered(found, step.filters, names)

    def filtered(
        self, found: Field, filters: Sequence[nodes.Filter | nodes.Numbering], names: Names
    ) -> Field:
        for each in filters:
            if found.type.is_never or not isinstance(each, nodes.Filter):
                return UNDEFINED if found.type.is_never else ANYTHING
            index = index_of(each)
            if index is not None:
                found = element(found, index)
            else:
                self.maybe(each.test, names.in_context(Field(item_of(found.type))))
                found = sequence(item_of(found.type))
        return found

    def filtered_node(self, node: nodes.Filtered, names: Names) -> Field:
        found = self.filtered(self.value(node.node, names), node.filters, names)
        if node.group:
            return Field(ANY_OBJECT, found.presence)
        if node.keep_array and not found.type.is_never:
            # It keeps a sequence of one an array; a value that is none stays what it is.
            return Field(join(found.type, as_array(found).type), found.presence)
        return found

    def array(self, node: nodes.Array, names: Names) -> Field:
        types = []
        is_exact = True
        for item in node.items:
            found = self.value(item, names)
            is_written = isinstance(item, nodes.Array)
            is_range = isinstance(item, nodes.Binary) and item.operator == ".."
            # An array that is no literal is taken apart, and nothing leaves no trace.
            is_exact = is_exact and not is_range and found.is_sure
            is_exact = is_exact and (is_written or not may_be_array(found.type))
            types.append(found.type if is_written else item_of(found.type))
        if is_exact:
            return Field(tuple_of(types))
        element = NEVER
        for each in types:
            element = join(element, each)
        return Field(array_of(element))

    def object(self, node: nodes.Object, names: Names) -> Field:
        fields: dict[str, Field] = {}
        rest = NEVER
        for key, value in node.pairs:
            found = self.value(value, names)
            if not isinstance(key, nodes.Literal) or not isinstance(key.value, str):
                self.value(key, names)
                rest = UNKNOWN
            elif not found.type.is_never:
                fields[key.value] = found
        return Field(Type(object=Object(fields, rest)))

    def negation(self, node: nodes.Negation, names: Names) -> Field:
        return negative(self.value(node.value, names))

    def binary(self, node: nodes.Binary, names: Names) -> Field:
        if node.operator in ("and", "or"):
            self.truth(node.left, names)
            right = assume(node.left, names, node.operator == "and")
            self.maybe(node.right, right, self.truth)
            return Field(BOOLEAN)
        left = self.value(node.left, names)
        return compute(node.operator, left, self.value(node.right, names))

    def condition(self, node: nodes.Condition, names: Names) -> Field:
        self.truth(node.test, names)
        found: list[Field] = []
        failed: Fails | None = None
        for part, holds in ((node.then, True), (node.otherwise, False)):
            side = assume(node.test, names, holds)
            try:
                if not side.is_dead:
                    found.append(UNDEFINED if part is None else self.value(part, side))
            except Fails as error:  # which is none of the expression while the other side is taken
                failed = error
        if failed and not found:
            raise failed
        return either(*found) if found else UNDEFINED

    def truth(self, node: Node, names: Names) -> Field:
        """A value of which only the truth matters: that there is none is no fault."""
        if isinstance(node, nodes.Path | nodes.Variable):
            return self.quietly(node, names)
        return self.value(node, names)

    def maybe(
        self, node: Node, names: Names, look: Callable[[Node, Names], Field] | None = None
    ) -> Field:
        """A value that is perhaps never asked for: that it fails does not fail the expression."""
        try:
            return (look or self.value)(node, names)
        except Fails:
            return ANYTHING

    def quietly(self, node: Node, names: Names) -> Field:
        """A value that may be missing."""
        return Inference(self.text, depth=self.depth).value(node, names)

    def block(self, node: nodes.Block, names: Names) -> Field:
        found = UNDEFINED
        for item in node.items:
            found = self.value(item, names)
            if isinstance(item, nodes.Bind):
                names = names.bound(item.name, found)
        return found

    def bind(self, node: nodes.Bind, names: Names) -> Field:
        return self.value(node.value, names.bound(node.name, ANYTHING))

    def call(self, node: nodes.Call, names: Names, first: Field | None = None) -> Field:
        name = node.function.name if isinstance(node.function, nodes.Variable) else ""
        given = [] if first is None else [first]
        for argument in node.arguments:
            if isinstance(argument, nodes.Lambda):
                inner = names
                item = Field(item_of(given[0].type)) if given else ANYTHING
                for number, parameter in enumerate(argument.parameters):
                    inner = inner.bound(parameter, ANYTHING if number else item)
                if name != "map":
                    inner = replace(inner, own=dict.fromkeys(inner.own, ANYTHING))
                found = self.maybe(argument.body, inner)
                if name == "map" and len(given) == 1:
                    return sequence(found.type)
                given.append(ANYTHING)
            elif name in _ASKING:
                given.append(self.quietly(argument, names))
            else:
                given.append(self.value(argument, names))
        if name in names.own:
            return ANYTHING
        if name == "lookup" and len(given) == 2:
            return _looked_up(given[0], node.arguments[-1])
        return functions.call(name, given)

    def apply(self, node: nodes.Apply, names: Names) -> Field:
        found = self.value(node.value, names)
        if isinstance(node.function, nodes.Call):
            return self.call(node.function, names, found)
        if isinstance(node.function, nodes.Variable) and node.function.name not in names.own:
            return functions.call(node.function.name, [found])
        return ANYTHING


def _looked_up(value: Field, key: Node) -> Field:
    if isinstance(key, nodes.Literal) and isinstance(key.value, str):
        return member(value, key.value)
    return ANYTHING


_ASKING = ("append", "boolean", "count", "exists", "not")
"""Functions for which nothing is a value like any other."""
_NODES: dict[type[Node], Callable[..., Field]] = {
    nodes.Apply: Inference.apply,
    nodes.Array: Inference.array,
    nodes.Binary: Inference.binary,
    nodes.Bind: Inference.bind,
    nodes.Block: Inference.block,
    nodes.Call: Inference.call,
    nodes.Condition: Inference.condition,
    nodes.Field: Inference.field,
    nodes.Filtered: Inference.filtered_node,
    nodes.Literal: Inference.literal,
    nodes.Negation: Inference.negation,
    nodes.Object: Inference.object,
    nodes.Path: Inference.path,
    nodes.Variable: Inference.variable,
}
"""Other nodes can give anything."""
