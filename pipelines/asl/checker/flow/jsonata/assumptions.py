"""What becomes known where a condition of an expression holds, or does not."""

from __future__ import annotations

from dataclasses import replace

from pipelines.asl.checker.flow.jsonata.names import Names, static_steps
from pipelines.asl.checker.flow.jsonata.sequences import is_plain
from pipelines.asl.checker.flow.values import narrowing
from pipelines.asl.checker.flow.values.types import Type
from pipelines.asl.jsonata import nodes
from pipelines.asl.jsonata.nodes import Node

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "in")
"""Operators that do not hold if one side is nothing."""


_MAX_DEPTH = 48
"""How deep a condition is looked into."""


def assume(test: Node, names: Names, holds: bool, depth: int = _MAX_DEPTH) -> Names:
    """The names where a test holds, or where it does not; dead if that cannot be.

    ``$exists($states.input.x)`` and comparisons with it make known that it is there.
    """
    if depth <= 0:
        return names
    depth -= 1
    match test:
        case nodes.Block(items=(item,)):
            return assume(item, names, holds, depth)
        case nodes.Binary(operator="and") if holds:
            return assume(test.right, assume(test.left, names, True, depth), True, depth)
        case nodes.Binary(operator="or") if not holds:
            return assume(test.right, assume(test.left, names, False, depth), False, depth)
        case nodes.Binary(operator=operator) if holds and operator in _COMPARISONS:
            return _there(test.right, _there(test.left, names))
        case nodes.Call(function=nodes.Variable(name="not"), arguments=(argument,)):
            return assume(argument, names, not holds, depth)
        case nodes.Call(function=nodes.Variable(name="boolean"), arguments=(argument,)):
            return assume(argument, names, holds, depth)
        case nodes.Call(function=nodes.Variable(name="exists"), arguments=(argument,)):
            return _there(argument, names) if holds else _missing(argument, names)
        case nodes.Path() | nodes.Variable() if holds:
            return _there(test, names)
    return names


def _place(node: Node) -> tuple[str, tuple[str | int, ...]] | None:
    """The variable and the steps of a path that is written out."""
    if isinstance(node, nodes.Variable):
        return (node.name, ()) if node.name not in ("", "$") else None
    if not isinstance(node, nodes.Path) or not isinstance(node.steps[0].node, nodes.Variable):
        return None
    steps, others = static_steps(node.steps)
    if others or node.group:
        return None
    return _place(node.steps[0].node) and (node.steps[0].node.name, steps)


def _there(node: Node, names: Names) -> Names:
    """The names when a node gives something."""
    while isinstance(node, nodes.Call) and len(node.arguments) > 0:
        name = node.function.name if isinstance(node.function, nodes.Variable) else ""
        if name not in _NOTHING_FOR_NOTHING:
            return names
        node = node.arguments[0]
    return _changed(node, names, lambda type, steps: narrowing.refine(type, steps, _same))


_NOTHING_FOR_NOTHING = ("length", "lowercase", "number", "string", "trim", "type", "uppercase")
"""Functions that give nothing for nothing, as people compare them."""


def _missing(node: Node, names: Names) -> Names:
    """The names when a node gives nothing."""
    return _changed(node, names, narrowing.without)


def _same(type: Type) -> Type:
    return type


def _changed(node: Node, names: Names, change: narrowing.AtPlace) -> Names:
    place = _place(node)
    if place is None or place[0] in names.own:
        return names
    root, steps = place
    if root == "states":
        if not is_plain(names.states, steps):
            return names
        return replace(names, states=change(names.states, steps))
    if not is_plain(names.variables, (root, *steps)):
        return names
    return replace(names, variables=change(names.variables, (root, *steps)))
