"""JSONata's values: of a type and maybe not there, one or many as a path gives them."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.asl.checker.flow.values.joining import element_of, join
from pipelines.asl.checker.flow.values.queries import Many, Step
from pipelines.asl.checker.flow.values.reading import read
from pipelines.asl.checker.flow.values.types import (
    ANY_ARRAY,
    NEVER,
    UNKNOWN,
    Field,
    Presence,
    Type,
    array_of,
)

UNDEFINED = Field(NEVER, Presence.SOMETIMES)
"""Nothing: what a path gives that leads nowhere."""
ANYTHING = Field(UNKNOWN, Presence.USUALLY)
"""A value, or nothing: nobody knows."""

_MAX_NESTING = 8


def as_array(value: Field) -> Field:
    """A value as an array: of itself, if it is none."""
    type = value.type
    if type.unknown or type.is_never:
        return Field(ANY_ARRAY if type.unknown else array_of(NEVER))
    if type.array is not None and type.is_one_kind:
        return Field(type)
    return Field(array_of(item_of(type)))


def kept(value: Field) -> Field:
    """What ``[]`` behind a path makes of a single item."""
    return UNDEFINED if value.type.is_never else Field(as_array(value).type, value.presence)


def may_be_array(type: Type) -> bool:
    """Whether a value of the type can be an array."""
    return type.as_array is not None


def item_of(type: Type) -> Type:
    """An item of a value that is looked at as a sequence: an array's element, or itself."""
    if type.unknown or type.array is None:
        return type
    element = element_of(type.array)
    return element if type.is_one_kind else join(element, type._replace(array=None))


def sequence(item: Type) -> Field:
    """None, one or several items, as a path gives them."""
    if item.unknown or item.is_never:
        return ANYTHING if item.unknown else UNDEFINED
    return Field(join(item, array_of(item)), Presence.USUALLY)


def member(value: Field, name: str, depth: int = _MAX_NESTING) -> Field:
    """A field of a value; of an array, the fields of all its elements.

    >>> from pipelines.asl.checker.flow.values.types import TEXT, object_of
    >>> str(member(Field(array_of(object_of({"id": TEXT}))), "id").type)
    'a text or an array'
    """
    type = value.type
    if type.unknown or depth <= 0:
        return ANYTHING
    found = None if type.object is None else type.object.get(name)
    if type.array is not None:
        inner = member(Field(item_of(type)), name, depth - 1)
        if found is not None:
            return sequence(join(item_of(inner.type), item_of(found.type)))
        return sequence(item_of(inner.type))
    if found is None or found.type.is_never:
        return UNDEFINED
    presence = max(value.presence, found.presence)
    return Field(found.type, presence if type.is_one_kind else Presence.SOMETIMES)


def element(value: Field, index: int) -> Field:
    """The value at an index; what is no array is its own first element."""
    type = value.type
    if type.unknown or not type.is_one_kind:
        return ANYTHING
    if type.array is None:
        return value if index in (0, -1) else UNDEFINED
    reading = read(type, (index,))
    presence = max(value.presence, reading.presence)
    return UNDEFINED if reading.is_missing else Field(reading.type, presence)


def is_plain(type: Type, steps: Sequence[Step]) -> bool:
    """Whether the steps meet objects where they name fields, and arrays where they count."""
    for step in steps:
        if type.unknown or type.is_never:
            return True
        if isinstance(step, Many):
            return False
        is_met = type.array is None if isinstance(step, str) else type.object is None
        if not is_met:
            return False
        type = read(type, (step,)).type
    return True
