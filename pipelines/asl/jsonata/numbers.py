"""Numbers as JSONata has them: doubles, which print without a fraction where they have none.

A whole number is an int here and any other a float, so that results are plain JSON.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

_EXACT = 2**53
"""Below this, every whole number is a double of its own."""
_DIGITS = 1e21
"""From here on, a number prints with an exponent."""
_LONG = range(-(2**63), 2**63)
"""Whole numbers that are not computed with keep all digits, up to those of 64 bits."""


def number(value: float) -> int | float:
    """The result of a computation, as a double prints it.

    >>> number(6.0), number(0.5), number(2.0**63), number(1e21), number(-0.0)
    (6, 0.5, 9223372036854776000, 1e+21, 0)
    """
    if isinstance(value, int):
        if -_EXACT <= value <= _EXACT:
            return value
        value = as_double(value)
    if not math.isfinite(value) or value != math.floor(value) or abs(value) >= _DIGITS:
        return value
    # Beyond 2**53 the digits that tell the double from its neighbours, then zeros.
    return int(value) if abs(value) <= _EXACT else int(Decimal(repr(value)))


def as_double(value: int | float) -> float:
    """The nearest double; infinite, if there is none.

    >>> as_double(10**400)
    inf
    """
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def given(value: int | float) -> int | float:
    """A number of the data: exact as far as 64 bits go.

    >>> given(2**63 - 1), given(2**63), given(5.0)
    (9223372036854775807, 9223372036854776000, 5)
    """
    return value if isinstance(value, int) and value in _LONG else number(value)


def is_number(value: Any) -> bool:
    """Whether it is a number, an infinite one or NaN included."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def fifteen_digits(value: int | float) -> int | float:
    """The number rounded to the 15 significant digits that $string writes.

    >>> fifteen_digits(0.1 + 0.2), fifteen_digits(12345678901234567890)
    (0.3, 12345678901234600000)
    """
    return number(float(f"{as_double(value):.14e}"))


def number_text(value: int | float) -> str:
    """The number as JavaScript and JSON write it: the shortest digits, an exponent if it is long.

    >>> [number_text(each) for each in (1, -2.5, 1e21, 1e-6, 1.5e-7, 2**63)]
    ['1', '-2.5', '1e+21', '0.000001', '1.5e-7', '9223372036854775808']
    """
    if isinstance(value, int):
        return str(value) if abs(value) < _DIGITS else number_text(as_double(value))
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    text = repr(value)
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        # Python goes over to an exponent below 1e-4, JavaScript below 1e-6.
        return text.removesuffix(".0")
    if -7 < int(exponent) < 21:
        return f"{Decimal(text):f}"
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def json_text(value: Any) -> str:
    """A JSON value as compact JSON, with JavaScript's numbers; what is infinite is null.

    >>> json_text({"a": [1.0, None, 1e-7, "ü"]})
    '{"a":[1,null,1e-7,"ü"]}'
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(k)}:{json_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    if is_number(value):
        return number_text(value) if math.isfinite(value) else "null"
    if isinstance(value, str):
        return _quoted(value)
    return {None: "null", True: "true", False: "false"}.get(value, "null")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
