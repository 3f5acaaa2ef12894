"""The types of JSON values: what is known of a value before the machine runs.

A type is the set of values that it allows, one part for each kind of JSON value: an object or
null is ``Type(null=True, object=…)``.  `UNKNOWN` allows every value and `NEVER` none.  Types
are immutable and share their parts; two that are the same object cost nothing to join.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

Pieces = tuple[str | None, ...]
"""A text of which parts are known: ``("s3://", None, "/data")``; None stands for any text."""

MAX_DEPTH = 24
"""How deep a value is looked into; what lies deeper may be anything.  The walks that go down into
values need a few frames of Python's stack a level, whatever stands in a definition."""
MAX_FIELDS = 256
"""Fields that an object's type tells apart; it is open beyond them."""
MAX_ITEMS = 64
"""Leading elements that an array's type tells apart."""
MAX_TEXTS = 8
"""Texts, or numbers, that a type tells apart; beyond them it allows any."""

_COUNTABLE = 2**53


class Presence(IntEnum):
    """Whether a field or an element is there; the greater one wins where paths meet."""

    ALWAYS = 0
    USUALLY = 1
    """Whoever makes it may leave it out, and nobody says when: a service, an open object."""
    SOMETIMES = 2
    """It lacks on a path that leads here, or where a schema says that it may."""


class Number(NamedTuple):
    """Attributes:
    integer: Whether all of them are integers.
    values: The only ones; None: any.
    """

    integer: bool = False
    values: frozenset[float] | None = None


class Text(NamedTuple):
    """Attributes:
    known: The only texts, as far as they are known; None: any.
    content: The type of the JSON that it is; None: nobody says that it is JSON.
    """

    known: frozenset[Pieces] | None = None
    content: Type | None = None

    @property
    def literals(self) -> frozenset[str] | None:
        """The only texts, if all of them are known to the last character."""
        if self.known is None or any(None in pieces for pieces in self.known):
            return None
        return frozenset("".join(piece or "" for piece in pieces) for pieces in self.known)


class Array(NamedTuple):
    """Attributes:
    items: The leading elements.
    rest: The type of all others; NEVER: there are no others.
    """

    items: tuple[Field, ...]
    rest: Type

    @property
    def length(self) -> int | None:
        """The number of elements, if it is known."""
        is_known = self.rest.is_never and all(item.is_sure for item in self.items)
        return len(self.items) if is_known else None


class Object(NamedTuple):
    """Attributes:
    fields: Those that are known by name.
    rest: The type of all others; NEVER: there are no others, the object is closed.
    others: Whether these others are there; SOMETIMES: whoever described the object knows of none.
    """

    fields: Mapping[str, Field]
    rest: Type
    others: Presence = Presence.USUALLY

    def get(self, name: str) -> Field | None:
        """A field; None: there is certainly none of that name."""
        found = self.fields.get(name)
        if found is None and self.rest is not NEVER:
            return Field(self.rest, self.others)
        return found

    @property
    def is_open(self) -> bool:
        """Whether it may have fields that are not known by name."""
        return not self.rest.is_never

    def is_undescribed(self, name: object) -> bool:
        """Whether it may have the field for all that is known, though its description lacks it."""
        return self.is_open and self.others is Presence.SOMETIMES and name not in self.fields

    def with_field(self, name: str, type: Type) -> Object:
        """The same with a field that is there."""
        if name not in self.fields and len(self.fields) >= MAX_FIELDS:
            return Object(self.fields, UNKNOWN)
        return Object({**self.fields, name: Field(type)}, self.rest, self.others)


