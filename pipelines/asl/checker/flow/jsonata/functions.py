"""What JSONata's functions give, as far as their arguments' types tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.asl.checker.flow.jsonata.sequences import ANYTHING, UNDEFINED, item_of, sequence
from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.types import (
    ANY_OBJECT,
    BOOLEAN,
    INTEGER,
    NEVER,
    NUMBER,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
    array_of,
)
from pipelines.asl.jsonata import result_kind

_KINDS = {"boolean": BOOLEAN, "number": NUMBER, "string": TEXT, "object": ANY_OBJECT}
"""Arrays are not among them: a function may give an array's only item in its place."""
_ALWAYS = {
    "count": INTEGER,
    "exists": BOOLEAN,
    "millis": INTEGER,
    "now": TEXT,
    "random": NUMBER,
    "uuid": TEXT,
}
"""What functions give that always give something."""
_NOTHING_FOR_NOTHING = ("number", "string")
"""The kinds of function that give nothing for nothing, but for those above."""


def call(name: str, arguments: Sequence[Field]) -> Field:
    """What a function gives for arguments; anything, if it is not known here.

    >>> str(call("count", [ANYTHING]).type)
    'a number'
    """
    if name in _ALWAYS:
        return Field(_ALWAYS[name])
    if name in _MADE:
        return _MADE[name](arguments)
    kind = result_kind(name)
    if kind is None or kind not in _KINDS:
        return ANYTHING
    if arguments and arguments[0].type.is_never and kind in _NOTHING_FOR_NOTHING:
        return UNDEFINED
    presence = max([Presence.USUALLY, *(each.presence for each in arguments[:1])])
    return Field(_KINDS[kind], presence)


def _append(arguments: Sequence[Field]) -> Field:
    """Both as one array; if one of them is nothing, the other as it is."""
    if len(arguments) != 2 or not all(each.is_sure for each in arguments):
        return ANYTHING
    one, other = (item_of(each.type) for each in arguments)
    return Field(array_of(join(one, other)))


def _merge(arguments: Sequence[Field]) -> Field:
    """The fields of all objects; of an array that is written out, each has its place."""
    array = arguments[0].type.array if arguments else None
    if array is None or array.length is None:
        return Field(ANY_OBJECT, Presence.USUALLY)
    fields: dict[str, Field] = {}
    rest = NEVER
    for item in array.items:
        object = item.type.object
        if object is None or not item.type.is_one_kind:
            return Field(ANY_OBJECT)
        if object.is_open:
            fields = {name: each for name, each in fields.items() if name in object.fields}
            rest = UNKNOWN
        for name, over in object.fields.items():
            under = fields.get(name)
            if not over.is_sure and under is not None:
                over = Field(join(under.type, over.type), min(under.presence, over.presence))
            elif not over.is_sure and not rest.is_never:
                over = Field(UNKNOWN, Presence.USUALLY)
            fields[name] = over
    return Field(Type(object=Object(fields, rest)))


def _same_items(arguments: Sequence[Field]) -> Field:
    found = sequence(item_of(arguments[0].type)) if arguments else ANYTHING
    return ANYTHING if found.type.is_never else found


def _parse(arguments: Sequence[Field]) -> Field:
    """The value of a text that is known to be JSON."""
    text = arguments[0].type.text if arguments else None
    if text is None or text.content is None or not arguments[0].type.is_one_kind:
        return ANYTHING
    return Field(text.content, arguments[0].presence)


_MADE: dict[str, Callable[[Sequence[Field]], Field]] = {
    "append": _append,
    "distinct": _same_items,
    "filter": _same_items,
    "merge": _merge,
    "parse": _parse,
    "reverse": _same_items,
    "shuffle": _same_items,
    "sort": _same_items,
}
