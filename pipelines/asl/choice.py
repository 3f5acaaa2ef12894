"""Choice rules: every comparison of the JSONPath language, And, Or and Not."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from pipelines.asl.errors import RUNTIME, DataError
from pipelines.asl.paths import PathNotFound, Scope, parse_path

Rule = Mapping[str, Any]

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def parse_timestamp(value: Any) -> datetime | None:
    """An RFC 3339 timestamp with `T` and an offset or `Z`; None if it is none.

    >>> parse_timestamp("2026-01-31T12:00:00Z").isoformat()
    '2026-01-31T12:00:00+00:00'
    """
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


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


def choose(state: Mapping[str, Any], scope: Scope) -> str:
    """The name of the state that a Choice state goes on to.

    Raises:
        DataError: States.Runtime; a path leads nowhere, or no rule fits and there is no Default.
    """
    for rule in state["Choices"]:
        if holds(rule, scope):
            return str(rule["Next"])
    if "Default" in state:
        return str(state["Default"])
    raise DataError(
        RUNTIME,
        "Failed to transition out of the state. The state does not point to a next state.",
    )


def holds(rule: Rule, scope: Scope) -> bool:
    """Whether a choice rule, or one within it, is true; And and Or stop where it is decided.

    >>> holds({"Variable": "$.auc", "NumericGreaterThan": 0.9}, Scope({"auc": 0.95}, {}))
    True
    """
    if "And" in rule:
        return all(holds(part, scope) for part in rule["And"])
    if "Or" in rule:
        return any(holds(part, scope) for part in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], scope)
    if "IsPresent" in rule:
        return _is_present(rule["Variable"], scope) is rule["IsPresent"]
    variable = _read(rule["Variable"], scope)
    for name, value in rule.items():
        if name in COMPARISONS:
            return COMPARISONS[name](variable, value)
        if name in PATH_COMPARISONS:
            return COMPARISONS[PATH_COMPARISONS[name]](variable, _read(value, scope))
    raise ValueError(f"a choice rule without a comparison: {dict(rule)}")


def _is_present(text: str, scope: Scope) -> bool:
    path = parse_path(text)
    try:
        found = path.read(scope)
    except PathNotFound:
        return False
    return path.steps is not None or bool(found)


def _read(text: str, scope: Scope) -> Any:
    try:
        return parse_path(text).read(scope)
    except PathNotFound:
        raise DataError(
            RUNTIME,
            f"Invalid path '{text}': The choice state's condition path references an invalid"
            " value.",
        ) from None