class Type(NamedTuple):
    """Attributes:
    booleans: Which of true and false; empty: it is no boolean.
    number, text, array, object: What is known if it is one; None: it is none.
    unknown: It is any value; then all other attributes are at their defaults.
    """

    null: bool = False
    booleans: frozenset[bool] = frozenset()
    number: Number | None = None
    text: Text | None = None
    array: Array | None = None
    object: Object | None = None
    unknown: bool = False

    @property
    def is_never(self) -> bool:
        """Whether no value at all is allowed: nothing gets here."""
        return self is NEVER

    @property
    def as_array(self) -> Array | None:
        """What is known if it is an array; None: it certainly is none."""
        return ANY_ARRAY.array if self.unknown else self.array

    @property
    def as_object(self) -> Object | None:
        """What is known if it is an object; None: it certainly is none."""
        return ANY_OBJECT.object if self.unknown else self.object

    @property
    def as_text(self) -> Text | None:
        """What is known if it is a text; None: it certainly is none."""
        return TEXT.text if self.unknown else self.text

    @property
    def as_number(self) -> Number | None:
        """What is known if it is a number; None: it certainly is none."""
        return NUMBER.number if self.unknown else self.number

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of value that it may be, in words; empty for NEVER."""
        if self.unknown:
            return ("anything",)
        parts = (
            (self.text is not None, "a text"),
            (self.number is not None, "a number"),
            (bool(self.booleans), "true or false"),
            (self.object is not None, "an object"),
            (self.array is not None, "an array"),
            (self.null, "null"),
        )
        return tuple(words for is_one, words in parts if is_one)

    @property
    def is_plain_object(self) -> bool:
        """Whether it is an object, and nothing else."""
        return self.object is not None and self.is_one_kind

    @property
    def is_one_kind(self) -> bool:
        """Whether it is UNKNOWN, or of one kind."""
        null, booleans, number, text, array, object, unknown = self
        if object is not None:  # as nearly always
            is_more = number is not None or text is not None or array is not None
            return not (is_more or null or booleans)
        lacking = (number, text, array).count(None)
        if lacking == 3:
            return unknown or null is not bool(booleans)
        return lacking == 2 and not null and not booleans

    def __str__(self) -> str:
        return " or ".join(self.kinds) or "nothing"


class Field(NamedTuple):
    """A field of an object, or an element of an array."""

    type: Type
    presence: Presence = Presence.ALWAYS

    @property
    def is_sure(self) -> bool:
        """Whether it is always there."""
        return self.presence is Presence.ALWAYS


NEVER = Type()
"""The one type that allows nothing: whoever makes a type that may be empty uses `narrowed`."""
UNKNOWN = Type(unknown=True)
NULL = Type(null=True)
BOOLEAN = Type(booleans=frozenset((True, False)))
NUMBER = Type(number=Number())
INTEGER = Type(number=Number(integer=True))
TEXT = Type(text=Text())
ANY_ARRAY = Type(array=Array((), UNKNOWN))
ANY_OBJECT = Type(object=Object(MappingProxyType({}), UNKNOWN))
EMPTY_OBJECT = Type(object=Object(MappingProxyType({}), NEVER))


def narrowed(type: Type) -> Type:
    """The type, or NEVER if nothing is left of it."""
    return NEVER if type == NEVER else type


def text_of(*pieces: str | None) -> Type:
    """A text that consists of these pieces; None stands for a part that is not known.

    >>> text_of("s3://", None).text.known
    frozenset({('s3://', None)})
    """
    return Type(text=Text(frozenset((merge_pieces(pieces),))))


def merge_pieces(pieces: Iterable[str | None]) -> Pieces:
    """The same text with neighbours made one, so that equal texts have equal pieces."""
    merged: list[str | None] = []
    for piece in pieces:
        if piece == "":
            continue
        if merged and piece is None and merged[-1] is None:
            continue
        if merged and piece is not None and merged[-1] is not None:
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)


def number_of(value: float) -> Type:
    """Exactly this number; any, if it is one that doubles do not count with."""
    if not -_COUNTABLE < value < _COUNTABLE:
        return NUMBER
    return Type(number=Number(isinstance(value, int), frozenset((value,))))


def boolean_of(value: bool) -> Type:
    """Exactly this one of true and false."""
    return Type(booleans=frozenset((value,)))


def array_of(element: Type) -> Type:
    """An array of any length."""
    return Type(array=Array((), element))


def tuple_of(types: Iterable[Type]) -> Type:
    """An array of exactly these elements."""
    items = tuple(types)
    if len(items) <= MAX_ITEMS:
        return Type(array=Array(tuple(Field(each) for each in items), NEVER))
    return Type(array=Array(tuple(Field(each) for each in items[:MAX_ITEMS]), UNKNOWN))


def object_of(fields: Mapping[str, Type], rest: Type = NEVER) -> Type:
    """An object in which all of these fields are there; closed, unless `rest` says otherwise."""
    if len(fields) > MAX_FIELDS:
        fields = dict(list(fields.items())[:MAX_FIELDS])
        rest = UNKNOWN
    return Type(object=Object({name: Field(each) for name, each in fields.items()}, rest))
