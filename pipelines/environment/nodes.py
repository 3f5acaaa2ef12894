"""A configuration as it was written: values that know their file and line, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

# A way to a value: keys, and positions in lists counted from 0.
Key = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Source(NamedTuple):
    """A place in a file, counted from 1; line 0 is the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Refused:
    """Stands where a value was refused, so that one problem is not reported as two."""

    def __repr__(self) -> str:
        return "REFUSED"


REFUSED: Final = Refused()


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it was written.

    Attributes:
        value: None, a bool, int, float or str; a dict of nodes; a tuple of nodes; or REFUSED.
        source: of a scalar or list where it begins, of a mapping where its key stands.
        text: a scalar as it was written, quotes excluded.
    """

    value: Any
    source: Source
    text: str = ""


class Problem(NamedTuple):
    """Something that is wrong, in words that follow `file:line: key: `."""

    source: Source
    key: Key
    message: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (str(self.source), key_text(self.key), self.message)))


def key_text(key: Key) -> str:
    """How a way to a value is written.

    >>> key_text(("features", "binned", "wage per hour"))
    'features.binned."wage per hour"'
    >>> key_text(("features", "numeric", 2))
    'features.numeric[3]'
    """
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += "." * bool(text) + (part if _PLAIN_KEY.fullmatch(part) else f'"{part}"')
    return text


def plain(node: Node) -> Any:
    """The value without its places: dicts, tuples and scalars; REFUSED stays."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return tuple(plain(child) for child in node.value)
    return node.value


def walk(node: Node, key: Iterable[str | int]) -> tuple[list[Node], Key]:
    """The nodes along `key`, `node` first, and the part of `key` that they came to.

    A part that does not exist is passed over: pydantic names union branches in its locations.
    """
    nodes = [node]
    done: Key = ()
    for part in key:
        value = nodes[-1].value
        if isinstance(part, str):
            child = value.get(part) if isinstance(value, dict) else None
        else:
            child = value[part] if isinstance(value, tuple) and part < len(value) else None
        if child is not None:
            nodes.append(child)
            done = (*done, part)
    return nodes, done
