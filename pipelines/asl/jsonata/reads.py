"""What an expression reads from outside: variables with the static paths behind them, and names
that only a context could give, which there is none of at the top of an expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.asl.jsonata import nodes
from pipelines.asl.jsonata.nodes import Node
from pipelines.asl.jsonata.syntax import MAX_KEPT, parse
from pipelines.asl.stack import with_room


@dataclass(frozen=True)
class Reference:
    """A variable that is read.

    Attributes:
        variable: Its name, without the $.
        path: The fields and indexes that are read of it, as far as they are static.
        position: Where it stands in the expression.
        complete: Whether nothing that is not static is read of what `path` leads to.
        called: Whether it is called as a function.
    """

    variable: str
    path: tuple[str | int, ...]
    position: int
    complete: bool = True
    called: bool = False

    def __str__(self) -> str:
        steps = (f"[{each}]" if isinstance(each, int) else f".{each}" for each in self.path)
        return f"${self.variable}" + "".join(steps)


@dataclass(frozen=True)
class Unsupported:
    """What has no meaning at the top of an expression, where there is no context.

    Attributes:
        name: A field's name, ``$``, ``$$``, ``*``, ``**`` or ``%``.
    """

    name: str
    position: int


def references(expression: str) -> tuple[Reference, ...]:
    """Every variable that an expression reads and does not bind itself, in their order.

    Raises:
        JsonataSyntaxError: it cannot be read.
    """
    return _found(expression)[0]


def unsupported_references(expression: str) -> tuple[Unsupported, ...]:
    """What AWS refuses an expression for: names that only a context could give.

    Raises:
        JsonataSyntaxError: it cannot be read.
    """
    return _found(expression)[1]


@lru_cache(maxsize=MAX_KEPT)
def _found(expression: str) -> tuple[tuple[Reference, ...], tuple[Unsupported, ...]]:
    found = with_room(_find, parse(expression))
    return (
        tuple(sorted(found.references, key=lambda each: each.position)),
        tuple(sorted(found.unsupported, key=lambda each: each.position)),
    )


def _find(tree: Node) -> _Finder:
    found = _Finder()
    found.visit(tree, frozenset(), top=True)
    return found


Names = frozenset[str]


@dataclass
class _Finder:
    references: list[Reference] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)

    def visit(self, node: Node, bound: Names, top: bool) -> Names:
        """Look into a node; returns the variables that are bound after it.

        Args:
            bound: The variables that the expression has bound itself.
            top: Whether there is no context here.
        """
        match node:
            case nodes.Variable(position=position, name=name):
                self._variable(name, position, (), True, bound, top)
            case nodes.Field(position=position, name=name) if top:
                self.unsupported.append(Unsupported(name, position))
            case nodes.Wildcard() | nodes.Descendants() | nodes.Parent() if top:
                self.unsupported.append(Unsupported(_SIGNS[type(node)], node.position))
            case nodes.Path():
                self._path(node, bound, top)
            case nodes.Filtered():
                self.visit(node.node, bound, top)
                self._filters(node.filters, bound)
                self._pairs(node.group, bound, top=False)
            case nodes.Object(pairs=pairs):
                self._pairs(pairs, bound, top)
            case nodes.Block(items=items):
                inner = bound
                for each in items:
                    inner = self.visit(each, inner, top)
            case nodes.Bind(name=name, value=value):
                return self.visit(value, bound | {name}, top) | {name}
            case nodes.Lambda(parameters=parameters, body=body):
                self.visit(body, bound | set(parameters), top)
            case nodes.Call(function=function):
                self._called(function, bound, top)
                return self._each(node.children(), bound, top, skip=function)
            case nodes.Partial(function=function):
                self._called(function, bound, top)
                return self._each(node.children(), bound, top, skip=function)
            case nodes.Transform(pattern=pattern, update=update, delete=delete):
                for part in (pattern, update, delete):
                    if part is not None:
                        self.visit(part, bound, top=False)
            case _:
                return self._each(node.children(), bound, top)
        return bound

    def _each(
        self, parts: Iterator[Node], bound: Names, top: bool, skip: Node | None = None
    ) -> Names:
        """Look into parts that are evaluated one after the other in the same frame."""
        for part in parts:
            if part is not skip:
                bound = self.visit(part, bound, top)
        return bound

    def _called(self, function: Node, bound: Names, top: bool) -> None:
        if isinstance(function, nodes.Variable):
            if function.name not in bound:
                self.references.append(Reference(function.name, (), function.position, called=True))
        elif isinstance(function, nodes.Path) and len(function.steps) == 1 and top:
            # sum(…) for $sum(…): no reference, but a call of what is no function.
            return
        else:
            self.visit(function, bound, top)

    def _variable(
        self,
        name: str,
        position: int,
        path: tuple[str | int, ...],
        complete: bool,
        bound: Names,
        top: bool,
    ) -> None:
        if name in ("", "$"):
            if top or name == "$":
                self.unsupported.append(Unsupported("$" + name, position))
        elif name not in bound:
            self.references.append(Reference(name, path, position, complete))

    def _path(self, path: nodes.Path, bound: Names, top: bool) -> None:
        first, *rest = path.steps
        if isinstance(first.node, nodes.Variable):
            static, complete = _static(path.steps)
            self._variable(first.node.name, first.node.position, static, complete, bound, top)
        else:
            bound = self.visit(first.node, bound, top)
        for number, step in enumerate((first, *rest)):
            if number:
                self.visit(step.node, bound, top=False)
            bound |= {name for name in (step.focus, step.index) if name is not None}
            bound = self._filters(step.filters, bound)
        self._pairs(path.group, bound, top=False)

    def _filters(self, filters: tuple[nodes.Filter | nodes.Numbering, ...], bound: Names) -> Names:
        for each in filters:
            if isinstance(each, nodes.Numbering):
                bound |= {each.name}
            else:
                self.visit(each.test, bound, top=False)
        return bound

    def _pairs(self, pairs: tuple[tuple[Node, Node], ...], bound: Names, top: bool) -> None:
        for pair in pairs:
            for part in pair:
                bound = self.visit(part, bound, top)


def _static(steps: tuple[nodes.Step, ...]) -> tuple[tuple[str | int, ...], bool]:
    """The fields and indexes of a path behind its variable, and whether that is all of it."""
    static: list[str | int] = []
    for number, step in enumerate(steps):
        if number:
            if not isinstance(step.node, nodes.Field) or step.focus is not None:
                return tuple(static), False
            static.append(step.node.name)
        for each in step.filters:
            index = each.test if isinstance(each, nodes.Filter) else None
            if not isinstance(index, nodes.Literal) or type(index.value) is not int:
                return tuple(static), False
            static.append(index.value)
    return tuple(static), True


_SIGNS = {nodes.Wildcard: "*", nodes.Descendants: "**", nodes.Parent: "%"}
