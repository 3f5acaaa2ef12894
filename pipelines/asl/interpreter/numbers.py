"""The numbers that a Map's or a Task's fields may have, and AWS's words for any other."""

from __future__ import annotations

from typing import Any

from pipelines.asl.errors import RUNTIME, DataError
from pipelines.asl.json_text import dumps

LONGEST_S = 99_999_999
"""The greatest number of seconds that a field can give."""


def number_at(name: str, path: str, value: Any) -> float:
    """The number that a value is, or that its text has, which the field `…Path` leads to.

    Raises:
        DataError: States.Runtime; it is none, or none that the field may have.
    """
    kind = "float" if name == "ToleratedFailurePercentage" else "integer"
    number = _parsed(value)
    if number is None or (kind == "integer" and not isinstance(number, int)):
        shown = value if isinstance(value, str) else dumps(value)
        raise DataError(
            RUNTIME,
            f'The {name}Path field refers to value "{shown}" which is not a valid {kind}: {path}',
        )
    if problem := out_of_bounds(name, number):
        raise DataError(RUNTIME, problem)
    return number


def _parsed(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def out_of_bounds(name: str, number: float) -> str | None:
    """Why the field cannot have this number; None: it can.

    >>> out_of_bounds("MaxConcurrency", -1)
    "Expected non-negative integer for MaxConcurrency, got '-1' instead."
    """
    if name == "ToleratedFailurePercentage":
        return None if 0 <= number <= 100 else f"{name} must be between 0 and 100."
    if name == "ToleratedFailureCount" and number < 0:
        return f"{name} cannot be negative."
    least = 1 if name in ("TimeoutSeconds", "HeartbeatSeconds") else 0
    if number < least or not float(number).is_integer() or number > LONGEST_S:
        kind = "positive" if least else "non-negative"
        return f"Expected {kind} integer for {name}, got '{dumps(number)}' instead."
    return None
