"""Map: iterations over an array, their events, and what happens when one fails."""

import asyncio

import pytest

from tests.asl.interpreter.executions import execute, linked, machine, outcome_of, task

SUCCEED = {"Type": "Succeed"}
FAIL = {"Type": "Fail", "Error": "E", "Cause": "c"}
ALL = {"ErrorEquals": ["States.ALL"]}
PASS = machine(Item={"Type": "Pass", "End": True})


def each(processor=PASS, **fields):
    """A Map state; `Iterator`, its old form, can be given in place of the ItemProcessor."""
    end = {} if "Next" in fields else {"End": True}
    form = {} if "Iterator" in fields else {"ItemProcessor": processor}
    return {"Type": "Map", **form, **fields, **end}


def output(state, input):
    outcome = outcome_of(state, input)
    assert outcome.status == "SUCCEEDED", outcome
    return outcome.output


@pytest.mark.parametrize(
    ("fields", "input", "expected"),
    [
        ({}, [1, "a", None], [1, "a", None]),
        ({}, [], []),
        ({"ItemsPath": "$.of"}, {"of": [1, 2]}, [1, 2]),
        ({"InputPath": "$.of"}, {"of": [1, 2]}, [1, 2]),
        ({"InputPath": "$.of", "ItemsPath": "$.too"}, {"of": {"too": [1]}}, [1]),
        ({"ItemsPath": "$.of", "ResultPath": "$.out"}, {"of": [1]}, {"of": [1], "out": [1]}),
        ({"ResultSelector": {"first.$": "$[0]"}}, [7, 8], {"first": 7}),
        ({"OutputPath": "$[1]"}, [7, 8], 8),
        ({"Iterator": PASS}, [1], [1]),
        ({"MaxConcurrency": 1}, [3, 2, 1], [3, 2, 1]),
        ({"MaxConcurrencyPath": "$.n", "ItemsPath": "$.of"}, {"n": 2, "of": [1, 2, 3]}, [1, 2, 3]),
    ],
)
def test_the_output_is_the_list_of_the_iterations_outputs(fields, input, expected):
    assert output(each(**fields), input) == expected


@pytest.mark.parametrize("name", ["ItemSelector", "Parameters"])
def test_each_item_can_be_shaped(name):
    selector = {
        "index.$": "$$.Map.Item.Index",
        "value.$": "$$.Map.Item.Value",
        "all.$": "$.of",
        "constant": [1],
    }

    assert output(each(ItemsPath="$.of", **{name: selector}), {"of": ["a", "b"]}) == [
        {"index": 0, "value": "a", "all": ["a", "b"], "constant": [1]},
        {"index": 1, "value": "b", "all": ["a", "b"], "constant": [1]},
    ]


def test_the_states_of_an_iteration_see_its_item_in_the_context_object():
    inner = machine(Item={"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item"}, "End": True})

    assert output(each(inner), ["a"]) == [{"i": {"Index": 0, "Value": "a"}}]


def test_a_map_in_a_map_has_its_own_items():
    inner = each(machine(I={"Type": "Pass", "Parameters": {"v.$": "$$.Map.Item"}, "End": True}))

    assert output(each(machine(Inner=inner)), [["a"], ["b"]]) == [
        [{"v": {"Index": 0, "Value": "a"}}],
        [{"v": {"Index": 0, "Value": "b"}}],
    ]


