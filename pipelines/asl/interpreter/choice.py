"""Choice rules of the JSONPath language: And, Or, Not, and what the comparisons read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.asl.comparisons import COMPARISONS, PATH_COMPARISONS
from pipelines.asl.errors import RUNTIME, DataError
from pipelines.asl.paths import NO_ELEMENT, PathNotFound, Scope, parse_path

Rule = Mapping[str, Any]


def choose(state: Mapping[str, Any], scope: Scope) -> int | None:
    """The number of the first rule that is true; None: it is the Default.

    Raises:
        DataError: States.Runtime; a path leads nowhere, or no rule fits and there is no Default.
    """
    for number, rule in enumerate(state["Choices"]):
        if holds(rule, scope):
            return number
    if "Default" in state:
        return None
    raise no_choice()


def no_choice() -> DataError:
    """No rule of a Choice state is true, and it has no Default."""
    return DataError(
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
        found = path.find(scope)
    except PathNotFound:
        return False
    return bool(found) if path.steps is None else found is not NO_ELEMENT


def _read(text: str, scope: Scope) -> Any:
    try:
        return parse_path(text).read(scope)
    except PathNotFound:
        raise DataError(
            RUNTIME,
            f"Invalid path '{text}': The choice state's condition path references an invalid"
            " value.",
        ) from None
