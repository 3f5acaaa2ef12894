"""Seconds and moments in a state's fields, and AWS's words for what is none."""

from __future__ import annotations

from typing import Any

from pipelines.asl.errors import RUNTIME, DataError
from pipelines.asl.json_text import dumps
from pipelines.asl.timestamps import parse_timestamp

LONGEST_WAIT_S = 2**31 - 1
"""A Wait for a time further away fails: on AWS 24,855 days pass and 24,856 do not."""


def whole_seconds(value: Any, name: str, path: str) -> int:
    """The number of seconds that the path in the field `name` leads to.

    Raises:
        DataError: States.Runtime; it is no whole number, or a negative one.
    """
    shown = f"{path} == {value if isinstance(value, str) else dumps(value)}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise DataError(RUNTIME, f"The {name} parameter cannot be parsed as a long value: {shown}")
    if value < 0:
        raise DataError(RUNTIME, f"The {name} parameter references a negative value: {shown}")
    return value


def require_moment(value: Any, subject: str, shown: str) -> float:
    """The moment that a timestamp names, in seconds since the epoch.

    Args:
        subject: How AWS begins to say that it is none.
        shown: The value, as AWS shows it.

    Raises:
        DataError: States.Runtime; it is no timestamp.
    """
    moment = parse_timestamp(value)
    if moment is None:
        raise DataError(
            RUNTIME,
            f"The {subject} a valid ISO-8601 extended offset date-time format string: {shown}",
        )
    return moment.timestamp()


def require_soon(moment: float, now: float) -> float:
    """The moment, if a Wait may last until then.

    Raises:
        DataError: States.Runtime.
    """
    if moment - now > LONGEST_WAIT_S:
        raise DataError(RUNTIME, "Wait state delay is too long.")
    return moment
