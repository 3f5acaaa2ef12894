"""Choice rules: how they are built, in both query languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.rules.examples import END, choice, compare
from pipelines.asl.checker.rules.fields import shown
from pipelines.asl.checker.rules.kinds import Kind, is_of_kind, is_open, phrase
from pipelines.asl.comparisons import COMPARISONS, PATH_COMPARISONS
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.jsonata import is_expression
from pipelines.asl.model import Language, Machine, Object, Place, choice_rules

_SPECIFICATION = "https://states-language.net/spec.html"
_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html"

CONNECTIVES = ("And", "Or", "Not")
OPERATORS = {*COMPARISONS, *PATH_COMPARISONS, "IsPresent"}
_BOTH = {"Next", "Comment", "Assign"}
_KNOWN: dict[Language, set[str]] = {
    "JSONPath": {*OPERATORS, *CONNECTIVES, *_BOTH, "Variable"},
    "JSONata": {*_BOTH, "Condition", "Output"},
}
_ONLY_OUTER = ("Assign", "Output")


@once_per_machine
def _rules(machine: Machine) -> Iterator[tuple[Place, Object, Language]]:
    """Every choice rule, those within others included."""
    for state in machine.of_type("Choice"):
        for place, found in choice_rules(state):
            yield place, found, state.language


def _is_outer(place: Place) -> bool:
    return len(place) > 1 and place[-2] == "Choices"


@rule(
    "P141",
    source=f"{_SPECIFICATION}#choice-state",
    quote='A Choice State MUST have a "Choices" field whose value is a non-empty array.',
    bad=choice({"And": [], "Next": "Done"}),
    good=choice({"And": [{"Variable": "$.x", "IsPresent": True}], "Next": "Done"}),
)
def a_choice_has_choices(machine: Machine) -> Iterator[Broken]:
    """Choices is a list of one or more objects, and so are And and Or; Not is one object."""
    for state in machine.of_type("Choice"):
        yield from _rules_in(state.at("Choices"), state.fields.get("Choices"))
    for place, found, language in _rules(machine):
        if language != "JSONPath":
            continue
        for connective in ("And", "Or"):
            if connective not in found:
                continue
            value = found[connective]
            if not isinstance(value, list) and not is_open(value):
                yield Broken((*place, connective), "a list is expected")
            yield from _rules_in((*place, connective), value)
        if "Not" in found and not isinstance(found["Not"], Mapping) and not is_open(found["Not"]):
            yield Broken((*place, "Not"), "an object is expected")


def _rules_in(place: Place, rules: Any) -> Iterator[Broken]:
    if rules == []:
        yield Broken(place, "at least one rule is expected")
    for number, each in enumerate(rules if isinstance(rules, list) else ()):
        if not isinstance(each, (dict, Mapping)) and not is_open(each):
            yield Broken((*place, number), "an object is expected")


@rule(
    "P142",
    source=f"{_SPECIFICATION}#jsonpath-choice-rules",
    quote="Each choice rule MUST contain exactly one field containing a comparison operator.",
    bad=choice(compare(StringEqual="a")),
    good=choice(compare(StringEquals="a")),
)
def a_choice_rule_compares_once(machine: Machine) -> Iterator[Broken]:
    """A choice rule is one comparison with its Variable, or one of And, Or and Not; in JSONata
    it is a Condition.  Besides it has only Comment and, if it is not within another rule, Next,
    Assign and, in JSONata, Output."""
    for place, found, language in _rules(machine):
        known = _KNOWN[language]
        unknown = [name for name in found if name not in known]
        for name in unknown:
            yield Broken((*place, str(name)), _unknown(str(name), language))
        for name in _ONLY_OUTER:
            if name in found and name in known and not _is_outer(place):
                yield Broken((*place, name), f"a rule within another one has no {name}")
        if problem := _malformed(found, language, bool(unknown)):
            yield Broken(place, problem)


def _unknown(name: str, language: Language) -> str:
    other: Language = "JSONata" if language == "JSONPath" else "JSONPath"
    if name in _KNOWN[other]:
        return f"{name} is for {other}, and the state's QueryLanguage is {language}"
    return f"there is no such comparison{nearest(name, _KNOWN[language])}"


def _malformed(found: Object, language: Language, has_unknown: bool) -> str:
    """What is wrong with the fields of a rule as a whole; empty if nothing is."""
    if language == "JSONata":
        return "" if "Condition" in found or has_unknown else "Condition is missing"
    decisive = [name for name in found if name in OPERATORS or name in CONNECTIVES]
    if len(decisive) > 1:
        return f"{' and '.join(decisive)} exclude each other"
    if not decisive:
        return "" if has_unknown else "a comparison is missing"
    if decisive[0] in OPERATORS and "Variable" not in found:
        return "Variable is missing"
    if decisive[0] in CONNECTIVES and "Variable" in found:
        return f"{decisive[0]} and Variable exclude each other"
    return ""


@rule(
    "P143",
    source=f"{_SPECIFICATION}#choice-state",
    quote='A Choice Rule at the top level, i.e. which is a member of the "Choices" array, MUST '
    'have a "Next" field, whose value MUST match a state name.',
    bad=choice({"Not": compare(IsPresent=True), "Next": "Done"}),
    good=choice({"Not": {"Variable": "$.x", "IsPresent": True}, "Next": "Done"}),
)
def only_outer_choice_rules_have_a_next(machine: Machine) -> Iterator[Broken]:
    """A rule in Choices has a Next, and a rule within another one has none."""
    for place, found, _ in _rules(machine):
        if _is_outer(place):
            if "Next" not in found:
                yield Broken(place, "Next is missing")
            elif not isinstance(found["Next"], str):
                yield Broken((*place, "Next"), f"{shown(found['Next'])} is not a text")
        elif "Next" in found:
            yield Broken((*place, "Next"), "a rule within another one has no Next")


@rule(
    "P144",
    source=_GUIDE,
    quote="For each of these operators, the corresponding value must be of the appropriate type: "
    "string, number, Boolean, or timestamp.",
    bad=choice(compare(NumericEquals="1")),
    good=choice(compare(NumericEquals=1)),
)
def a_comparison_has_a_value_of_its_type(machine: Machine) -> Iterator[Broken]:
    """StringEquals compares with a text, NumericEquals with a number, TimestampEquals with an
    RFC 3339 timestamp, BooleanEquals and the tests that begin with Is with true or false;
    Variable and the comparisons that end in Path have a path, which is a text.  A JSONata
    Condition is true, false or an expression."""
    for place, found, language in _rules(machine):
        for name, value in found.items():
            if language == "JSONata" and name == "Condition":
                if not (isinstance(value, bool) or is_expression(value) or is_open(value)):
                    expected = f"true, false or {phrase('expression')}"
                    yield Broken((*place, name), f"{shown(value)} is not {expected}")
                continue
            kind = _kind(name) if language == "JSONPath" or name in _BOTH else None
            if kind is not None and not is_of_kind(value, kind):
                yield Broken((*place, name), f"{shown(value)} is not {phrase(kind)}")


def _kind(name: str) -> Kind | None:
    """What the field of a rule holds; None: another rule knows."""
    if name == "Variable" or name in PATH_COMPARISONS:
        return "path"
    if name == "Assign":
        return "object"
    if name == "Comment":
        return "text or null"
    if name not in OPERATORS:
        return None
    if name.startswith("Is") or name == "BooleanEquals":
        return "boolean"
    if name.startswith("Numeric"):
        return "number"
    return "timestamp" if name.startswith("Timestamp") else "text"


@rule(
    "P145",
    "warning",
    source=_GUIDE,
    quote="If no Choices evaluate to true when the workflow runs, and no Default is provided, the "
    "state machine will throw an error due to a failure to transition out of the state.",
    bad={
        "StartAt": "Choose",
        "States": {"Choose": {"Type": "Choice", "Choices": [compare(IsNull=True)]}, "Done": END},
    },
    good=choice(compare(IsNull=True)),
)
def a_choice_has_a_default(machine: Machine) -> Iterator[Broken]:
    """A Choice has a Default, or one of its rules is always true: where none is, the execution
    fails with States.NoChoiceMatched."""
    for state in machine.of_type("Choice"):
        if "Default" in state.fields or "Choices" not in state.fields:
            continue
        conditions = [found.get("Condition") for _, found in state.objects("Choices")]
        if not _is_certain(state.objects("Choices")) and True not in conditions:
            yield Broken(
                state.place,
                "Default is missing: where no rule is true, the execution fails",
                "Add a Default, a Fail state if nothing else should be.",
            )


def _is_certain(rules: Iterable[tuple[Place, Object]]) -> bool:
    """Whether a test and its contrary are both among the rules."""
    tests = {
        (rule["Variable"], name, value)
        for _, rule in rules
        for name, value in rule.items()
        if isinstance(value, bool) and isinstance(rule.get("Variable"), str)
    }
    return any((variable, name, not value) in tests for variable, name, value in tests)
