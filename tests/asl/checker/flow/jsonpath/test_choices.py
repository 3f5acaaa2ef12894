"""What a Choice makes known on each of its ways, and the ways that are never taken."""

import pytest

from tests.asl.checker.flow.machines import DONE, STOP, chain, findings, make, read, rules, use

OPTIONAL = {
    "type": "object",
    "properties": {"note": {"type": "string"}, "n": {"type": ["number", "string"]}},
    "required": ["n"],
    "additionalProperties": False,
}
"""An input that may have a note."""


def choice(*choices, default="Other", **states):
    """A Choice with the states that it leads to."""
    first = {"Type": "Choice", "Choices": list(choices), "Default": default}
    others = {name: {**state, "End": True} for name, state in states.items()}
    return chain(first, Other=DONE, **others)


def rule(variable, **comparison):
    return {"Variable": variable, **comparison, "Next": "Then"}


def test_what_may_be_missing_is_a_warning():
    machine = choice(rule("$.note", StringEquals="x"), Then=read("$.n"))

    assert rules(machine, OPTIONAL) == ["P302 States.One.Choices[0].Variable"]


def test_what_has_been_asked_for_is_there():
    machine = choice(rule("$.note", IsPresent=True), Then=read("$.note"))

    assert rules(machine, OPTIONAL) == []


@pytest.mark.parametrize(
    "condition",
    [
        {
            "And": [
                {"Variable": "$.note", "IsPresent": True},
                {"Variable": "$.note", "IsNull": False},
            ]
        },
        {"Not": {"Variable": "$.note", "IsPresent": False}},
        {
            "Not": {
                "Or": [
                    {"Variable": "$.note", "IsPresent": False},
                    {"Variable": "$.note", "StringEquals": ""},
                ]
            }
        },
    ],
)
def test_connectives_pass_on_what_they_know(condition):
    machine = choice({**condition, "Next": "Then"}, Then=read("$.note"))

    assert rules(machine, OPTIONAL) == []


def test_on_the_other_way_it_is_missing():
    machine = choice(rule("$.note", IsPresent=True), default="Else", Then=DONE, Else=read("$.note"))

    assert rules(machine, OPTIONAL) == ["P301 States.Else.Parameters.it.$"]


def test_a_comparison_that_was_reached_has_found_its_variable():
    machine = choice(
        rule("$.n", NumericEquals=1), default="Else", Then=read("$.n"), Else=read("$.n")
    )

    assert rules(machine, OPTIONAL) == []


def test_a_type_that_was_asked_for_is_known():
    wait = {"Type": "Wait", "SecondsPath": "$.n"}
    machine = choice(rule("$.n", IsString=True), default="Else", Then=wait, Else=wait)

    assert rules(machine, OPTIONAL) == ["P306 States.Then.SecondsPath"]


@pytest.mark.parametrize(
    ("value", "comparison"),
    [
        (1, {"StringEquals": "a"}),
        ("a", {"NumericGreaterThan": 1}),
        ("a", {"BooleanEquals": True}),
        (1, {"TimestampLessThan": "2026-01-31T12:00:00Z"}),
        (1, {"IsString": True}),
        ("a", {"IsNull": True}),
        (1, {"IsPresent": False}),
        (None, {"StringMatches": "a*"}),
    ],
)
def test_a_comparison_with_another_type_never_holds(value, comparison):
    machine = choice(rule("$.x", **comparison), Then=DONE)

    assert rules(machine, {"const": {"x": value}}) == ["P312 States.One.Choices[0]"]


def test_what_only_such_a_rule_leads_to_is_not_looked_at():
    machine = choice(rule("$.x", IsString=True), Then=read("$.no"))

    assert rules(machine, {"const": {"x": 1}}) == ["P312 States.One.Choices[0]"]


def test_a_variable_that_is_never_there_is_an_error():
    machine = choice(rule("$.y", NumericEquals=1), Then=DONE)

    assert rules(machine, {"const": {"x": 1}}) == ["P301 States.One.Choices[0].Variable"]


def test_so_is_the_other_side_of_a_comparison():
    machine = choice(rule("$.x", NumericEqualsPath="$.y"), Then=DONE)

    assert rules(machine, {"const": {"x": 1}}) == ["P301 States.One.Choices[0].NumericEqualsPath"]


def test_a_value_that_seems_to_decide_does_not():
    """Which way constants lead is the author's business: a demonstration may do so."""
    machine = choice(rule("$.x", NumericEquals=2), Then=DONE)

    assert rules(machine, {"const": {"x": 1}}) == []


def test_what_one_branch_makes_the_other_one_lacks():
    machine = chain(
        make({"n": 1}),
        {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "Note"}],
            "Default": "Use",
        },
        Note={**make("x", ResultPath="$.note"), "Next": "Use"},
        Use={**read("$.note"), "End": True},
    )

    (found,) = findings(machine)

    assert (found.rule, found.severity) == ("P302", "warning")
    assert found.message == (
        "$.note may lead nowhere: $ may be without 'note';"
        " nothing puts it there on the way 'Two' → 'Use'"
    )


def test_the_branch_that_loses_something_is_named():
    machine = chain(
        make({"n": 1, "id": "a"}),
        {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "Short"}],
            "Default": "Use",
        },
        Short={**use({"n.$": "$.n"}), "Next": "Pause"},
        Pause={"Type": "Wait", "Seconds": 1, "Next": "Use"},
        Use={**read("$.id"), "End": True},
    )

    (found,) = findings(machine)

    assert found.message == (
        "$.id may lead nowhere: $ may be without 'id';"
        " 'Short' loses it (on the way 'Short' → 'Pause' → 'Use')"
    )


def test_when_types_bar_every_good_end_the_execution_can_only_fail():
    machine = chain(
        make({"keys": "2"}),
        {
            "Type": "Choice",
            "Choices": [{"Variable": "$.keys", "NumericEquals": 2, "Next": "Done"}],
            "Default": "Stop",
        },
        Done=DONE,
        Stop=STOP,
    )

    errors = [each for each in findings(machine) if each.severity == "error"]

    assert [str(each) for each in errors] == [
        "States.Two.Choices[0]: from 'Two' on, an execution can only fail:"
        " the way to 'Done' is never taken (P313)"
    ]


def test_a_machine_that_is_there_to_fail_may_fail():
    machine = chain(
        make({"keys": "2"}),
        {
            "Type": "Choice",
            "Choices": [{"Variable": "$.keys", "NumericEquals": 2, "Next": "Stop"}],
            "Default": "Stop",
        },
        Stop=STOP,
    )

    assert [each.rule for each in findings(machine)] == ["P312"]
