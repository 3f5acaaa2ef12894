"""Variables: what assigns them, who reads them, and how long they live."""

import json

import pytest

from pipelines.asl.interpreter import TaskFailed
from tests.asl.interpreter.executions import execute, machine, task

SUCCEED = {"Type": "Succeed"}
ALL = {"ErrorEquals": ["States.ALL"]}


def read(**expressions):
    """A Pass state that puts variables out."""
    fields = {f"{name}.$": path for name, path in expressions.items()}
    return {"Type": "Pass", "Parameters": fields, "End": True}


def assigned(execution, state):
    """What the event tells that a state assigned, as values."""
    [details] = [
        event["stateExitedEventDetails"]
        for event in execution.events
        if event["type"].endswith("StateExited")
        and event["stateExitedEventDetails"]["name"] == state
    ]
    if "assignedVariables" not in details:
        return None
    assert details["assignedVariablesDetails"] == {"truncated": False}
    return {name: json.loads(text) for name, text in details["assignedVariables"].items()}


def test_later_states_read_what_was_assigned():
    definition = machine(
        Set={"Type": "Pass", "Assign": {"a.$": "$.n", "b": {"c": [1, None]}}, "Next": "Read"},
        Read=read(a="$a", c="$b.c[0]", all="$b"),
    )

    execution = execute(definition, {"n": 5})

    assert execution.outcome.output == {"a": 5, "c": 1, "all": {"c": [1, None]}}
    assert assigned(execution, "Set") == {"a": 5, "b": {"c": [1, None]}}
    assert assigned(execution, "Read") is None


def test_a_variable_has_its_new_value_only_in_the_next_state():
    definition = machine(
        One={"Type": "Pass", "Assign": {"x": 5}, "Next": "Two"},
        Two={
            "Type": "Pass",
            "Assign": {"x": 42, "before.$": "$x"},
            "Parameters": {"here.$": "$x"},
            "ResultPath": "$.two",
            "Next": "Three",
        },
        Three={**read(x="$x", before="$before"), "ResultPath": "$.three"},
    )

    assert execute(definition).outcome.output == {
        "two": {"here": 5},
        "three": {"x": 42, "before": 5},
    }


@pytest.mark.parametrize(
    ("state", "value"),
    [
        ({"Type": "Pass", "Result": {"r": 1}, "ResultPath": "$.p"}, {"r": 1}),
        ({"Type": "Pass", "InputPath": "$.in"}, "input"),
        ({"Type": "Pass", "Parameters": {"p": 2}}, {"p": 2}),
        ({"Type": "Wait", "Seconds": 1, "InputPath": "$.in"}, "input"),
        (task(ResultSelector={"s": 1}, ResultPath="$.t", Next="Read"), {"answer": 1}),
        (
            {
                "Type": "Parallel",
                "Branches": [machine(B={"Type": "Pass", "Result": 7, "End": True})],
            },
            [7],
        ),
        (
            {
                "Type": "Map",
                "ItemsPath": "$.of",
                "ItemProcessor": machine(I={"Type": "Pass", "End": True}),
            },
            [1],
        ),
        ({"Type": "Choice", "Choices": [], "Default": "Read", "InputPath": "$.in"}, "input"),
    ],
    ids=lambda value: value["Type"] if isinstance(value, dict) and "Type" in value else "",
)
def test_what_the_root_of_a_path_is_depends_on_the_state(state, value):
    state = {**state, "Assign": {"x.$": "$"}}
    if state["Type"] != "Choice":
        state["Next"] = "Read"

    execution = execute(
        machine(Set=state, Read=read(x="$x")), {"in": "input", "of": [1]}, answers=[{"answer": 1}]
    )

    assert execution.outcome.output == {"x": value}


