"""What JSONata's operators give, and when they fail."""

from __future__ import annotations

from pipelines.asl.checker.flow.jsonata.sequences import UNDEFINED
from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.literals import open_substitutions, shown
from pipelines.asl.checker.flow.values.types import (
    BOOLEAN,
    INTEGER,
    MAX_TEXTS,
    NUMBER,
    TEXT,
    Field,
    Text,
    Type,
    array_of,
    merge_pieces,
)

_ORDERS = ("<", "<=", ">", ">=")


class Fails(Exception):
    """The expression certainly fails; the message says why."""


def compute(operator: str, left: Field, right: Field) -> Field:
    """What an operator between two values gives.

    Raises:
        Fails: it certainly fails.
    """
    if operator in ("=", "!=", "in"):
        return Field(BOOLEAN)
    if operator == "&":
        return Field(_concatenated(left, right))
    if UNDEFINED in (left, right):
        return UNDEFINED
    presence = max(left.presence, right.presence)
    if operator in _ORDERS:
        _ordered(operator, left, right)
        return Field(BOOLEAN, presence)
    if operator == "..":
        return Field(array_of(INTEGER), presence)
    for each in (left, right):
        _number(operator, each)
    return Field(NUMBER, presence)


def negative(value: Field) -> Field:
    """What a minus before a value gives.

    Raises:
        Fails: it certainly is no number.
    """
    if value.type.is_never:
        return UNDEFINED
    _number("-", value)
    return Field(NUMBER, value.presence)


def either(*values: Field) -> Field:
    """One of several values, nobody knows which."""
    types, presence = values[0].type, values[0].presence
    for each in values[1:]:
        types, presence = join(types, each.type), max(presence, each.presence)
    return UNDEFINED if types.is_never else Field(types, presence)


def _number(operator: str, value: Field) -> None:
    if value.is_sure and value.type.as_number is None:
        raise Fails(f"{operator} needs numbers, and gets {value.type}")


def _ordered(operator: str, left: Field, right: Field) -> None:
    """An order is one of two numbers or of two texts."""
    if not (left.is_sure and right.is_sure):
        return
    are_numbers = left.type.as_number is not None and right.type.as_number is not None
    are_texts = left.type.as_text is not None and right.type.as_text is not None
    if not are_numbers and not are_texts:
        raise Fails(
            f"{operator} needs two numbers or two texts, and gets {left.type} and {right.type}"
        )


def _concatenated(left: Field, right: Field) -> Type:
    """The text of two values side by side; nothing is an empty one."""
    starts, ends = (
        frozenset(((),))
        if each.type.is_never
        else shown(each.type)
        if each.is_sure
        else frozenset(((None,),))
        for each in (left, right)
    )
    if len(starts) * len(ends) > MAX_TEXTS:
        return TEXT
    pieces = (merge_pieces((*start, *end)) for start in starts for end in ends)
    return Type(text=Text(frozenset(open_substitutions(each) for each in pieces)))
