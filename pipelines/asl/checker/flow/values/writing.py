"""Putting a value at a reference path: what ResultPath does to a state's input."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.types import (
    EMPTY_OBJECT,
    UNKNOWN,
    Array,
    Field,
    Object,
    Presence,
    Type,
)


class NoPlace(LookupError):
    """No value of the type has the place: `step` is the first that cannot be gone."""

    def __init__(self, depth: int, there: Type) -> None:
        super().__init__(f"no step {depth} into {there}")
        self.depth = depth
        self.there = there


def put(type: Type, steps: Sequence[str | int], value: Type, depth: int = 0) -> Type:
    """The type with `value` at a reference path; objects on the way are made.

    >>> from pipelines.asl.checker.flow.values.types import TEXT
    >>> put(EMPTY_OBJECT, ["a", "b"], TEXT).object.fields["a"].type.object.fields["b"].is_sure
    True

    Raises:
        NoPlace: it fails whatever the value is; null may become an object, for all that is known.
    """
    if depth == len(steps):
        return value
    step = steps[depth]
    if isinstance(step, int):
        return _put_element(type, steps, value, depth, step)
    object = type.as_object
    if object is None and type.null:
        object = EMPTY_OBJECT.object
    if object is None:
        raise NoPlace(depth, type)
    return Type(object=object.with_field(step, put(_inner(object, step), steps, value, depth + 1)))


def _inner(object: Object, name: str) -> Type:
    """What the next step goes into; where there may be nothing, an empty object is made."""
    field = object.get(name)
    if field is None or field.type.is_never:
        return EMPTY_OBJECT
    if field.presence is Presence.ALWAYS or field.type.unknown:
        return field.type
    if field.type.object is None:  # it would be in the way, if it were there
        return EMPTY_OBJECT
    return join(field.type, EMPTY_OBJECT) if field.presence is Presence.SOMETIMES else field.type


def _put_element(
    type: Type, steps: Sequence[str | int], value: Type, depth: int, index: int
) -> Type:
    array = type.as_array
    if array is None and type.null:
        return UNKNOWN
    if array is None or (index >= len(array.items) and array.rest.is_never):
        raise NoPlace(depth, type)
    if index >= len(array.items):
        return Type(array=Array((), UNKNOWN))
    old = array.items[index]
    new = Field(put(old.type, steps, value, depth + 1))
    return Type(array=Array((*array.items[:index], new, *array.items[index + 1 :]), array.rest))
