"""Event patterns: whether an event matches a rule. Pure.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
"""

from __future__ import annotations

import ipaddress
import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.engine.wire.service import ServiceError

Pattern = Mapping[str, Any]

_ABSENT = object()
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}


def read_pattern(text: str) -> Pattern:
    """A pattern from its JSON text.

    Raises:
        ServiceError: InvalidEventPatternException, also for an operator that is not known here.
    """
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise _invalid(f"it is not JSON: {error}") from None
    if not isinstance(pattern, dict) or not pattern:
        raise _invalid("it must be an object with a member")
    _require_valid(pattern, "")
    return pattern


def matches(pattern: Pattern, event: Mapping[str, Any]) -> bool:
    """Whether an event has, for each member of the pattern, one of the values that it lists.

    >>> matches({"detail": {"status": ["FAILED"]}}, {"detail": {"status": "FAILED"}, "id": "1"})
    True
    >>> matches({"detail": {"status": ["FAILED"]}}, {"detail": {}})
    False
    """
    for key, wanted in pattern.items():
        if key == "$or":
            if not any(matches(each, event) for each in wanted):
                return False
            continue
        value = event.get(key, _ABSENT)
        if isinstance(wanted, Mapping):
            if not matches(wanted, value if isinstance(value, Mapping) else {}):
                return False
        elif not any(_is(each, value) for each in wanted):
            return False
    return True


def _is(wanted: Any, value: Any) -> bool:
    """Whether a value, or one in a list of values, is what an item of the pattern asks for."""
    if isinstance(wanted, Mapping) and "exists" in wanted:
        return (value is not _ABSENT) is wanted["exists"]
    values = value if isinstance(value, list) else [value]
    if isinstance(wanted, Mapping):
        [(name, argument)] = wanted.items()
        return any(each is not _ABSENT and _OPERATORS[name](argument, each) for each in values)
    # 1 is not true, though Python thinks so.
    return any(
        each == wanted and isinstance(each, bool) == isinstance(wanted, bool) for each in values
    )


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    """A test of texts: its argument is one, several, or one whose case does not matter."""

    def holds(argument: Any, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if isinstance(argument, Mapping):
            return test(value.lower(), str(argument["equals-ignore-case"]).lower())
        given = argument if isinstance(argument, list) else [argument]
        return any(test(value, each) for each in given)

    return holds


def _anything_but(argument: Any, value: Any) -> bool:
    if isinstance(argument, Mapping):
        [(name, inner)] = argument.items()
        return not _OPERATORS[name](inner, value)
    given = argument if isinstance(argument, list) else [argument]
    return not any(_is(each, value) for each in given)


def _numeric(argument: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return all(_COMPARISONS[sign](value, number) for sign, number in pairs)


def _cidr(argument: str, value: Any) -> bool:
    try:
        return ipaddress.ip_address(str(value)) in ipaddress.ip_network(argument)
    except ValueError:
        return False


def _wildcard(value: str, pattern: str) -> bool:
    """`*` stands for any characters; `\\*` for itself."""
    parts = re.split(r"(\\.|\*)", pattern)
    expression = "".join(
        ".*" if part == "*" else re.escape(part[1:] if part.startswith("\\") else part)
        for part in parts
    )
    return re.fullmatch(expression, value, re.DOTALL) is not None


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _text(lambda value, text: value.lower() == text.lower()),
    "numeric": _numeric,
    "prefix": _text(str.startswith),
    "suffix": _text(str.endswith),
    "wildcard": _text(_wildcard),
}


def _require_valid(pattern: Any, where: str) -> None:
    for key, wanted in pattern.items():
        here = f"{where}.{key}" if where else key
        if key == "$or":
            if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
                raise _invalid(f"{here} must be a list of patterns")
            for each in wanted:
                _require_valid(each, here)
        elif isinstance(wanted, dict):
            _require_valid(wanted, here)
        elif not isinstance(wanted, list) or not wanted:
            raise _invalid(f"{here} must be a list of values, or an object")
        else:
            for each in wanted:
                _require_operator(each, here)


def _require_operator(item: Any, where: str) -> None:
    if isinstance(item, list):
        raise _invalid(f"{where} has a list within its list")
    if not isinstance(item, dict):
        return
    if len(item) != 1:
        raise _invalid(f"{where}: an operator stands alone in its object")
    [(name, argument)] = item.items()
    if name == "exists":
        if not isinstance(argument, bool):
            raise _invalid(f"{where}: exists is true or false")
        return
    if name not in _OPERATORS:
        raise _invalid(f"{where}: the local engine does not have the operator {name!r}")
    if name == "numeric" and not (
        isinstance(argument, list)
        and argument
        and len(argument) % 2 == 0
        and all(sign in _COMPARISONS for sign in argument[::2])
        and all(isinstance(number, int | float) for number in argument[1::2])
    ):
        raise _invalid(f"{where}: numeric takes pairs of a comparison and a number")
    if name == "anything-but" and isinstance(argument, dict):
        _require_operator(argument, where)
    elif isinstance(argument, dict) and set(argument) != {"equals-ignore-case"}:
        raise _invalid(f"{where}: {name} does not take {json.dumps(argument)}")


def _invalid(reason: str) -> ServiceError:
    return ServiceError(
        "InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}"
    )
