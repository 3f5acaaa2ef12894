"""JSON text within expressions: what $string writes and $parse reads."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from pipelines.asl.jsonata.budget import STEP
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.library import NULL, is_function
from pipelines.asl.jsonata.numbers import fifteen_digits, given, is_number, number_text

if TYPE_CHECKING:
    from pipelines.asl.jsonata.engine import Evaluator


def string(evaluator: Evaluator, value: Any, prettify: Any = None) -> str | None:
    """$string: a text as it is, a function as an empty text, anything else as JSON."""
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if is_function(value):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        raise Failure("D3001", value=value)
    indent = "  " if prettify is True else ""
    pieces: list[str] = []
    _write(evaluator, value, indent, "\n", pieces)
    return evaluator.budget.text("".join(pieces))


def _write(evaluator: Evaluator, value: Any, indent: str, newline: str, to: list[str]) -> None:
    """Append the parts of the JSON; numbers have 15 digits."""
    evaluator.budget.spend(STEP)
    if isinstance(value, str):
        to.append(quoted(value))
    elif isinstance(value, bool):
        to.append("true" if value else "false")
    elif is_number(value):
        if isinstance(value, float) and math.isinf(value):
            raise Failure("D1001", value=value)
        to.append("null" if math.isnan(value) else number_text(fifteen_digits(value)))
    elif isinstance(value, list | dict):
        _write_container(evaluator, value, indent, newline, to)
    else:
        to.append('""' if is_function(value) else "null")


def _write_container(
    evaluator: Evaluator, value: Any, indent: str, newline: str, to: list[str]
) -> None:
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    to.append(opening)
    inner, between = newline + indent, ""
    for item in value.items() if isinstance(value, dict) else value:
        to.append(between + (inner if indent else ""))
        between = ","
        if isinstance(value, dict):
            to.append(quoted(item[0]) + (": " if indent else ":"))
            item = item[1]
        _write(evaluator, item, indent, inner, to)
    to.append(newline + closing if between and indent else closing)


def quoted(text: str) -> str:
    """A text as JSON; half a surrogate pair is escaped, as JavaScript does it."""
    written = json.dumps(text, ensure_ascii=False)
    if written.isascii():
        return written
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in written)


def clone(evaluator: Evaluator, value: Any) -> Any:
    """A copy of a value, through its JSON, as the transform operator and $clone make it."""
    return parse_json(string(evaluator, value) or "null")


def parse_json(text: str) -> Any:
    """JSON text as values of an expression.

    Raises:
        ValueError: it is no JSON, or an object has a name twice, or a number is out of range.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(
        text,
        parse_constant=_no_constant,
        parse_float=_finite,
        object_pairs_hook=_without_repetition,
    )
    return inward(value)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is out of range")
    return number


def _without_repetition(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) < len(members):
        raise ValueError("an object has a name twice")
    return value


def inward(value: Any) -> Any:
    """A JSON value as expressions have it: null is a value, a number what a double prints."""
    if value is None:
        return NULL
    if isinstance(value, dict):
        return {key: inward(item) for key, item in value.items()}
    if isinstance(value, list):
        return [inward(item) for item in value]
    return given(value) if is_number(value) else value
