"""The tree of an expression, apart from the library that parsed it.

Whoever follows data through expressions walks this.  What a node reads beside its variables is the
*context*: nothing at the top of an expression, each item of the step before within a path.
`position` is where a node stands in the expression: the characters up to the end of the name,
the sign or the literal that makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal as OneOf


@dataclass(frozen=True)
class Node:
    """Any node."""

    position: int

    def children(self) -> Iterator[Node]:
        """The nodes directly within it, in their order."""
        for each in fields(self):
            yield from _nodes(getattr(self, each.name))

    def walk(self) -> Iterator[Node]:
        """It, and every node within it."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(list(node.children())))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)


@dataclass(frozen=True)
class Literal(Node):
    """A text, a number, true, false or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True)
class Regex(Node):
    """A regular expression, as it is written between its slashes."""

    source: str


@dataclass(frozen=True)
class Variable(Node):
    """A variable or a function by its name: ``states`` for $states; empty: $, the context;
    ``$``: $$, the root."""

    name: str


@dataclass(frozen=True)
class Field(Node):
    """A field of the context, by its name."""

    name: str


@dataclass(frozen=True)
class Wildcard(Node):
    """``*``: every field of the context."""


@dataclass(frozen=True)
class Descendants(Node):
    """``**``: the context and everything below it."""


@dataclass(frozen=True)
class Parent(Node):
    """``%``: what holds the context."""


@dataclass(frozen=True)
class Filter(Node):
    """``[…]`` behind a step: an index if it is a number, else a condition on each item."""

    test: Node


@dataclass(frozen=True)
class Numbering(Node):
    """``#$name`` behind a filter: binds each item's number."""

    name: str


@dataclass(frozen=True)
class SortTerm(Node):
    """One of the values that a step sorts by, read in the context of each item."""

    key: Node
    descending: bool


@dataclass(frozen=True)
class Sort(Node):
    """``^(…)``: the items in order; stands as a step."""

    terms: tuple[SortTerm, ...]


@dataclass(frozen=True)
class Step(Node):
    """A step of a path.

    Attributes:
        node: What is read in the context of each item of the step before.
        focus: ``@$name``: the variable that the item is bound to, the context stays.
        index: ``#$name``: the variable that the item's number is bound to.
    """

    node: Node
    filters: tuple[Filter | Numbering, ...] = ()
    focus: str | None = None
    index: str | None = None


@dataclass(frozen=True)
class Path(Node):
    """``a.b.c``: its first step is read in the context of the path itself.

    Attributes:
        keep_array: Whether a single result stays an array: ``a.b[]``.
        group: ``{key: value, …}`` behind the path, read in the context of each item.
    """

    steps: tuple[Step, ...]
    keep_array: bool = False
    group: tuple[tuple[Node, Node], ...] = ()


@dataclass(frozen=True)
class Filtered(Node):
    """A node that is no path, with filters or a grouping behind it: ``(…)[0]``."""

    node: Node
    filters: tuple[Filter | Numbering, ...] = ()
    keep_array: bool = False
    group: tuple[tuple[Node, Node], ...] = ()


@dataclass(frozen=True)
class Array(Node):
    """``[…, …]``; an item that is a Binary with ``..`` is a range."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Object(Node):
    """``{key: value, …}``."""

    pairs: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True)
class Negation(Node):
    """``-`` before a value."""

    value: Node


@dataclass(frozen=True)
class Binary(Node):
    """``+ - * / % = != < <= > >= & and or in ..`` between two values."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Condition(Node):
    """``test ? then : otherwise``."""

    test: Node
    then: Node
    otherwise: Node | None


@dataclass(frozen=True)
class Block(Node):
    """``(…; …)``: its value is the last one's; what is bound in it ends with it."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Bind(Node):
    """``$name := value``, until the end of the block."""

    name: str
    value: Node


@dataclass(frozen=True)
class Lambda(Node):
    """``function($a, $b){…}``; its body is read in the context where it stands."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Call(Node):
    """``$f(…)``; its arguments are read in its own context."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Partial(Node):
    """``$f(?, …)``: None stands for what is left open."""

    function: Node
    arguments: tuple[Node | None, ...]


@dataclass(frozen=True)
class Apply(Node):
    """``value ~> function``: a Call on the right has the value as its first argument."""

    value: Node
    function: Node


@dataclass(frozen=True)
class Transform(Node):
    """``|pattern|update, delete|``: a function that changes a copy of what it gets."""

    pattern: Node
    update: Node
    delete: Node | None


Kind = OneOf["null", "boolean", "number", "string", "array", "object", "function"]
"""A value's type, by the name that $type gives it."""
