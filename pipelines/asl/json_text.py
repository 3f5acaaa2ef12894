"""JSON as Step Functions writes it, and the size that its quota counts."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

MAX_PAYLOAD_BYTES = 262_144
"""The quota on the input and the output of a state, a task and an execution, in UTF-8."""

_LONG = re.compile(r"\.(?<=\d{8}\.)")
"""The point of a number that is not less than 10⁷."""
_TEXT_OR_NUMBER = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|(-?\d+(?:\.\d+)?e[-+]?\d+|-?\d+\.\d+)", re.DOTALL
)


def dumps(value: Any) -> str:
    """The value as compact JSON, its numbers as Java writes them.

    >>> dumps({"è": [1, None]})
    '{"è":[1,null]}'
    >>> dumps([0.5, 100.0, -0.0, 1e-7, 12345678.5, 1e21, 10**21])
    '[0.5,100.0,-0.0,1.0E-7,1.23456785E7,1.0E21,1000000000000000000000]'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if "0.000" in text or "e-" in text or "e+" in text or _LONG.search(text):
        return _TEXT_OR_NUMBER.sub(_in_java, text)
    return text


def _in_java(match: re.Match[str]) -> str:
    """A text as it is, and a double as `Double.toString` writes it: plain from 0.001 to 10⁷."""
    if match[1] is None or 1e-3 <= abs(float(match[1])) < 1e7 or float(match[1]) == 0:
        return match[0]
    sign, digits, exponent = Decimal(match[1]).normalize().as_tuple()
    first, *rest = map(str, digits)
    power = int(exponent) + len(rest)
    return f"{'-' if sign else ''}{first}.{''.join(rest) or '0'}E{power}"


def is_too_large(text: str) -> bool:
    """Whether JSON text passes the quota on payloads."""
    if len(text) * 4 <= MAX_PAYLOAD_BYTES:  # no character has more than four bytes
        return False
    return len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES
