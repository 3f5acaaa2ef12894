"""The comparisons of choice rules: their names, and what each holds to be true."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pipelines.asl.timestamps import parse_timestamp


def _number(value: Any) -> int | float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _matches(text: Any, pattern: Any) -> bool:
    """StringMatches: ``*`` is any run of characters, ``\\*`` a star, ``\\\\`` a backslash."""
    return isinstance(text, str) and _glob(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    pieces = re.findall(r"\\[*\\]|.", pattern, re.DOTALL)
    return re.compile(
        "".join(".*" if piece == "*" else re.escape(piece[-1]) for piece in pieces), re.DOTALL
    )


def _typed(
    convert: Callable[[Any], Any], compare: Callable[[Any, Any], bool]
) -> Callable[[Any, Any], bool]:
    """A comparison that is false unless both sides are of its type."""

    def test(variable: Any, value: Any) -> bool:
        left, right = convert(variable), convert(value)
        return left is not None and right is not None and compare(left, right)

    return test


def _is(convert: Callable[[Any], Any]) -> Callable[[Any, Any], bool]:
    return lambda variable, wanted: (convert(variable) is not None) is wanted


_ORDERS = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
}
_TYPES: dict[str, Callable[[Any], Any]] = {
    "String": _string,
    "Numeric": _number,
    "Timestamp": parse_timestamp,
}

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    **{
        kind + name: _typed(convert, compare)
        for kind, convert in _TYPES.items()
        for name, compare in _ORDERS.items()
    },
    "BooleanEquals": _typed(_boolean, operator.eq),
    "StringMatches": _matches,
    "IsNull": lambda variable, wanted: (variable is None) is wanted,
    "IsString": _is(_string),
    "IsNumeric": _is(_number),
    "IsBoolean": _is(_boolean),
    "IsTimestamp": _is(parse_timestamp),
}
"""Comparisons of a variable that is there with a value; IsPresent is not among them."""

PATH_COMPARISONS = {
    name + "Path": name
    for name in COMPARISONS
    if not name.startswith("Is") and name != "StringMatches"
}
"""Comparisons whose value is found by a path."""
