"""Every rule finds its own broken example, and nothing in the one set right."""

import pytest

from pipelines.asl.checker.flow import FLOW, check_flow
from pipelines.asl.findings import RULES
from pipelines.asl.model import Machine

EACH = pytest.mark.parametrize("rule", FLOW, ids=lambda rule: rule.id)


@EACH
def test_it_finds_what_is_wrong(rule):
    found = [each for each in check_flow(Machine(rule.bad)) if each.rule == rule.id]

    assert found
    assert {each.severity for each in found} == {rule.severity}


@EACH
def test_it_finds_nothing_in_what_is_right(rule):
    assert list(check_flow(Machine(rule.good))) == []


@EACH
def test_it_can_be_asked_alone(rule):
    assert list(rule.findings(Machine(rule.bad)))


@EACH
def test_it_says_what_it_means(rule):
    assert rule.text
    assert rule.source.startswith("https://")
    assert rule.quote


def test_they_are_all_that_begin_with_p3():
    assert {rule.id for rule in FLOW} == {id for id in RULES if id.startswith("P3")}


def test_the_input_s_schema_makes_paths_certain():
    machine = {
        "StartAt": "Use",
        "States": {"Use": {"Type": "Pass", "Parameters": {"it.$": "$.no"}, "End": True}},
    }
    schema = {"type": "object", "properties": {"yes": {}}, "additionalProperties": False}

    assert list(check_flow(Machine(machine))) == []
    assert [each.rule for each in check_flow(Machine(machine), input_schema=schema)] == ["P301"]
