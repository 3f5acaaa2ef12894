"""States in JSONata: what their expressions see, and what happens when one has no value."""

import json

import pytest

from pipelines.asl.interpreter import TaskFailed
from tests.asl.interpreter.executions import execute, linked, machine, task

SUCCEED = {"Type": "Succeed"}
ALL = {"ErrorEquals": ["States.ALL"]}
WHERE = "An error occurred while executing the state '{}' (entered at the event id #{}). "


def jsonata(**states):
    return {"QueryLanguage": "JSONata", **machine(**states)}


def passed(output, input=None, **fields):
    """What a Pass state with this Output puts out."""
    execution = execute(
        jsonata(Only={"Type": "Pass", "Output": output, "End": True, **fields}), input
    )
    assert execution.outcome.status == "SUCCEEDED", execution.outcome
    return execution.outcome.output


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("{% $states.input.n + 1 %}", 6),
        ("{% $states.input %}", {"n": 5, "of": [1, 2]}),
        ("text", "text"),
        (" {% $states.input %}", " {% $states.input %}"),
        (None, None),
        (7, 7),
        ({"a": ["{% $states.input.n %}", {"b": "{% $sum($states.input.of) %}"}], "c": True},
         {"a": [5, {"b": 3}], "c": True}),
        ("{% $states.context.Execution.Name %}", "run-1"),
        ("{% $states.context.State.Name %}", "Only"),
        ("{% null %}", None),
        ("{% [] %}", []),
        ("{% 10 / 4 %}", 2.5),
    ],
)  # fmt: skip
def test_output_is_any_value_with_expressions_in_it(output, expected):
    assert passed(output, {"n": 5, "of": [1, 2]}) == expected


def test_without_output_a_state_passes_its_input_or_its_result_on():
    definition = jsonata(
        Pass={"Type": "Pass", "Next": "Wait"},
        Wait={"Type": "Wait", "Seconds": 1, "Next": "Job"},
        Job=task(Next="Done"),
        Done=SUCCEED,
    )

    execution = execute(definition, {"in": 1}, answers=[{"out": 2}])

    assert execution.tasks.calls[0].parameters == {"in": 1}
    assert execution.outcome.output == {"out": 2}


def test_a_task_gets_arguments_and_its_output_sees_the_result():
    job = task(
        Arguments={"n": "{% $states.input.n * 2 %}"},
        Output={"in": "{% $states.input.n %}", "out": "{% $states.result.r %}"},
        TimeoutSeconds="{% $states.input.n %}",
        HeartbeatSeconds="{% $states.input.n - 1 %}",
        Credentials={"RoleArn": "{% 'arn:' & $states.input.n %}"},
    )

    execution = execute(jsonata(Job=job), {"n": 5}, answers=[{"r": 9}])

    [call] = execution.tasks.calls
    assert (call.parameters, call.timeout_s, call.heartbeat_s) == ({"n": 10}, 5, 4)
    assert call.credentials == {"RoleArn": "arn:5"}
    assert execution.outcome.output == {"in": 5, "out": 9}


def test_assign_and_output_do_not_see_each_other():
    definition = jsonata(
        Set={"Type": "Pass", "Assign": {"x": 1}, "Next": "Use"},
        Use={"Type": "Pass", "Assign": {"x": "{% $x + 1 %}"}, "Output": "{% $x %}", "Next": "See"},
        See={"Type": "Pass", "Output": ["{% $states.input %}", "{% $x %}"], "End": True},
    )

    assert execute(definition).outcome.output == [1, 2]


def test_one_state_can_speak_the_other_language():
    definition = machine(
        Set={"Type": "Pass", "Assign": {"x.$": "$.n"}, "Next": "Use"},
        Use={"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"y": "{% $x + 1 %}"},
             "Assign": {"z": "{% $x * 10 %}"}, "Next": "See"},
        See={"Type": "Pass", "Parameters": {"y.$": "$.y", "z.$": "$z"}, "End": True},
    )  # fmt: skip

    assert execute(definition, {"n": 1}).outcome.output == {"y": 2, "z": 10}