def test_a_choice_rule_assigns_in_place_of_its_state():
    rule = {"Variable": "$.n", "NumericEquals": 1, "Assign": {"x": "one"}, "Next": "Read"}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "Read", "Assign": {"x": "other"}}
    definition = machine(Which=choice, Read=read(x="$x"))

    assert execute(definition, {"n": 1}).outcome.output == {"x": "one"}
    assert execute(definition, {"n": 2}).outcome.output == {"x": "other"}


def test_a_catcher_assigns_in_place_of_its_state():
    catcher = {**ALL, "Assign": {"x.$": "$.Error"}, "Next": "Read"}
    job = task(Catch=[catcher], Assign={"x": "done"}, Next="Read")
    definition = machine(Job=job, Read=read(x="$x"))

    execution = execute(definition, answers=[TaskFailed("E")])

    assert execution.outcome.output == {"x": "E"}
    assert assigned(execution, "Job") == {"x": "E"}
    assert execute(definition, answers=[{}]).outcome.output == {"x": "done"}


def test_variables_stand_wherever_a_path_may():
    definition = machine(
        Set={"Type": "Pass", "Assign": {"n": 2, "of": [3, 4], "t": "2026-01-01T00:01:00Z"},
             "Next": "Wait"},
        Wait={"Type": "Wait", "TimestampPath": "$t", "Next": "Which"},
        Which={
            "Type": "Choice",
            "Choices": [{"Variable": "$n", "NumericEqualsPath": "$n", "Next": "Each"}],
        },
        Each={
            "Type": "Map",
            "ItemsPath": "$of",
            "ItemSelector": {"sum.$": "States.MathAdd($$.Map.Item.Value, $n)"},
            "ItemProcessor": machine(I={"Type": "Pass", "InputPath": "$n", "End": True}),
            "ResultPath": "$.each",
            "Next": "Job",
        },
        Job=task(TimeoutSecondsPath="$n", Parameters={"n.$": "$n"}, OutputPath="$of"),
    )  # fmt: skip

    execution = execute(definition, answers=[{}])

    assert execution.outcome.output == [3, 4]
    assert execution.times("WaitStateExited") == [60]
    assert execution.tasks.calls[0].timeout_s == 2


def test_inner_states_read_outer_variables_and_keep_their_own_to_themselves():
    inner = machine(
        Own={"Type": "Pass", "Assign": {"own.$": "$$.Map.Item.Value"}, "Next": "Look"},
        Look=read(outer="$outer", own="$own"),
    )
    definition = machine(
        Set={"Type": "Pass", "Assign": {"outer": "o"}, "Result": [1, 2], "Next": "Each"},
        Each={"Type": "Map", "ItemProcessor": inner, "Assign": {"outer": "new"}, "Next": "Look"},
        Look={**read(outer="$outer"), "Next": "Gone"},
        Gone=read(own="$own"),
    )

    execution = execute(definition)

    assert execution.outcome.error == "States.Runtime"
    assert "'$own' specified for the field 'own.$' could not be found" in execution.outcome.cause
    exits = {
        event["stateExitedEventDetails"]["name"]: event["stateExitedEventDetails"]["output"]
        for event in execution.events
        if event["type"].endswith("StateExited")
    }
    assert json.loads(exits["Each"]) == [{"outer": "o", "own": 1}, {"outer": "o", "own": 2}]


def test_branches_do_not_see_each_others_variables():
    one = machine(
        A={"Type": "Pass", "Assign": {"x": 1}, "Next": "Wait"},
        Wait={"Type": "Wait", "Seconds": 5, "Next": "Read"},
        Read=read(x="$x"),
    )
    two = machine(
        B={"Type": "Wait", "Seconds": 1, "Next": "Set"},
        Set={"Type": "Pass", "Assign": {"x": 2}, "Next": "Look"},
        Look=read(x="$x"),
    )

    fork = {"Type": "Parallel", "Branches": [one, two], "End": True}

    assert execute(machine(Fork=fork)).outcome.output == [{"x": 1}, {"x": 2}]
