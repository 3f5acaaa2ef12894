"""What intrinsic functions need, and what they give.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, product
from math import prod

from pipelines.asl.checker.flow.values.joining import element_of, join
from pipelines.asl.checker.flow.values.literals import ANY_TEXT, from_json, opened, shown
from pipelines.asl.checker.flow.values.reading import read
from pipelines.asl.checker.flow.values.types import (
    ANY_ARRAY,
    ANY_OBJECT,
    BOOLEAN,
    INTEGER,
    MAX_TEXTS,
    NULL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Pieces,
    Presence,
    Type,
    array_of,
    merge_pieces,
    number_of,
    tuple_of,
)
from pipelines.asl.checker.flow.values.types import Text as TextPart
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.intrinsic_syntax import Call, Literal, unescape

_FORMAT = "States.Format"
HASHES = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")

NEEDS: dict[str, tuple[Type, ...]] = {
    "States.ArrayContains": (ANY_ARRAY, UNKNOWN),
    "States.ArrayGetItem": (ANY_ARRAY, NUMBER),
    "States.ArrayLength": (ANY_ARRAY,),
    "States.ArrayPartition": (ANY_ARRAY, NUMBER),
    "States.ArrayRange": (NUMBER, NUMBER, NUMBER),
    "States.ArrayUnique": (ANY_ARRAY,),
    "States.Base64Decode": (TEXT,),
    "States.Base64Encode": (TEXT,),
    _FORMAT: (TEXT,),
    "States.Hash": (UNKNOWN, TEXT),
    "States.JsonMerge": (ANY_OBJECT, ANY_OBJECT, BOOLEAN),
    "States.MathAdd": (NUMBER, NUMBER),
    "States.MathRandom": (NUMBER, NUMBER, NUMBER),
    "States.StringSplit": (TEXT, TEXT),
    "States.StringToJson": (join(TEXT, NULL),),
}
"""The types that each function's arguments need; arguments that are not listed can be anything."""

_PLACEHOLDER = re.compile(r"((?:\\.)|\{\})", re.DOTALL)


class CannotBe(Exception):
    """The function fails with any arguments of these types; the message says why."""


def result_of(call: Call, arguments: Sequence[Type]) -> Type:
    """The type of a call's result.

    Args:
        call: The call, whose literals are looked at.
        arguments: The types of all its arguments.

    Raises:
        CannotBe: the call certainly fails.
    """
    if (template := template_of(call)) is not None:
        return _format(template, arguments[1:])
    for number, (type, needed) in enumerate(
        zip(arguments, NEEDS.get(call.function, ()), strict=False)
    ):
        if not _can_be(type, needed):
            raise CannotBe(f"argument {number + 1} is {type} and has to be {needed}")
    make = _RESULTS.get(call.function)
    return UNKNOWN if make is None else make(*arguments)


def _can_be(type: Type, needed: Type) -> bool:
    """Whether a value of the type can be of the kind that is needed."""
    if type.unknown or needed.unknown or type.is_never:
        return True
    return bool(
        (needed.array and type.array)
        or (needed.object and type.object)
        or (needed.number and type.number)
        or (needed.text and type.text)
        or (needed.booleans and type.booleans)
        or (needed.null and type.null)
    )


def template_of(call: Call) -> Literal | None:
    """The text of a call of States.Format, if it is written out."""
    if call.function != _FORMAT:
        return None
    template = call.arguments[0]
    if isinstance(template, Literal) and isinstance(template.value, str):
        return template
    return None


def _format(template: Literal, arguments: Sequence[Type]) -> Type:
    """The template with what is known of the values in its ``{}``."""
    parts = _parts(template.raw)
    if parts is None:
        return TEXT
    values = map(shown, arguments)
    options = [next(values, ANY_TEXT) if part is None else (part,) for part in parts]
    if prod(map(len, options)) > MAX_TEXTS:
        return TEXT
    texts = [merge_pieces(chain.from_iterable(each)) for each in product(*options)]
    return Type(text=TextPart(frozenset(texts)))


@lru_cache(maxsize=4096)
def _parts(raw: str) -> tuple[Pieces | None, ...] | None:
    """A template's texts, and None for each ``{}`` between them; None: it cannot be read."""
    if "\\" not in raw:  # as nearly always: then nothing is escaped
        texts = [(None, _opened(text)) if text else (None,) for text in raw.split("{}")]
        return tuple(chain.from_iterable(texts))[1:]
    try:
        return tuple(
            None if part == "{}" else _opened(unescape(part))
            for part in _PLACEHOLDER.split(raw)
            if part
        )
    except AslSyntaxError:
        return None