@pytest.mark.parametrize(
    ("n", "output", "x"), [(1, {"n": 1}, "one"), (2, "two", None), (3, "else", "other")]
)
def test_a_choice_takes_the_first_condition_that_is_true(n, output, x):
    choice = {
        "Type": "Choice",
        "Choices": [
            {"Condition": False, "Next": "Never"},
            {"Condition": "{% $states.input.n = 1 %}", "Assign": {"x": "one"}, "Next": "See"},
            {"Condition": "{% $states.input.n = 2 %}", "Output": "two", "Next": "See"},
        ],
        "Default": "See",
        "Output": "else",
        "Assign": {"x": "other"},
    }
    see = {"Type": "Pass", "Output": ["{% $states.input %}", "{% $exists($x) ? $x : null %}"],
           "End": True}  # fmt: skip

    execution = execute(jsonata(Which=choice, See=see, Never=SUCCEED), {"n": n})

    assert execution.outcome.output == [output, x]


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"Seconds": "{% $states.input.n %}"}, 5),
        ({"Seconds": 3}, 3),
        ({"Timestamp": "{% $states.input.t %}"}, 60),
        ({"Timestamp": "2026-01-01T00:02:00Z"}, 120),
    ],
)
def test_a_wait_may_be_an_expression(fields, seconds):
    state = {"Type": "Wait", **fields, "Output": "{% $states.input.n %}", "End": True}

    execution = execute(jsonata(Pause=state), {"n": 5, "t": "2026-01-01T00:01:00Z"})

    assert execution.times("WaitStateExited") == [seconds]
    assert execution.outcome.output == 5


def test_an_expression_that_gives_no_timestamp_is_told_with_what_it_gives():
    state = {"Type": "Wait", "Timestamp": "{% $states.input.t %}", "End": True}

    outcome = execute(jsonata(Pause=state), {"t": "2026-01-01"}).outcome

    assert outcome.error == "States.Runtime"
    assert outcome.cause.endswith(
        "The Timestamp parameter does not reference a valid ISO-8601 extended offset date-time"
        " format string: $states.input.t == 2026-01-01"
    )


def test_a_fail_state_tells_expressions():
    state = {"Type": "Fail", "Error": "{% $states.input.e %}", "Cause": "{% 'n is ' & 1 %}"}

    outcome = execute(jsonata(Bad=state), {"e": "E"}).outcome

    assert (outcome.error, outcome.cause) == ("E", "n is 1")


def test_a_map_goes_through_items_and_selects_from_them():
    each = {
        "Type": "Map",
        "Items": "{% $states.input.of %}",
        "ItemSelector": {
            "value": "{% $states.context.Map.Item.Value %}",
            "index": "{% $states.context.Map.Item.Index %}",
            "all": "{% $count($states.input.of) %}",
        },
        "MaxConcurrency": "{% $states.input.n %}",
        "ItemProcessor": machine(Item={"Type": "Pass", "End": True}),
        "Output": "{% $states.result[index = 1] %}",
        "End": True,
    }

    assert execute(jsonata(Each=each), {"of": ["a", "b"], "n": 1}).outcome.output == {
        "value": "b", "index": 1, "all": 2
    }  # fmt: skip


def test_items_may_be_an_array_with_expressions_or_the_input():
    items = {"Type": "Map", "ItemProcessor": machine(Item=SUCCEED), "End": True}

    assert execute(jsonata(E={**items, "Items": [1, "{% 1 + 1 %}"]})).outcome.output == [1, 2]
    assert execute(jsonata(E=items), [3]).outcome.output == [3]


def test_branches_get_the_arguments():
    fork = {
        "Type": "Parallel",
        "Arguments": {"n": "{% $states.input.n %}"},
        "Branches": [machine(A=SUCCEED), machine(B={"Type": "Succeed", "Output": "b"})],
        "Output": "{% $reverse($states.result) %}",
        "End": True,
    }

    assert execute(jsonata(Fork=fork), {"n": 1, "m": 2}).outcome.output == ["b", {"n": 1}]


