"""What the fields of states need: of which type the value behind a path or expression has to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.asl.checker.flow.values.types import Type
from pipelines.asl.timestamps import parse_timestamp


@dataclass(frozen=True)
class Want:
    """Attributes:
    words: What is needed, in words.
    fits: Whether a value of the type may be that.
    """

    words: str
    fits: Callable[[Type], bool]


def _number(words: str, least: float, most: float = float("inf"), integer: bool = True) -> Want:
    def fits(type: Type) -> bool:
        if type.unknown or type.number is None:
            return type.unknown
        values = type.number.values
        return values is None or any(
            least <= value <= most and (not integer or value == int(value)) for value in values
        )

    return Want(words, fits)


def _is_timestamp(type: Type) -> bool:
    literals = type.text.literals if type.text else None
    if type.unknown or (type.text is not None and literals is None):
        return True
    return any(parse_timestamp(text) is not None for text in literals or ())


ARRAY = Want("an array", lambda type: type.as_array is not None)
ARRAY_OR_OBJECT = Want(
    "an array or an object",
    lambda type: type.as_array is not None or type.as_object is not None,
)
BOOLEAN = Want("true or false", lambda type: type.unknown or bool(type.booleans))
TEXT = Want("a text", lambda type: type.as_text is not None)
TIMESTAMP = Want("a timestamp like 2026-01-31T12:00:00Z", _is_timestamp)
COUNT = _number("an integer that is not negative", 0)
POSITIVE = _number("a positive integer", 1)
PERCENTAGE = _number("a number from 0 to 100", 0, 100, integer=False)

FIELDS: dict[str, Want] = {
    "Cause": TEXT,
    "Error": TEXT,
    "HeartbeatSeconds": POSITIVE,
    "MaxConcurrency": COUNT,
    "MaxInputBytesPerBatch": POSITIVE,
    "MaxItems": POSITIVE,
    "MaxItemsPerBatch": POSITIVE,
    "Seconds": COUNT,
    "TimeoutSeconds": POSITIVE,
    "Timestamp": TIMESTAMP,
    "ToleratedFailureCount": COUNT,
    "ToleratedFailurePercentage": PERCENTAGE,
}
"""By the name of the field."""


def _or_its_text(want: Want) -> Want:
    """The same, where AWS reads an integer from a text as well."""

    def fits(type: Type) -> bool:
        literals = type.text.literals if type.text else None
        if type.text is not None and literals is None:
            return True
        return want.fits(type) or any(_INTEGER.fullmatch(text) for text in literals or ())

    return Want(want.words, fits)


_INTEGER = re.compile(r"[-+]?\d+")
_OF_MAPS = ("Max", "Tolerated")
PATH_FIELDS: dict[str, Want] = {
    f"{name}Path": _or_its_text(want) if name.startswith(_OF_MAPS) else want
    for name, want in FIELDS.items()
}
"""By the name of the field that has a path to the value.  As recorded, a Map's numbers may be
texts; those of other states have to be numbers."""