def _opened(text: str) -> Pieces:
    return opened(text) if "${" in text else (text,)


def _length(array: Type) -> Type:
    length = None if array.array is None else array.array.length
    return INTEGER if length is None or array.kinds != ("an array",) else number_of(length)


def _item(array: Type, index: Type) -> Type:
    if array.array is None:
        return UNKNOWN
    values = None if index.number is None else index.number.values
    if values is None or len(values) != 1:
        found = element_of(array.array)
        if found.is_never:
            raise CannotBe("there is no element in an empty array")
        return found
    (at,) = values
    if at < 0 or at != int(at):
        raise CannotBe(f"there is no element {at:g}")
    reading = read(Type(array=array.array), (int(at),))
    if reading.is_missing:
        raise CannotBe(f"an array of {array.array.length} elements has no element {at:g}")
    return reading.type


def _elements(array: Type) -> Type:
    return array_of(element_of(array.array)) if array.array is not None else ANY_ARRAY


def _add(one: Type, other: Type) -> Type:
    left = one.number.values if one.number else None
    right = other.number.values if other.number else None
    if left is None or right is None or len(left) != 1 or len(right) != 1:
        return INTEGER
    return number_of(sum(round(value) for value in (*left, *right)))


def _hash(_data: Type, algorithm: Type) -> Type:
    names = None if algorithm.text is None else algorithm.text.literals
    if names and not names & set(HASHES):
        raise CannotBe(f"there is no algorithm {min(names)!r}; there are {', '.join(HASHES)}")
    return TEXT


def _parsed(text: Type) -> Type:
    """What the JSON in a text is; an empty text, and null, is null."""
    literals = None if text.text is None else text.text.literals
    if text.kinds == NULL.kinds:
        return NULL
    if text.text is not None and text.text.content is not None and text.is_one_kind:
        return text.text.content
    if not text.is_one_kind or not literals or len(literals) != 1:
        return UNKNOWN
    (literal,) = literals
    if not literal.strip():
        return NULL
    try:
        value, end = json.JSONDecoder().raw_decode(literal.strip())
    except ValueError:
        raise CannotBe(f"{literal!r} is no JSON") from None
    except RecursionError:
        return UNKNOWN
    # Java's reader stops at the value's end, for all that is known.
    return from_json(value) if end == len(literal.strip()) else UNKNOWN


def _merged(one: Type, other: Type, deep: Type) -> Type:
    if deep.booleans == {True} and deep.kinds == BOOLEAN.kinds:
        raise CannotBe("its third argument has to be false: there is no deep merging")
    left, right = one.as_object, other.as_object
    if left is None or right is None:
        return ANY_OBJECT
    fields: dict[str, Field] = {}
    for name in (*left.fields, *(name for name in right.fields if name not in left.fields)):
        under, over = left.get(name), right.get(name)
        if over is None or over.type.is_never:
            fields[name] = under or Field(UNKNOWN, Presence.USUALLY)
        elif under is None or under.type.is_never or over.is_sure:
            fields[name] = over
        else:
            presence = min(under.presence, over.presence)
            fields[name] = Field(join(under.type, over.type), presence)
    return Type(object=Object(fields, join(left.rest, right.rest)))


_RESULTS: dict[str, Callable[..., Type]] = {
    "States.Array": lambda *items: tuple_of(items),
    "States.ArrayContains": lambda array, value: BOOLEAN,
    "States.ArrayGetItem": _item,
    "States.ArrayLength": _length,
    "States.ArrayPartition": lambda array, size: array_of(_elements(array)),
    "States.ArrayRange": lambda first, last, step: array_of(INTEGER),
    "States.ArrayUnique": _elements,
    "States.Base64Decode": lambda text: TEXT,
    "States.Base64Encode": lambda text: TEXT,
    _FORMAT: lambda template, *values: TEXT,
    "States.Hash": _hash,
    "States.JsonMerge": _merged,
    "States.JsonToString": lambda value: TEXT,
    "States.MathAdd": _add,
    "States.MathRandom": lambda *bounds: INTEGER,
    "States.StringSplit": lambda text, at: array_of(TEXT),
    "States.StringToJson": _parsed,
    "States.UUID": lambda: TEXT,
}
