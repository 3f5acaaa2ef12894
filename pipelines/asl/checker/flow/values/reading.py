"""Reading a path out of a type: what is found there, and whether it is there at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.asl.checker.flow.values.joining import element_of, join, value_of
from pipelines.asl.checker.flow.values.queries import Many, Step
from pipelines.asl.checker.flow.values.types import (
    ANY_ARRAY,
    NEVER,
    NULL,
    UNKNOWN,
    Array,
    Field,
    Presence,
    Type,
    array_of,
    tuple_of,
)


class Reading(NamedTuple):
    """What a path finds.

    Attributes:
        type: Of what is found; NEVER: there certainly is nothing.
        presence: Whether it is there, if it can be.
        depth: The number of the step that finds nothing, or may find nothing.
        there: The type in which that step looks.
    """

    type: Type
    presence: Presence = Presence.ALWAYS
    depth: int = 0
    there: Type = NEVER

    @property
    def is_missing(self) -> bool:
        """Whether there certainly is nothing."""
        return self.type is NEVER


def read(type: Type, steps: Sequence[Step]) -> Reading:
    """Follow a path's steps from a type.

    >>> from pipelines.asl.checker.flow.values.types import TEXT, object_of
    >>> data = object_of({"id": TEXT})
    >>> str(read(data, ["id"]).type), read(data, ["ID"]).is_missing
    ('a text', True)
    """
    presence, depth, there = Presence.ALWAYS, 0, type
    for number, step in enumerate(steps):
        object = type.object
        field = object.fields.get(step) if object is not None and isinstance(step, str) else None
        if field is None or not type.is_one_kind:  # else it is as plain as nearly always
            if isinstance(step, Many):
                found = _read_many(type, steps[number:])
                if presence is not Presence.ALWAYS:
                    found = join(found, _NONE)
                return Reading(found, presence, depth, there)
            field = _step(type, step)
        if field is None:
            is_many = any(isinstance(each, Many) for each in steps[number + 1 :])
            return Reading(_NONE if is_many else NEVER, Presence.SOMETIMES, number, type)
        if field.presence > presence:
            presence, depth, there = field.presence, number, type
        type = field.type
        if type.unknown:
            if number + 1 == len(steps):
                break
            # What follows is not known either, but for the list that several answers make.
            is_many = any(isinstance(each, Many) for each in steps[number + 1 :])
            rest = ANY_ARRAY if is_many else UNKNOWN
            return Reading(rest, max(presence, Presence.USUALLY), depth, there)
    return Reading(type, presence, depth, there)


def read_path(type: Type, steps: Sequence[Step]) -> Reading:
    """The same as JSONPath has it in AWS: a path that ends with an element beyond its array's end
    finds null."""
    reading = read(type, steps)
    if not steps or not isinstance(steps[-1], int) or reading.presence is Presence.ALWAYS:
        return reading
    before = read(type, steps[:-1])
    if before.is_missing or before.type.as_array is None:
        return reading
    return reading._replace(type=join(reading.type, NULL))


_NONE = tuple_of(())
"""What a path with a star finds where the steps before it lead nowhere; or it is an error."""


def _step(type: Type, step: str | int) -> Field | None:
    """A field or an element of a value that may also be of another kind; None: there is none."""
    if type is NEVER:
        return Field(UNKNOWN)
    if isinstance(step, str):
        object = type.as_object
        found = None if object is None else object.get(step)
    else:
        array = type.as_array
        found = None if array is None else _at(array, step)
    if found is None or found.presence is Presence.SOMETIMES or type.is_one_kind:
        return found
    return Field(found.type, Presence.SOMETIMES)


def _at(array: Array, index: int) -> Field | None:
    """The element at an index, which may count from the end."""
    if index < 0:
        if array.length is None:
            element = element_of(array)
            return None if element.is_never else Field(element, Presence.USUALLY)
        index += array.length
    if 0 <= index < len(array.items):
        return array.items[index]
    return None if index < 0 or array.rest.is_never else Field(array.rest, Presence.USUALLY)


def _read_many(type: Type, steps: Sequence[Step]) -> Type:
    """The array of all that the steps find, the first of which leads to several places."""
    exact = _all_of(type) if tuple(steps) == (Many.EACH,) else None
    return exact or _read_each(type, steps)


def _all_of(type: Type) -> Type | None:
    """The array of all elements or fields' values, if it is known how many there are."""
    array, object = type.array, type.object
    if not type.is_one_kind:
        return None
    if array is not None and array.length is not None:
        return tuple_of(item.type for item in array.items)
    if object is not None and not object.is_open:
        fields = object.fields.values()
        if all(field.is_sure for field in fields):
            return tuple_of([value_of(object)] * len(fields))  # in an order that nobody knows
    return None


def _read_each(type: Type, steps: Sequence[Step]) -> Type:
    """The same when their number is not known."""
    found = type
    for step in steps:
        if step is Many.SOME or found.unknown:
            return ANY_ARRAY
        if step is Many.EACH:
            inner = NEVER
            if found.array is not None:
                inner = element_of(found.array)
            if found.object is not None:
                inner = join(inner, value_of(found.object))
            found = inner
        else:
            field = None if found.is_never else _step(found, step)
            found = NEVER if field is None else field.type
    return array_of(found)
