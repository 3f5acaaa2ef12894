"""Putting a value at a reference path: what ResultPath does to a state's input."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.types import (
    ANY_OBJECT,
    EMPTY_OBJECT,
    MAX_DEPTH,
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


def put(type: Type, steps: Sequence[str | int], value: Type) -> Type:
    """The type with `value` at a reference path; objects on the way are made.

    >>> from pipelines.asl.checker.flow.values.types import TEXT
    >>> put(EMPTY_OBJECT, ["a", "b"], TEXT).object.fields["a"].type.object.fields["b"].is_sure
    True

    Raises:
        NoPlace: it fails whatever the value is; null may become an object, for all that is known.
    """
    way: list[tuple[Object, str] | tuple[Array, int]] = []
    made = value
    for depth, step in enumerate(steps):
        if depth == MAX_DEPTH:
            made = ANY_OBJECT if isinstance(step, str) else UNKNOWN
            break
        if isinstance(step, str):
            object = _object(type, depth)
            way.append((object, step))
            type = _inner(object, step, steps[depth + 1 : depth + 2])
        else:
            array = _array(type, depth, step)
            if array is None or step >= len(array.items):
                made = UNKNOWN if array is None else Type(array=Array((), UNKNOWN))
                break
            way.append((array, step))
            type = array.items[step].type
    for container, step in reversed(way):
        made = _with(container, step, made)
    return made


def _object(type: Type, depth: int) -> Object:
    """What is known of the object that a field is put into."""
    object = EMPTY_OBJECT.object if type.null else None
    object = type.as_object or object
    if object is None:
        raise NoPlace(depth, type)
    return object


def _array(type: Type, depth: int, index: int) -> Array | None:
    """What is known of the array that has an element to be replaced; None: nothing."""
    array = type.as_array
    if array is None and type.null:
        return None
    if array is None or (index >= len(array.items) and array.rest.is_never):
        raise NoPlace(depth, type)
    return array


def _inner(object: Object, name: str, following: Sequence[str | int]) -> Type:
    """What the next step goes into; where there may be nothing, an empty object is made."""
    field = object.get(name)
    if field is None or field.type.is_never:
        return EMPTY_OBJECT
    if field.presence is Presence.ALWAYS or field.type.unknown:
        return field.type
    if any(isinstance(step, int) for step in following):  # which an empty object does not have
        return field.type
    if field.type.object is None:  # it would be in the way, if it were there
        return EMPTY_OBJECT
    return join(field.type, EMPTY_OBJECT) if field.presence is Presence.SOMETIMES else field.type


def _with(container: Object | Array, step: str | int, value: Type) -> Type:
    if isinstance(container, Object):
        return Type(object=container.with_field(str(step), value))
    at = int(step)
    items = (*container.items[:at], Field(value), *container.items[at + 1 :])
    return Type(array=Array(items, container.rest))
