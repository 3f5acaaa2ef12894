"""Choice rules: how they are built."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pipelines.asl.comparisons import COMPARISONS, PATH_COMPARISONS
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, Object, Place, choice_rules
from pipelines.asl.timestamps import parse_timestamp

CONNECTIVES = ("And", "Or", "Not")
OPERATORS = {*COMPARISONS, *PATH_COMPARISONS, "IsPresent"}
_OTHER = {"Variable", "Next", "Comment"}
_KNOWN = {*OPERATORS, *CONNECTIVES, *_OTHER}


@rule("P141")
def a_choice_has_choices(machine: Machine) -> Iterator[Broken]:
    """Choices is a list of one or more objects, and so are And and Or; Not is one object."""
    for state in machine.of_type("Choice"):
        yield from _rules_in(state.at("Choices"), state.fields.get("Choices", [{}]))
    for place, found in _rules(machine):
        for connective in ("And", "Or"):
            if connective in found:
                yield from _rules_in((*place, connective), found[connective])
        if "Not" in found and not isinstance(found["Not"], Mapping):
            yield Broken((*place, "Not"), "an object is expected")


def _rules(machine: Machine) -> Iterator[tuple[Place, Object]]:
    for state in machine.of_type("Choice"):
        yield from choice_rules(state)


def _rules_in(place: Place, rules: Any) -> Iterator[Broken]:
    if not isinstance(rules, list):
        if place[-1] != "Choices":
            yield Broken(place, "a list is expected")
        return
    if not rules:
        yield Broken(place, "at least one rule is expected")
    for number, each in enumerate(rules):
        if not isinstance(each, Mapping):
            yield Broken((*place, number), "an object is expected")


@rule("P142")
def a_choice_rule_compares_once(machine: Machine) -> Iterator[Broken]:
    """A choice rule is one comparison with its Variable, or one of And, Or and Not; it has
    no other field but Comment and, if it is not within another rule, Next."""
    for place, found in _rules(machine):
        for name in found:
            if name not in _KNOWN:
                yield Broken((*place, name), f"there is no such comparison{nearest(name, _KNOWN)}")
        decisive = [name for name in found if name in OPERATORS or name in CONNECTIVES]
        if len(decisive) > 1:
            yield Broken(place, f"{' and '.join(decisive)} exclude each other")
        elif not decisive and all(name in _KNOWN for name in found):
            yield Broken(place, "a comparison is missing")
        elif decisive and decisive[0] in OPERATORS and "Variable" not in found:
            yield Broken(place, "Variable is missing")
        elif decisive and decisive[0] in CONNECTIVES and "Variable" in found:
            yield Broken(place, f"{decisive[0]} and Variable exclude each other")


@rule("P143")
def only_outer_choice_rules_have_a_next(machine: Machine) -> Iterator[Broken]:
    """A rule in Choices has a Next, and a rule within another one has none."""
    for place, found in _rules(machine):
        is_outer = len(place) > 1 and place[-2] == "Choices"
        if is_outer and not isinstance(found.get("Next"), str):
            yield Broken(place, "Next is missing")
        if not is_outer and "Next" in found:
            yield Broken((*place, "Next"), "a rule within another one has no Next")


@rule("P144")
def a_comparison_has_a_value_of_its_type(machine: Machine) -> Iterator[Broken]:
    """StringEquals compares with a text, NumericEquals with a number, TimestampEquals with an
    RFC 3339 timestamp, BooleanEquals and the tests that begin with Is with true or false;
    Variable and the comparisons that end in Path have a path, which is a text."""
    for place, found in _rules(machine):
        yield from _wrong_values(place, found)


def _wrong_values(place: Place, found: Object) -> Iterator[Broken]:
    for name, value in found.items():
        expected, is_right = _expected(name)
        if not is_right(value):
            yield Broken((*place, name), f"{value!r} is not {expected}")


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
