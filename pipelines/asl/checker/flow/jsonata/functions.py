"""What JSONata's functions give, as far as their arguments' types tell.

https://docs.jsonata.org and, for those that Step Functions adds,
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.asl.checker.flow.jsonata.sequences import (
    ANYTHING,
    UNDEFINED,
    as_array,
    item_of,
    sequence,
)
from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.types import (
    ANY_ARRAY,
    ANY_OBJECT,
    BOOLEAN,
    INTEGER,
    NEVER,
    NUMBER,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Type,
    array_of,
)

_SIMPLE: dict[Type, tuple[str, ...]] = {
    BOOLEAN: ("contains",),
    INTEGER: ("ceil", "floor", "length", "toMillis"),
    NUMBER: ("abs", "average", "max", "min", "number", "power", "round", "sqrt", "sum"),
    TEXT: (
        "base64decode", "base64encode", "decodeUrl", "decodeUrlComponent", "encodeUrl",
        "encodeUrlComponent", "formatBase", "formatInteger", "formatNumber", "fromMillis", "hash",
        "join", "lowercase", "pad", "replace", "string", "substring", "substringAfter",
        "substringBefore", "trim", "type", "uppercase",
    ),
    ANY_ARRAY: ("keys", "partition", "shuffle", "split", "zip"),
}  # fmt: skip
_OF_THE_FIRST = {name: type for type, names in _SIMPLE.items() for name in names}
"""Functions that give this type for something, and nothing for nothing."""

_ALWAYS = {
    "count": INTEGER,
    "exists": BOOLEAN,
    "millis": INTEGER,
    "now": TEXT,
    "random": NUMBER,
    "range": ANY_ARRAY,
    "uuid": TEXT,
}
"""Functions that always give this type."""


def call(name: str, arguments: Sequence[Field]) -> Field:
    """What a function gives for arguments; anything, if it is not known here.

    >>> str(call("count", [ANYTHING]).type)
    'a number'
    """
    if name in _ALWAYS:
        return Field(_ALWAYS[name])
    if name in _MADE:
        return _MADE[name](arguments)
    first = arguments[0] if arguments else ANYTHING
    if first.type.is_never:
        return UNDEFINED if name in _OF_THE_FIRST else ANYTHING
    if name in _OF_THE_FIRST:
        return Field(_OF_THE_FIRST[name], first.presence)
    return ANYTHING


def _append(arguments: Sequence[Field]) -> Field:
    if len(arguments) != 2 or any(each.type.unknown for each in arguments):
        return ANYTHING
    one, other = (item_of(each.type) for each in arguments)
    return Field(array_of(join(one, other)))


def _merge(arguments: Sequence[Field]) -> Field:
    """The fields of all objects; of an array that is written out, each has its place."""
    array = arguments[0].type.array if arguments else None
    if array is None or array.length is None:
        return Field(ANY_OBJECT)
    fields: dict[str, Field] = {}
    rest = NEVER
    for item in array.items:
        object = item.type.object
        if object is None or not item.type.is_one_kind:
            return Field(ANY_OBJECT)
        for name, field in object.fields.items():
            under = fields.get(name)
            if field.is_sure or under is None:
                fields[name] = field
            else:
                presence = min(under.presence, field.presence)
                fields[name] = Field(join(under.type, field.type), presence)
        if object.is_open:
            fields = {name: each for name, each in fields.items() if name in object.fields}
            rest = UNKNOWN
    return Field(Type(object=Object(fields, rest)))


def _same_items(arguments: Sequence[Field]) -> Field:
    return as_array(arguments[0]) if arguments and not arguments[0].type.is_never else ANYTHING


def _filtered(arguments: Sequence[Field]) -> Field:
    return sequence(item_of(arguments[0].type)) if arguments else ANYTHING


def _truth(arguments: Sequence[Field]) -> Field:
    first = arguments[0] if arguments else ANYTHING
    return UNDEFINED if first.type.is_never else Field(BOOLEAN, first.presence)


_MADE: dict[str, Callable[[Sequence[Field]], Field]] = {
    "append": _append,
    "boolean": _truth,
    "distinct": _same_items,
    "filter": _filtered,
    "merge": _merge,
    "not": _truth,
    "reverse": _same_items,
    "sort": _same_items,
}
