"""How data pass through a state, and what is an error on the way."""

import json

import pytest

from tests.asl.interpreter.executions import CONTEXT, execute, machine, outcome_of, task

INPUT = {"a": 1, "b": {"c": [2, 3]}}


def passed(**fields):
    """The output of a Pass state with these fields."""
    outcome = outcome_of({"Type": "Pass", "End": True, **fields}, INPUT)
    assert outcome.status == "SUCCEEDED", outcome
    return outcome.output


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ({}, INPUT),
        ({"InputPath": "$.b"}, {"c": [2, 3]}),
        ({"InputPath": None}, {}),
        ({"OutputPath": None}, {}),
        ({"OutputPath": "$.b.c"}, [2, 3]),
        ({"InputPath": "$$.Execution.Name"}, "run-1"),
        ({"OutputPath": "$$.Execution.Name"}, "run-1"),
        ({"Result": [1, 2]}, [1, 2]),
        ({"Result": {"kept.$": "$.as.it.is"}}, {"kept.$": "$.as.it.is"}),
        ({"Result": 5, "ResultPath": "$.b.d"}, {"a": 1, "b": {"c": [2, 3], "d": 5}}),
        ({"Result": 5, "ResultPath": "$.b.c[0]"}, {"a": 1, "b": {"c": [5, 3]}}),
        ({"Result": 5, "ResultPath": "$.new.deep"}, {**INPUT, "new": {"deep": 5}}),
        ({"Result": 5, "ResultPath": None}, INPUT),
        ({"InputPath": "$.b", "ResultPath": "$.x"}, {**INPUT, "x": {"c": [2, 3]}}),
        ({"Parameters": {"n.$": "$.a", "fixed": "$.a"}}, {"n": 1, "fixed": "$.a"}),
        ({"Parameters": {"all.$": "$.b.c[*]"}}, {"all": [2, 3]}),
        ({"Parameters": {"none.$": "$.nothing[*]"}}, {"none": []}),
        ({"Parameters": {"deep": [{"n.$": "$.a"}, 7]}}, {"deep": [{"n": 1}, 7]}),
        ({"Parameters": {"name.$": "$$.Execution.Name"}}, {"name": "run-1"}),
        ({"Parameters": {"t.$": "States.Format('{}', $.a)"}}, {"t": "1"}),
        ({"InputPath": "$.b", "Parameters": {"n.$": "$.c[1]"}, "ResultPath": "$.r"},
         {**INPUT, "r": {"n": 3}}),
    ],
)  # fmt: skip
def test_a_pass_state_shapes_its_input(fields, output):
    assert passed(**fields) == output


def test_the_context_object_tells_of_the_execution_and_the_state():
    found = passed(Parameters={"context.$": "$$"})["context"]

    assert found == {
        "Execution": {
            **CONTEXT["Execution"],
            "Input": INPUT,
            "StartTime": "2026-01-01T00:00:00.000Z",
        },
        "StateMachine": CONTEXT["StateMachine"],
        "State": {"Name": "Only", "EnteredTime": "2026-01-01T00:00:00.000Z"},
    }


def test_a_cause_quotes_the_context_object_in_the_order_that_aws_has():
    state = {"Type": "Pass", "Parameters": {"item.$": "$$.Map.Item"}, "End": True}

    quoted = outcome_of(state).cause.partition("in the input '")[2].removesuffix("'")

    assert [list(section) for section in json.loads(quoted).values()] == [
        ["Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount"],
        ["Id", "Name"],
        ["Name", "EnteredTime"],
    ]


def test_a_context_object_in_the_data_does_not_change_any_more():
    first = {"Type": "Pass", "Parameters": {"kept.$": "$$"}, "Next": "Second"}
    second = {"Type": "Pass", "End": True}

    output = execute(machine(First=first, Second=second)).outcome.output

    assert output["kept"]["State"]["Name"] == "First"


def test_a_task_result_is_selected_and_put_into_the_raw_input():
    state = task(
        InputPath="$.b",
        Parameters={"items.$": "$.c"},
        ResultSelector={"name.$": "$.JobName", "of.$": "$$.Execution.Name"},
        ResultPath="$.job",
        OutputPath="$.job",
    )

    execution = execute(machine(Job=state), INPUT, answers=[{"JobName": "j", "Noise": 1}])

    assert execution.tasks.calls[0].parameters == {"items": [2, 3]}
    assert execution.outcome.output == {"name": "j", "of": "run-1"}


@pytest.mark.parametrize(
    ("state", "error", "cause"),
    [
        (
            {"Type": "Pass", "Parameters": {"n.$": "$.x"}, "End": True},
            "States.Runtime",
            "An error occurred while executing the state 'Only' (entered at the event id #2). "
            "The JSONPath '$.x' specified for the field 'n.$' could not be found in the input"
            """ '{"a":1,"b":{"c":[2,3]}}'""",
        ),
        (
            {"Type": "Pass", "InputPath": "$.x", "End": True},
            "States.Runtime",
            "An error occurred while executing the state 'Only' (entered at the event id #2). "
            "Invalid path '$.x' : No results for path: $['x']",
        ),
        (
            {"Type": "Pass", "ResultPath": "$.a.x", "End": True},
            "States.ResultPathMatchFailure",
            "An error occurred while executing the state 'Only' (entered at the event id #2). "
            """Unable to apply ReferencePath $.a.x to input {"a":1,"b":{"c":[2,3]}}""",
        ),
        (
            {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.x, 1)"}, "End": True},
            "States.Runtime",
            "An error occurred while executing the state 'Only' (entered at the event id #2). "
            "The function 'States.MathAdd($.x, 1)' had the following error: The JsonPath argument"
            """ for the field '$.x' could not be found in the input '{"a":1,"b":{"c":[2,3]}}'""",
        ),
    ],
)
def test_data_that_are_not_there_fail_the_execution(state, error, cause):
    outcome = outcome_of(state, INPUT)

    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", error, cause)


def test_an_output_beyond_the_quota_fails_the_execution():
    state = {"Type": "Pass", "Parameters": {"one.$": "$", "two.$": "$"}, "End": True}

    outcome = outcome_of(state, "é" * 70_000)

    assert outcome.error == "States.DataLimitExceeded"
    assert outcome.cause == (
        "The state/task 'Only' returned a result with a size exceeding the maximum number of"
        " bytes service limit."
    )


@pytest.mark.parametrize(("letters", "status"), [(262_142, "SUCCEEDED"), (262_143, "FAILED")])
def test_the_quota_counts_the_bytes_of_the_json_text(letters, status):
    assert outcome_of({"Type": "Pass", "End": True}, "a" * letters).status == status


def test_data_that_are_nested_without_end_fail_the_state():
    outcome = outcome_of(
        {"Type": "Pass", "Result": 1, "ResultPath": "$.new" + ".a" * 5_000, "End": True}, INPUT
    )

    assert (outcome.status, outcome.error) == ("FAILED", "States.Runtime")
