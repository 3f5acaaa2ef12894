"""Choice rules: how they are built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.asl.comparisons import COMPARISONS, PATH_COMPARISONS
from pipelines.asl.machine import Machine, Object
from pipelines.asl.rules import Broken, nearest, rule
from pipelines.asl.timestamps import parse_timestamp

CONNECTIVES = ("And", "Or", "Not")
OPERATORS = {*COMPARISONS, *PATH_COMPARISONS, "IsPresent"}
_OTHER = {"Variable", "Next", "Comment"}
_KNOWN = {*OPERATORS, *CONNECTIVES, *_OTHER}


@rule("P141")
def a_choice_has_choices(machine: Machine) -> Broken:
    """Choices is a list of one or more objects, and so are And and Or; Not is one object."""
    for path, state in machine.of_type("Choice"):
        yield from _rules_in(f"{path}.Choices", state.get("Choices", [{}]))
    for path, found in machine.choice_rules():
        for connective in ("And", "Or"):
            if connective in found:
                yield from _rules_in(f"{path}.{connective}", found[connective])
        if "Not" in found and not isinstance(found["Not"], Mapping):
            yield f"{path}.Not", "an object is expected"


def _rules_in(path: str, rules: Any) -> Broken:
    if not isinstance(rules, list):
        if not path.endswith("Choices"):
            yield path, "a list is expected"
        return
    if not rules:
        yield path, "at least one rule is expected"
    for number, each in enumerate(rules):
        if not isinstance(each, Mapping):
            yield f"{path}[{number}]", "an object is expected"


@rule("P142")
def a_choice_rule_compares_once(machine: Machine) -> Broken:
    """A choice rule is one comparison with its Variable, or one of And, Or and Not; it has
    no other field but Comment and, if it is not within another rule, Next."""
    for path, found in machine.choice_rules():
        for name in found:
            if name not in _KNOWN:
                yield f"{path}.{name}", f"there is no such comparison{nearest(name, _KNOWN)}"
        decisive = [name for name in found if name in OPERATORS or name in CONNECTIVES]
        if len(decisive) > 1:
            yield path, f"{' and '.join(decisive)} exclude each other"
        elif not decisive and all(name in _KNOWN for name in found):
            yield path, "a comparison is missing"
        elif decisive and decisive[0] in OPERATORS and "Variable" not in found:
            yield path, "Variable is missing"
        elif decisive and decisive[0] in CONNECTIVES and "Variable" in found:
            yield path, f"{decisive[0]} and Variable exclude each other"


@rule("P143")
def only_outer_choice_rules_have_a_next(machine: Machine) -> Broken:
    """A rule in Choices has a Next, and a rule within another one has none."""
    for path, found in machine.choice_rules():
        is_outer = path.endswith("]") and path.rpartition("[")[0].endswith(".Choices")
        if is_outer and not isinstance(found.get("Next"), str):
            yield path, "Next is missing"
        if not is_outer and "Next" in found:
            yield f"{path}.Next", "a rule within another one has no Next"


@rule("P144")
def a_comparison_has_a_value_of_its_type(machine: Machine) -> Broken:
    """StringEquals compares with a text, NumericEquals with a number, TimestampEquals with an
    RFC 3339 timestamp, BooleanEquals and the tests that begin with Is with true or false;
    Variable and the comparisons that end in Path have a path, which is a text."""
    for path, found in machine.choice_rules():
        yield from _wrong_values(path, found)


def _wrong_values(path: str, found: Object) -> Broken:
    for name, value in found.items():
        expected, is_right = _expected(name)
        if not is_right(value):
            yield f"{path}.{name}", f"{value!r} is not {expected}"


def _expected(name: str) -> tuple[str, Callable[[Any], bool]]:
    if name == "Variable" or name in PATH_COMPARISONS:
        return "a path", lambda value: isinstance(value, str)
    if name not in OPERATORS:
        return "anything", lambda value: True
    if name.startswith("Is") or name == "BooleanEquals":
        return "true or false", lambda value: isinstance(value, bool)
    if name.startswith("Numeric"):
        return (
            "a number",
            lambda value: isinstance(value, int | float) and not isinstance(value, bool),
        )
    if name.startswith("Timestamp"):
        return "a timestamp", lambda value: parse_timestamp(value) is not None
    return "a text", lambda value: isinstance(value, str)
