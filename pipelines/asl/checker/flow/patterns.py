"""Patterns of services' models, held against texts of which only parts are known.

A pattern becomes a graph of states.  A known character follows the edges that take it; a part that
is not known may be any text, and reaches whatever can be reached.  What a pattern asks for beyond
that (how often something repeats, if that is often) is not held against a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.asl.checker.flow.values.types import Pieces

_MAX_COPIES = 8
"""How often a part is repeated in the graph; beyond that it may repeat without end."""
_MAX_NODES = 4_000
_MAX_POSITIONS = 10_000
"""How many positions of texts in one graph are kept: by far more than texts come to."""

_CATEGORIES = {
    "L": "a-zA-Z",
    "M": "",
    "N": "0-9",
    "P": r"!-/:-@\[-`{-~",
    "S": r"$+<=>^`|~",
    "Z": r"\s",
}
"""The ASCII characters of Unicode's categories, as Java's patterns name them; those beyond ASCII
count as part of each."""
_CATEGORY = re.compile(r"\\p\{?([A-Z])[A-Za-z]*\}?")
_ANCHOR = re.compile(r"[$^]|\\[bBAZz]")
_LOOKS = re.compile(r"\?<?[=!]")
"""What only looks ahead or back takes no character, and is not held against a text."""
_CHARACTERS = re.compile(
    r"\[\^?\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*\]|\\p\{?[A-Z][A-Za-z]*\}?|\\[^\dQEGkpP]|[^\\*+?{\[]",
    re.DOTALL,
)
"""A class, an escape or a character; not a reference to a group, or what only Java has."""
_QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d+)(,?)(\d*)\})[?+]?")

Takes = Callable[[str], object]


class _Unreadable(Exception):
    """The pattern has something that is not looked into."""


@dataclass
class _Graph:
    """Nodes by number; an edge without a character class is taken without a character."""

    edges: list[list[tuple[Takes | None, int]]] = field(default_factory=list)
    positions: dict[frozenset[int], _Position] = field(default_factory=dict)

    def position(self, nodes: Iterable[int]) -> _Position:
        """The position at these nodes: the same one however a text comes there."""
        key = frozenset(nodes)
        found = self.positions.get(key)
        return _Position(self, key) if found is None else found

    def node(self) -> int:
        if len(self.edges) >= _MAX_NODES:
            raise _Unreadable
        self.edges.append([])
        return len(self.edges) - 1

    def closure(self, nodes: Iterable[int], whatever: bool = False) -> set[int]:
        """What is reached without a character; or by any text."""
        found = set(nodes)
        waiting = list(found)
        while waiting:
            for takes, target in self.edges[waiting.pop()]:
                if (takes is None or whatever) and target not in found:
                    found.add(target)
                    waiting.append(target)
        return found


@dataclass
class _Parser:
    """Builds the graph of one pattern: each method adds a part and gives its two ends."""

    pattern: str
    graph: _Graph = field(default_factory=_Graph)
    at: int = 0

    def alternatives(self) -> tuple[int, int]:
        start, end = self.graph.node(), self.graph.node()
        while True:
            first, last = self.sequence()
            self.graph.edges[start].append((None, first))
            self.graph.edges[last].append((None, end))
            if not self.take("|"):
                return start, end

    def sequence(self) -> tuple[int, int]:
        start = end = self.graph.node()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            begin = self.at
            first, last = latest, _ = self.atom()
            least, most = self.quantifier()
            after = self.at
            for number in range(1, least if most is None else most):
                self.at = begin
                latest, further = self.atom()
                if number >= least:
                    self.graph.edges[last].append((None, further))
                self.graph.edges[last].append((None, latest))
                last = further
            self.at = after
            if least == 0:
                self.graph.edges[first].append((None, last))
            if most is None:
                self.graph.edges[last].append((None, latest))
            self.graph.edges[end].append((None, first))
            end = last
        return start, end

    def quantifier(self) -> tuple[int, int | None]:
        match = _QUANTIFIER.match(self.pattern, self.at)
        if match is None:
            return 1, 1
        self.at = match.end()
        if match[1]:
            return (0 if match[1] in "*?" else 1), (1 if match[1] == "?" else None)
        least = int(match[2])
        most = (int(match[4]) if match[4] else None) if match[3] else least
        if most is not None and most > _MAX_COPIES:
            most = None
        return min(least, _MAX_COPIES), most

    def atom(self) -> tuple[int, int]:
        if self.take("("):
            looks = _LOOKS.match(self.pattern, self.at)
            self.at = looks.end() if looks else self.at
            if looks is None and self.take("?") and not self.take(":"):
                raise _Unreadable
            part = self.alternatives()
            if not self.take(")"):
                raise _Unreadable
            return (self.graph.node(),) * 2 if looks else part
        start, end = self.graph.node(), self.graph.node()
        if anchor := _ANCHOR.match(self.pattern, self.at):
            self.at = anchor.end()
            self.graph.edges[start].append((None, end))
        else:
            self.graph.edges[start].append((self.characters(), end))
        return start, end

    def characters(self) -> Takes:
        match = _CHARACTERS.match(self.pattern, self.at)
        if match is None:
            raise _Unreadable
        self.at = match.end()
        return _takes(match[0])

    def take(self, character: str) -> bool:
        if self.pattern.startswith(character, self.at):
            self.at += 1
            return True
        return False


@lru_cache(maxsize=1024)
def _takes(token: str) -> Takes:
    """Whether a character is one that a class, an escape or a character stands for."""
    within = _CATEGORY.sub(
        lambda match: _CATEGORIES.get(match[1], r"\x00-\x7f") + r"\x80-\U0010ffff", token
    )
    if within != token and not token.startswith("["):
        within = f"[{within}]"
    try:
        return re.compile(within, re.DOTALL).fullmatch
    except re.error:
        raise _Unreadable from None


@dataclass(eq=False)
class _Position:
    """How far a text has come in a graph: the nodes it may be at, and where it goes from there.

    What follows is worked out once for each character and kept: texts that are held to a pattern
    look alike, and to follow a graph's edges takes a hundred times as long as to look that up.

    Attributes:
        after: The next position by the character that was read; None: by any text.
    """

    graph: _Graph
    nodes: frozenset[int]
    after: dict[str | None, _Position] = field(default_factory=dict)

    def by(self, character: str | None) -> _Position:
        """The position after one more character, or after any text."""
        if character is None:
            nodes = self.graph.closure(self.nodes, whatever=True)
        else:
            nodes = self.graph.closure(
                target
                for node in self.nodes
                for takes, target in self.graph.edges[node]
                if takes is not None and takes(character)
            )
        found = self.graph.position(nodes)
        if len(self.graph.positions) < _MAX_POSITIONS:
            self.after[character] = self.graph.positions[found.nodes] = found
        return found


@lru_cache(maxsize=1024)
def _start(pattern: str) -> tuple[_Position, int] | None:
    """Where every text begins in a pattern's graph, and the node where one that matches ends."""
    parser = _Parser(pattern)
    try:
        start, end = parser.alternatives()
    except (_Unreadable, RecursionError):
        return None
    if parser.at < len(pattern):
        return None
    return parser.graph.position(parser.graph.closure((start,))), end


def can_match(pattern: str, pieces: Pieces) -> bool:
    """Whether a text of these pieces can match the whole pattern; one that is not looked into lets
    everything pass.

    >>> can_match("s3://[a-z]+", ("s3://", None)), can_match("s3://[a-z]+", ("http", None))
    (True, False)
    """
    made = _start(pattern)
    if made is None:
        return True
    position, end = made
    for piece in pieces:
        position = _after(position, piece)
        if not position.nodes:
            return False
    return end in position.nodes


@lru_cache(maxsize=4096)
def _after(position: _Position, piece: str | None) -> _Position:
    """Where a piece leads to: the texts of one machine have many pieces in common."""
    for character in (None,) if piece is None else piece:
        position = position.after.get(character) or position.by(character)
    return position
