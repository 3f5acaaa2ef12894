"""The types of values that a definition spells out."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import chain
from typing import Any

from pipelines.asl.checker.flow.values.types import (
    MAX_DEPTH,
    NULL,
    UNKNOWN,
    Pieces,
    Text,
    Type,
    boolean_of,
    merge_pieces,
    number_of,
    object_of,
    text_of,
    tuple_of,
)

ANY_TEXT: frozenset[Pieces] = frozenset(((None,),))
"""One text, of which nothing is known."""
_SUBSTITUTION = re.compile(r"\$\{[^}]*\}")


def from_json(value: Any, depth: int = MAX_DEPTH) -> Type:
    """The type of one value.

    ``${Name}`` in a text stands for any text; a text that is nothing else may become any value,
    since templating tools put objects and numbers there as well.

    >>> str(from_json({"a": [1, "x"]})), from_json("${Name}").unknown
    ('an object', True)
    """
    if isinstance(value, str):
        return from_text(value)
    if value is None:
        return NULL
    if isinstance(value, bool):
        return boolean_of(value)
    if isinstance(value, (int, float)):
        return number_of(value)
    if depth <= 0:
        return UNKNOWN
    if isinstance(value, dict):
        return object_of({str(key): from_json(item, depth - 1) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple_of(from_json(item, depth - 1) for item in value)
    return UNKNOWN


@lru_cache(maxsize=8192)
def from_text(value: str) -> Type:
    """The type of a text, with its substitutions left open."""
    if "${" not in value:
        return text_of(value)
    pieces = opened(value)
    return UNKNOWN if pieces == (None,) else Type(text=Text(frozenset((pieces,))))


def open_substitutions(pieces: Pieces) -> Pieces:
    """The pieces with nothing known of what ``${Name}`` stands for.

    >>> open_substitutions(("s3://${Bucket}/data",))
    ('s3://', None, '/data')
    """
    if not any(piece is not None and "${" in piece for piece in pieces):
        return pieces
    parts = ((None,) if piece is None else opened(piece) for piece in pieces)
    return merge_pieces(chain.from_iterable(parts))


def opened(text: str) -> Pieces:
    """The pieces of a text with nothing known of what ``${Name}`` stands for."""
    first, *others = _SUBSTITUTION.split(text)
    pieces: list[str | None] = [first] if first else []
    for other in others:
        if not pieces or pieces[-1] is not None:
            pieces.append(None)
        if other:
            pieces.append(other)
    return tuple(pieces)


def shown(type: Type) -> frozenset[Pieces]:
    """A value as it appears in a text that it is put into."""
    text, number = type.text, type.number
    if text is not None and text.known is not None and type.is_one_kind:
        return text.known
    if number is not None and number.values is not None and type.is_one_kind:
        return frozenset((json.dumps(value),) for value in number.values)
    return ANY_TEXT