def test_one_at_a_time_each_iteration_follows_the_one_before():
    # As AWS recorded it.
    execution = execute(machine(Each=each(MaxConcurrency=1)), [1, 2])

    assert linked(execution.events) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "MapStateEntered"),
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "MapIterationStarted"),
        (9, 8, "PassStateEntered"),
        (10, 9, "PassStateExited"),
        (11, 10, "MapIterationSucceeded"),
        (12, 11, "MapStateSucceeded"),
        (13, 11, "MapStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]
    assert execution.events[2]["mapStateStartedEventDetails"] == {"length": 2}
    assert execution.events[7]["mapIterationStartedEventDetails"] == {"name": "Each", "index": 1}


def test_all_at_once_they_go_on_side_by_side():
    # As AWS recorded it, up to the failures, which come in the order of the iterations here.
    job = machine(Call=task(TimeoutSeconds=5))

    execution = execute(machine(Each=each(job)), [1, 2], answers=[hang, hang])

    assert linked(execution.events)[3:] == [
        (4, 3, "MapIterationStarted"),
        (5, 3, "MapIterationStarted"),
        (6, 4, "TaskStateEntered"),
        (7, 6, "TaskScheduled"),
        (8, 5, "TaskStateEntered"),
        (9, 8, "TaskScheduled"),
        (10, 7, "TaskStarted"),
        (11, 9, "TaskStarted"),
        (12, 10, "TaskTimedOut"),
        (13, 11, "TaskTimedOut"),
        (14, 12, "MapIterationFailed"),
        (15, 12, "TaskStateAborted"),
        (16, 12, "MapIterationAborted"),
        (17, 12, "TaskStateAborted"),
        (18, 12, "MapStateFailed"),
        (19, 18, "ExecutionFailed"),
    ]


async def hang(call):
    await asyncio.Future()


@pytest.mark.parametrize(
    ("fields", "at_once"),
    [({"MaxConcurrency": 1}, 1), ({"MaxConcurrency": 7}, 7), ({}, 40), ({"MaxConcurrency": 0}, 40)],
)
def test_no_more_iterations_run_at_a_time_than_may(fields, at_once):
    running, most = set(), []

    async def count(call):
        running.add(call.parameters)
        most.append(len(running))
        await call.sleep(1)
        running.remove(call.parameters)

    execution = execute(
        machine(Each=each(machine(Call=task()), **fields)), list(range(90)), answers=[count] * 90
    )

    assert max(most) == at_once
    assert execution.times("ExecutionSucceeded") == [-(-90 // at_once)]


def test_the_first_failure_ends_the_others_and_those_to_come():
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "Bad"}],
        "Default": "Long",
    }
    processor = machine(
        Which=choice, Bad=FAIL, Long={"Type": "Wait", "Seconds": 9, "Next": "End"}, End=SUCCEED
    )

    execution = execute(machine(Each=each(processor, MaxConcurrency=2)), [1, 2, 3])

    assert (execution.outcome.error, execution.outcome.cause) == ("E", "c")
    assert execution.types.count("MapIterationStarted") == 2
    ends = [
        (event["type"], event[f"m{event['type'][1:]}EventDetails"]["index"])
        for event in execution.events
        if event["type"].startswith("MapIteration") and "Started" not in event["type"]
    ]
    assert ends == [("MapIterationAborted", 0), ("MapIterationFailed", 1)]


def test_a_failure_can_be_retried_and_caught():
    states = machine(
        Each=each(
            machine(Bad=FAIL),
            Retry=[{**ALL, "MaxAttempts": 1}],
            Catch=[{**ALL, "Next": "Caught"}],
            Next="Never",
        ),
        Never=SUCCEED,
        Caught=SUCCEED,
    )

    execution = execute(states, [1])

    assert execution.outcome.output == {"Error": "E", "Cause": "c"}
    assert execution.types.count("MapStateStarted") == 2
    assert execution.types.count("MapStateFailed") == 1


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({}, 'Reference path "$" must point to array.'),
        ({"ItemsPath": "$.n"}, 'Reference path "$.n" must point to array.'),
        (
            {"ItemsPath": "$.x"},
            "The JSONPath '$.x' specified for the field 'ItemsPath' could not be found in the"
            """ input '{"n":-1,"s":"x","of":[]}'""",
        ),
        (
            {"ItemsPath": "$.of", "MaxConcurrencyPath": "$.n"},
            "Expected non-negative integer for MaxConcurrency, got '-1' instead.",
        ),
        (
            {"ItemsPath": "$.of", "MaxConcurrencyPath": "$.s"},
            'The MaxConcurrencyPath field refers to value "x" which is not a valid integer: $.s',
        ),
        (
            {"ItemsPath": "$.of", "ToleratedFailureCountPath": "$.n"},
            "ToleratedFailureCount cannot be negative.",
        ),
        (
            {"ItemsPath": "$.of", "ToleratedFailurePercentagePath": "$.n"},
            "ToleratedFailurePercentage must be between 0 and 100.",
        ),
        (
            {"ItemsPath": "$.of", "ToleratedFailurePercentagePath": "$.of"},
            'The ToleratedFailurePercentagePath field refers to value "[]" which is not a valid'
            " float: $.of",
        ),
    ],
)
def test_a_map_over_nothing_fails(fields, cause):
    outcome = outcome_of(each(**fields), {"n": -1, "s": "x", "of": []})

    assert outcome.error == "States.Runtime"
    assert outcome.cause == (
        f"An error occurred while executing the state 'Only' (entered at the event id #2). {cause}"
    )


def test_an_item_that_cannot_be_shaped_ends_the_execution():
    execution = execute(machine(Each=each(ItemSelector={"x.$": "$.no"})), [1, 2])

    assert linked(execution.events)[2:] == [
        (3, 2, "MapStateStarted"),
        (4, 3, "ExecutionFailed"),
    ]
    assert execution.outcome.error == "States.Runtime"
    assert "executing the state 'Each' (entered at the event id #2)" in execution.outcome.cause
