"""Whether a JSON value is one that a type allows: what types mean, for tests to hold them to."""

from __future__ import annotations

import re
from typing import Any

from pipelines.asl.checker.flow.values.types import Array, Field, Object, Pieces, Type


def allows(type: Type, value: Any) -> bool:
    """Whether the value is among those of the type."""
    if type.unknown:
        return True
    if value is None:
        return type.null
    if isinstance(value, bool):
        return value in type.booleans
    if isinstance(value, int | float):
        return type.number is not None and _is_number(type, value)
    if isinstance(value, str):
        known = type.text and type.text.known
        return type.text is not None and (known is None or any(_is_of(p, value) for p in known))
    if isinstance(value, list):
        return type.array is not None and _is_array(type.array, value)
    return type.object is not None and _is_object(type.object, value)


def _is_number(type: Type, value: float) -> bool:
    number = type.number
    return (number.values is None or value in number.values) and (
        not number.integer or value == int(value)
    )


def _is_of(pieces: Pieces, value: str) -> bool:
    form = "".join(".*" if piece is None else re.escape(piece) for piece in pieces)
    return re.fullmatch(form, value, re.DOTALL) is not None


def _is_array(array: Array, value: list[Any]) -> bool:
    if any(item.is_sure for item in array.items[len(value) :]):
        return False
    return all(
        allows(array.items[at].type if at < len(array.items) else array.rest, item)
        for at, item in enumerate(value)
    )


def _is_object(object: Object, value: dict[str, Any]) -> bool:
    if any(field.is_sure and name not in value for name, field in object.fields.items()):
        return False
    unlisted = Field(object.rest)
    return all(allows(object.fields.get(name, unlisted).type, item) for name, item in value.items())
