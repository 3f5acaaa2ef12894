"""Any JSON can be checked: the answer is findings, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pipelines.asl.checker import check, check_all
from pipelines.asl.findings import Finding
from tests.asl.properties.cases import FOUND, read
from tests.asl.strategies import any_json, machines, mutated

some = settings(max_examples=300, suppress_health_check=list(HealthCheck))


def assert_are_findings(found: list[Finding]) -> None:
    """Each says where, what and how bad, in text that can be printed."""
    for each in found:
        assert each.severity in ("error", "warning")
        assert each.message
        str(each).encode("utf-8", "backslashreplace")


@some
@given(any_json())
def test_any_json_is_checked(value: Any) -> None:
    assert_are_findings(check_all(value))


@some
@given(mutated())
def test_any_tampered_definition_is_checked(definition: Any) -> None:
    assert_are_findings(check_all(definition))


@some
@given(machines())
def test_a_well_formed_definition_breaks_no_rule_of_its_form(definition: Any) -> None:
    """What the data are at run time is another matter: those are the rules from P300 on."""
    found = [each for each in check(definition) if each.severity == "error"]

    assert [str(each) for each in found if each.rule < "P300"] == []


def nested(depth: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = {"Type": "Succeed"}
    for _ in range(depth):
        value = wrap(value)
    return value


DEEP: dict[str, Callable[[Any], Any]] = {
    "lists": lambda value: [value],
    "objects": lambda value: {"a": value},
    "rules": lambda value: {"Not": value},
    "branches": lambda value: {
        "Type": "Parallel",
        "Branches": [{"StartAt": "A", "States": {"A": value}}],
        "End": True,
    },
    "processors": lambda value: {
        "Type": "Map",
        "ItemProcessor": {"StartAt": "A", "States": {"A": value}},
        "End": True,
    },
}


@pytest.mark.parametrize("kind", DEEP)
@pytest.mark.parametrize("where", ["state", "Parameters", "Choices", "Arguments"])
def test_a_definition_may_be_nested_as_deep_as_json_may_be(kind: str, where: str) -> None:
    """Python's parser reads nearly a thousand levels; what is too deep is a finding."""
    deep = nested(180 if kind in ("branches", "processors") else 900, DEEP[kind])
    state = deep if where == "state" else {"Type": "Pass", "End": True, where: [deep]}

    assert_are_findings(check_all({"StartAt": "A", "States": {"A": state}}))


@pytest.mark.parametrize("text", ["$" + "[0]" * 5000, "$" + ".a" * 5000, "States.Array(" * 3000])
@pytest.mark.parametrize("field", ["InputPath", "ResultPath", "OutputPath"])
def test_a_text_may_be_as_long_as_it_likes(text: str, field: str) -> None:
    state = {"Type": "Pass", field: text, "Parameters": {"a.$": text}, "End": True}

    assert_are_findings(check_all({"StartAt": "A", "States": {"A": state}}))


@pytest.mark.parametrize("depth", [500, 5000])
def test_an_expression_may_be_nested_as_deep_as_it_likes(depth: int) -> None:
    output = "{% " + "(" * depth + "1" + ")" * depth + " %}"
    state = {"Type": "Pass", "Output": output, "End": True}

    assert_are_findings(
        check_all({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state}})
    )


@pytest.mark.parametrize("path", sorted(FOUND.glob("*.json")), ids=lambda path: path.stem)
def test_what_once_went_wrong_is_checked(path: Any) -> None:
    assert_are_findings(check_all(read(path).definition))