def test_a_catcher_sees_the_error():
    catcher = {**ALL, "Output": {"why": "{% $states.errorOutput.Cause %}",
                                 "in": "{% $states.input %}"},
               "Assign": {"e": "{% $states.errorOutput.Error %}"}, "Next": "See"}  # fmt: skip
    see = {"Type": "Pass", "Output": ["{% $states.input %}", "{% $e %}"], "End": True}
    definition = jsonata(Job=task(Catch=[catcher]), See=see)

    execution = execute(definition, 1, answers=[TaskFailed("E", "because")])

    assert execution.outcome.output == [{"why": "because", "in": 1}, "E"]
    del catcher["Output"]
    execution = execute(definition, 1, answers=[TaskFailed("E", "because")])
    assert execution.outcome.output == [{"Error": "E", "Cause": "because"}, "E"]


# Expressions without a value


def failures(execution):
    """The details of each EvaluationFailed."""
    return [
        event["evaluationFailedEventDetails"]
        for event in execution.events
        if event["type"] == "EvaluationFailed"
    ]


@pytest.mark.parametrize(
    ("state", "location", "cause"),
    [
        ({"Type": "Pass", "Output": "{% $states.input.no %}", "End": True}, "Output",
         "The JSONata expression '$states.input.no' specified for the field 'Output' returned"
         " nothing (undefined)."),
        ({"Type": "Pass", "Output": {"a": ["{% $no %}"]}, "End": True}, "Output/a[0]",
         "The JSONata expression '$no' specified for the field 'Output/a[0]' returned nothing"
         " (undefined)."),
        ({"Type": "Pass", "Assign": {"x": "{% 1 + 'a' %}"}, "End": True}, "Assign/x",
         "The JSONata expression '1 + 'a'' specified for the field 'Assign/x' threw an error"
         " during evaluation. T2002: The right side of the \"+\" operator must evaluate to a"
         " number"),
        ({"Type": "Wait", "Seconds": "{% 'a' %}", "End": True}, "Seconds",
         "The JSONata expression ''a'' specified for the field 'Seconds' returned an unexpected"
         " result type. Expected 'number', but was 'string' for value: \"a\""),
        ({"Type": "Wait", "Seconds": "{% -1 %}", "End": True}, "Seconds",
         "Expected non-negative integer for Seconds, got '-1' instead."),
        ({"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "S"}], "Default": "S"},
         "Choices[0]/Condition",
         "The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an"
         " unexpected result type. Expected 'boolean', but was 'number' for value: 1"),
        ({"Type": "Map", "Items": "{% 1 %}", "ItemProcessor": machine(I=SUCCEED), "End": True},
         "Items",
         "The JSONata expression '1' specified for the field 'Items' returned an unexpected"
         " result type. Expected 'array', but was 'number' for value: 1"),
        (task(TimeoutSeconds="{% 0 %}"), "TimeoutSeconds",
         "Expected positive integer for TimeoutSeconds, got '0' instead."),
    ],
)  # fmt: skip
def test_an_expression_without_a_value_fails_the_execution(state, location, cause):
    execution = execute(jsonata(S=state), {})

    cause = WHERE.format("S", 2) + cause
    assert failures(execution) == [
        {
            "error": "States.QueryEvaluationError",
            "cause": cause,
            "location": location,
            "state": "S",
        }
    ]
    assert (execution.outcome.error, execution.outcome.cause) == (
        "States.QueryEvaluationError",
        cause,
    )


def test_its_failure_can_be_retried_and_caught():
    job = task(
        Output="{% $states.result.a %}",
        Retry=[{"ErrorEquals": ["States.QueryEvaluationError"], "MaxAttempts": 1}],
        Catch=[{**ALL, "Next": "Done"}],
    )

    execution = execute(jsonata(Job=job, Done=SUCCEED), answers=[{}, {}])

    assert execution.types[1:] == [
        "TaskStateEntered",
        *("TaskScheduled", "TaskStarted", "TaskSucceeded", "EvaluationFailed"),
        *("TaskScheduled", "TaskStarted", "TaskSucceeded", "EvaluationFailed"),
        *("TaskStateExited", "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"),
    ]
    assert execution.outcome.output["Error"] == "States.QueryEvaluationError"


def test_in_an_iteration_it_fails_the_map():
    each = {
        "Type": "Map",
        "Items": [1],
        "ItemProcessor": machine(I={"Type": "Pass", "Output": "{% $no %}", "End": True}),
        "End": True,
    }

    execution = execute(jsonata(Each=each))

    assert execution.types[3:] == [
        *("MapIterationStarted", "PassStateEntered", "EvaluationFailed"),
        *("MapIterationFailed", "MapStateFailed", "ExecutionFailed"),
    ]
    [failure] = failures(execution)
    assert failure["state"] == "I"


def test_an_item_that_cannot_be_shaped_fails_the_map_before_its_iteration_has_started():
    each = {
        "Type": "Map",
        "Items": [1, {"v": 2}],
        "MaxConcurrency": 1,
        "ItemSelector": {"n": "{% $states.context.Map.Item.Value + 1 %}"},
        "ItemProcessor": machine(I={"Type": "Pass", "End": True}),
        "End": True,
    }

    execution = execute(jsonata(Each=each))

    assert linked(execution.events)[3:] == [
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "EvaluationFailed"),
        (9, 8, "MapStateFailed"),
        (10, 9, "ExecutionFailed"),
    ]
    [failure] = failures(execution)
    assert (failure["state"], failure["location"]) == ("Each", "ItemSelector/n")


