"""Dates, and numbers in words: the library's, with the errors that JSONata has for them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure, Internal
from pipelines.asl.jsonata.messages import MESSAGES

_TIMESTAMP = re.compile(
    r"\d{4}(-[01]\d)*(-[0-3]\d)*(T[0-2]\d:[0-5]\d:[0-5]\d)*(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?",
    re.ASCII,
)
"""What JSONata takes for a timestamp; most of it is one."""
_ISO_8601 = re.compile(
    r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?([+-].{4,5}|Z)?",
    re.ASCII,
)
_LIMIT_MILLIS = 8.64e15
"""JavaScript's dates reach so far to either side of 1970."""


def now(evaluator: Evaluator, picture: Any, zone: Any) -> str | None:
    return from_millis(evaluator, evaluator.timestamp, picture, zone)


def millis(evaluator: Evaluator) -> int:
    return int(evaluator.timestamp)


def to_millis(evaluator: Evaluator, text: str | None, picture: str | None) -> Any:
    """$toMillis: milliseconds since 1970 of a timestamp, by ISO 8601 or a picture."""
    if text is None:
        return None
    if picture is None:
        return _iso_millis(text)
    from jsonata.datetimeutils import DateTimeUtils

    with _picture_errors(picture):
        if not _components(picture):
            return None
        return DateTimeUtils.parse_datetime(*_with_today(evaluator.now, text, picture))


def _with_today(now: float, text: str, picture: str) -> tuple[str, str]:
    """The text and its picture, with those leading parts of a date that the picture leaves out.

    The library would take them from the machine's clock, the reference from the evaluation's time.
    """
    present = set(_components(picture))
    today = datetime.fromtimestamp(now, UTC)
    for component, others, width, value in (
        ("Y", "YXxwW", 4, today.year),
        ("M", "Md", 2, today.month),
        ("D", "Dd", 2, today.day),
        ("H", "HhP", 2, today.hour),
        ("m", "m", 2, today.minute),
        ("s", "s", 2, today.second),
    ):
        if present & set(others):
            break
        text = f"{value:0{width}}.{text}"
        picture = f"[{component}{1:0{width}}].{picture}"
    return text, picture


def _iso_millis(text: str) -> int | float:
    if not _TIMESTAMP.fullmatch(text):
        raise Failure("D3110", value=text)
    found = _ISO_8601.fullmatch(text)
    if found is None:
        return math.nan
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    midnight = hour == "24" and minute == second == "00"
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            0 if midnight else int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=_zone(zone),
        )
        if midnight:
            moment += timedelta(days=1)
    except (ValueError, OverflowError):
        return math.nan  # JavaScript has a number for a date that there is not
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return whole + int((fraction or "")[:3].ljust(3, "0"))


def _zone(text: str | None) -> timezone:
    if text in (None, "Z"):
        return UTC
    assert text is not None
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def from_millis(_evaluator: Evaluator, value: Any, picture: Any, zone: Any) -> str | None:
    """$fromMillis: a timestamp by ISO 8601 or a picture, in UTC or a zone such as +0100."""
    if value is None:
        return None
    from jsonata.datetimeutils import DateTimeUtils

    if not abs(value) <= _LIMIT_MILLIS:
        raise Failure("D1001", value=value)
    with _picture_errors(picture or ""):
        return str(DateTimeUtils.format_datetime(int(value), picture, _offset(zone)))


def _offset(zone: Any) -> Any:
    """A zone as the reference counts it: of -0530 it rounds -5.3 hours down, to six and a half."""
    if isinstance(zone, str) and re.fullmatch(r"-\d{4}", zone) and not zone.endswith("00"):
        return f"-{int(zone[1:3]) + 1:02}{zone[3:]}"
    return zone


def format_integer(_evaluator: Evaluator, value: Any, picture: Any) -> str | None:
    """$formatInteger: a whole number by a picture: digits, words, Roman numerals, letters."""
    if value is None:
        return None
    from jsonata.datetimeutils import DateTimeUtils

    with _picture_errors(picture):
        return str(DateTimeUtils.format_integer(math.floor(value), picture))


def parse_integer(_evaluator: Evaluator, text: Any, picture: Any) -> Any:
    """$parseInteger: what $formatInteger writes, as a number; NaN, if it is no such text."""
    if text is None:
        return None
    if picture is None:
        raise Internal
    from jsonata.datetimeutils import DateTimeUtils

    with _picture_errors(picture):
        try:
            return DateTimeUtils.parse_integer(text, picture)
        except (ValueError, LookupError, TypeError, AttributeError):
            return math.nan


@contextmanager
def _picture_errors(picture: str) -> Iterator[None]:
    """Say by JSONata's codes what the library says in words or by breaking off."""
    try:
        yield
    except RuntimeError as error:
        text = str(error)
        for code, value in _PICTURE_ERRORS.items():
            if text.startswith(MESSAGES[code].partition("{{")[0]):
                raise Failure(code, value=value(picture)) from None
        raise
    except KeyError:
        raise Failure("D3132", value=_specifier(picture, "YMDdFWwXxHhPmsfZzCE")) from None


def _components(picture: str) -> list[str]:
    """The components of a date's picture: Y for [Y0001]."""
    return re.findall(r"\[\s*(\w)", picture.replace("[[", ""))


def _specifier(picture: str, known: str) -> str:
    """The first component of a date's picture that is none of the known."""
    return next((each for each in _components(picture) if each not in known), "")


def _named(picture: str) -> str:
    """The first component that is written as a name, but has none."""
    return next((each for each in re.findall(r"\[\s*(\w)[Nn]", picture) if each not in "MxFP"), "")


_PICTURE_ERRORS: dict[str, Callable[[str], str]] = {
    "D3130": lambda picture: picture.rpartition(";")[0] or picture,
    "D3131": lambda _picture: "",
    "D3132": lambda picture: _specifier(picture, "YMDdFWwXxHhPmsfZzCE"),
    "D3133": _named,
    "D3134": lambda _picture: "",
    "D3135": lambda _picture: "",
    "D3136": lambda _picture: "",
}
