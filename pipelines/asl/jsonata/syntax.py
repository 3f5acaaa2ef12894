"""Parses expressions: `parse` for whoever looks at one, the library's tree for the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from pipelines.asl.jsonata import nodes
from pipelines.asl.jsonata.failures import JsonataSyntaxError
from pipelines.asl.jsonata.nodes import Node
from pipelines.asl.jsonata.parsing import parse_symbols
from pipelines.asl.stack import with_room

MAX_KEPT = 16_384
"""Trees that are kept: those of a whole definition, which has no more than a megabyte."""


@lru_cache(maxsize=MAX_KEPT)
def parse(expression: str) -> Node:
    """The tree of an expression, the text between ``{%`` and ``%}``.

    Raises:
        JsonataSyntaxError: it cannot be read.
    """
    try:
        return with_room(_node, parse_symbols(expression))
    except RecursionError:
        raise JsonataSyntaxError("", "the expression is nested too deeply", 0) from None


@lru_cache(maxsize=2048)
def variable_names(expression: str) -> frozenset[str]:
    """The names of all variables and functions in it, those of its own included."""
    tree = parse(expression)
    return frozenset(node.name for node in tree.walk() if isinstance(node, nodes.Variable))


def _node(symbol: Any) -> Node:
    """The node of one of the library's symbols, with the filters and the grouping behind it."""
    node = _MAKE[symbol.type](symbol)
    if symbol.type == "path":
        return node
    filters, group = _filters(symbol.predicate), _group(symbol)
    if filters or group or (symbol.keep_array and symbol.type != "name"):
        return nodes.Filtered(symbol.position, node, filters, bool(symbol.keep_array), group)
    return node


def _filters(stages: Iterable[Any] | None) -> tuple[nodes.Filter | nodes.Numbering, ...]:
    return tuple(
        nodes.Numbering(each.position, each.value)
        if each.type == "index"
        else nodes.Filter(each.position, _node(each.expr))
        for each in stages or ()
    )


def _group(symbol: Any) -> tuple[tuple[Node, Node], ...]:
    return _pairs(symbol.group.lhs_object) if symbol.group is not None else ()


def _pairs(pairs: Iterable[Any]) -> tuple[tuple[Node, Node], ...]:
    return tuple((_node(key), _node(value)) for key, value in pairs)


def _path(symbol: Any) -> Node:
    steps = []
    for each in symbol.steps:
        node = _MAKE[each.type](each)
        stages = [*(each.predicate or ()), *(each.stages or ())]
        if each.group is not None:
            node = nodes.Filtered(each.position, node, _filters(stages), False, _group(each))
            stages = []
        steps.append(nodes.Step(each.position, node, _filters(stages), each.focus, each.index))
    kept = bool(symbol.keep_singleton_array or symbol.keep_array)
    return nodes.Path(steps[0].position, tuple(steps), kept, _group(symbol))


def _sort(symbol: Any) -> Node:
    terms = (
        nodes.SortTerm(each.expression.position, _node(each.expression), bool(each.descending))
        for each in symbol.terms
    )
    return nodes.Sort(symbol.position, tuple(terms))


def _unary(symbol: Any) -> Node:
    if symbol.value == "[":
        return nodes.Array(symbol.position, tuple(map(_node, symbol.expressions)))
    if symbol.value == "{":
        return nodes.Object(symbol.position, _pairs(symbol.lhs_object))
    return nodes.Negation(symbol.position, _node(symbol.expression))


def _binary(symbol: Any) -> Node:
    return nodes.Binary(symbol.position, str(symbol.value), _node(symbol.lhs), _node(symbol.rhs))


def _condition(symbol: Any) -> Node:
    otherwise = None if symbol._else is None else _node(symbol._else)
    return nodes.Condition(symbol.position, _node(symbol.condition), _node(symbol.then), otherwise)


def _lambda(symbol: Any) -> Node:
    if symbol.thunk:  # the call at a function's end, as the library keeps it
        return _node(symbol.body)
    names = tuple(str(each.value) for each in symbol.arguments)
    return nodes.Lambda(symbol.position, names, _node(symbol.body))


def _call(symbol: Any) -> Node:
    return nodes.Call(symbol.position, _node(symbol.procedure), tuple(map(_node, symbol.arguments)))


def _partial(symbol: Any) -> Node:
    arguments = (None if each.type == "operator" else _node(each) for each in symbol.arguments)
    return nodes.Partial(symbol.position, _node(symbol.procedure), tuple(arguments))


def _transform(symbol: Any) -> Node:
    delete = None if symbol.delete is None else _node(symbol.delete)
    return nodes.Transform(symbol.position, _node(symbol.pattern), _node(symbol.update), delete)


_MAKE: dict[str, Callable[[Any], Node]] = {
    "apply": lambda s: nodes.Apply(s.position, _node(s.lhs), _node(s.rhs)),
    "binary": _binary,
    "bind": lambda s: nodes.Bind(s.position, str(s.lhs.value), _node(s.rhs)),
    "block": lambda s: nodes.Block(s.position, tuple(map(_node, s.expressions))),
    "condition": _condition,
    "descendant": lambda s: nodes.Descendants(s.position),
    "function": _call,
    "lambda": _lambda,
    "name": lambda s: nodes.Field(s.position, str(s.value)),
    "number": lambda s: nodes.Literal(s.position, s.value),
    "operator": lambda s: nodes.Literal(s.position, None),
    "parent": lambda s: nodes.Parent(s.position),
    "partial": _partial,
    "path": _path,
    "regex": lambda s: nodes.Regex(s.position, s.value.source),
    "sort": _sort,
    "string": lambda s: nodes.Literal(s.position, s.value),
    "transform": _transform,
    "unary": _unary,
    "value": lambda s: nodes.Literal(s.position, s.value),
    "variable": lambda s: nodes.Variable(s.position, str(s.value)),
    "wildcard": lambda s: nodes.Wildcard(s.position),
}
"""How each of the library's kinds of symbol becomes a node."""