@pytest.mark.parametrize("field", ["Arguments", "Output", "Assign"])
@pytest.mark.parametrize("type", ["Map", "Parallel"])
def test_a_map_or_parallel_fails_with_any_of_its_expressions(type, field):
    if (type, field) == ("Map", "Arguments"):
        field = "Items"
    inner = machine(I={"Type": "Pass", "End": True})
    lines = {"Items": [1], "ItemProcessor": inner} if type == "Map" else {"Branches": [inner]}
    wrong = {"v": "{% $states.input.no %}"} if field == "Assign" else "{% $states.input.no %}"

    execution = execute(jsonata(Only={"Type": type, **lines, field: wrong, "End": True}))

    assert execution.types[-3:] == ["EvaluationFailed", f"{type}StateFailed", "ExecutionFailed"]
    assert (f"{type}StateSucceeded" in execution.types) == (field in ("Output", "Assign"))
    [failure] = failures(execution)
    assert failure["state"] == "Only"


def test_a_catcher_that_fails_fails_the_state_once_more():
    fork = {
        "Type": "Parallel",
        "Branches": [machine(Bad={"Type": "Fail", "Error": "E"})],
        "Catch": [{**ALL, "Output": {"v": "{% $states.input.no %}"}, "Next": "Done"}],
        "End": True,
    }

    execution = execute(jsonata(Fork=fork, Done=SUCCEED))

    assert linked(execution.events)[3:] == [
        (4, 3, "FailStateEntered"),
        (5, 4, "ParallelStateFailed"),
        (6, 4, "EvaluationFailed"),
        (7, 6, "ParallelStateFailed"),
        (8, 7, "ExecutionFailed"),
    ]
    [failure] = failures(execution)
    assert (failure["state"], failure["location"]) == ("Fork", "Catch[0]/Output/v")
    assert execution.outcome.cause == failure["cause"]


def test_items_that_are_none_fail_the_map_before_it_has_started():
    each = {"Type": "Map", "Items": "{% 1 %}", "ItemProcessor": machine(I=SUCCEED), "End": True}

    execution = execute(jsonata(Each=each))

    assert execution.types[2:] == ["EvaluationFailed", "MapStateFailed", "ExecutionFailed"]


def test_an_input_that_is_no_array_fails_a_map_without_items():
    each = {"Type": "Map", "ItemProcessor": machine(I=SUCCEED), "End": True}

    execution = execute(jsonata(Each=each), {"a": 1})

    assert execution.outcome.error == "States.QueryEvaluationError"
    assert execution.outcome.cause.endswith("Map state input must be an array but was: object")


def test_numbers_without_a_fraction_are_written_without_one():
    execution = execute(jsonata(P={"Type": "Pass", "Output": ["{% 3.0 %}", 0.1], "End": True}))

    assert json.loads(execution.events[-1]["executionSucceededEventDetails"]["output"]) == [3, 0.1]
    assert execution.events[-1]["executionSucceededEventDetails"]["output"] == "[3,0.1]"
