"""What becomes known of a value when a comparison with it holds, or does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.asl.checker.flow.values.queries import Step
from pipelines.asl.checker.flow.values.types import (
    BOOLEAN,
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_ITEMS,
    NEVER,
    Array,
    Field,
    Presence,
    Type,
    narrowed,
)

Change = Callable[[Type], Type]
"""What a type becomes by a fact; NEVER: the fact cannot be."""
AtPlace = Callable[[Type, Sequence[Step]], Type]
"""What a type becomes by a fact about a place in it."""


def refine(type: Type, steps: Sequence[Step], change: Change) -> Type:
    """The type when there is a value at a place, of which a fact is known; of a place that lies
    too deep, nothing becomes known.

    >>> from pipelines.asl.checker.flow.values.types import UNKNOWN
    >>> refine(UNKNOWN, ["id"], lambda found: found).object.fields["id"].is_sure
    True
    """
    if not steps:
        return change(type)
    if len(steps) > MAX_DEPTH:
        return type
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        object = type.object or type.as_object
        if object is None:
            return NEVER
        field = object.fields.get(step) or object.get(step)
        if field is None:
            return NEVER
        inner = refine(field.type, rest, change) if rest else change(field.type)
        if inner is NEVER:
            return NEVER
        if field.is_sure and inner is field.type and type.is_plain_object:
            return type
        return Type(object=object.with_field(step, inner))
    if isinstance(step, int) and 0 <= step < MAX_ITEMS:
        return _refined_element(type, step, rest, change)
    return type


def _refined_element(type: Type, index: int, rest: Sequence[Step], change: Change) -> Type:
    array = type.as_array
    if array is None or (index >= len(array.items) and array.rest.is_never):
        return NEVER
    more = [Field(array.rest)] * (index + 1 - len(array.items))
    items = [*(Field(item.type) for item in array.items[: index + 1]), *more]
    inner = refine(items[index].type, rest, change)
    if inner.is_never:
        return NEVER
    items[index] = Field(inner)
    return Type(array=Array((*items, *array.items[index + 1 :]), array.rest))


def without(type: Type, steps: Sequence[Step]) -> Type:
    """The type when there is nothing at a place; NEVER: there always is something."""
    if not steps:
        return NEVER
    if not isinstance(steps[0], str) or not type.is_plain_object or len(steps) > MAX_DEPTH:
        return type
    object = type.as_object
    field = None if object is None else object.get(steps[0])
    if object is None or field is None:
        return type
    if len(steps) > 1:
        if not field.is_sure:
            return type
        inner = without(field.type, steps[1:])
        return NEVER if inner.is_never else Type(object=object.with_field(steps[0], inner))
    if field.is_sure:
        return NEVER
    if len(object.fields) >= MAX_FIELDS:
        return type
    missing = Field(NEVER, Presence.SOMETIMES)
    return Type(object=object._replace(fields={**object.fields, steps[0]: missing}))


def only(kind: Type) -> Change:
    """The fact that a value is of a kind: `TEXT`, `NUMBER`, `BOOLEAN`, `NULL`."""

    def change(type: Type) -> Type:
        if type.unknown:
            return kind
        return narrowed(
            Type(
                null=type.null and kind.null,
                booleans=type.booleans & kind.booleans,
                number=type.number if kind.number is not None else None,
                text=type.text if kind.text is not None else None,
            )
        )

    return change


def other_than(kind: Type) -> Change:
    """The fact that a value is of none of these kinds."""

    def change(type: Type) -> Type:
        if type.unknown:
            return type
        return narrowed(
            type._replace(
                null=type.null and not kind.null,
                booleans=type.booleans - kind.booleans,
                number=None if kind.number is not None else type.number,
                text=None if kind.text is not None else type.text,
            )
        )

    return change


def exactly(value: Type) -> Change:
    """The fact that a value is this one; one that seems not to be is kept as its kind.

    Whether two values are equal decides no more than which way an execution goes: that a
    definition never goes one of its ways is no fault in the data.
    """
    of_kind = only(BOOLEAN if value.booleans else value)

    def change(type: Type) -> Type:
        return NEVER if of_kind(type).is_never else value

    return change


def anything(type: Type) -> Type:
    """The fact that there is a value."""
    return type
