"""Executions: their histories, as AWS tells them, and the states that call no service."""

import random

import pytest

from pipelines.asl.interpreter import TaskFailed
from tests.asl.interpreter.executions import GET_OBJECT, START, execute, machine, outcome_of, task

JOB = {"resourceType": "sagemaker", "resource": "createProcessingJob.sync"}
WHOLE = {"truncated": False}


def test_the_whole_history_of_a_small_machine():
    definition = machine(
        Prepare={
            "Type": "Pass",
            "Parameters": {"name.$": "States.Format('{}-prepare', $$.Execution.Name)"},
            "Next": "Job",
        },
        Job=task(
            Parameters={"ProcessingJobName.$": "$.name"},
            TimeoutSeconds=3600,
            ResultPath="$.Job",
            Next="Good?",
        ),
        **{
            "Good?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.Job.auc", "NumericLessThan": 0.9, "Next": "Bad"}],
                "Default": "Done",
            },
            "Bad": {"Type": "Fail", "Error": "NotGoodEnough"},
            "Done": {"Type": "Succeed"},
        },
    )

    def job(call):
        call.record("TaskSubmitted", {"output": '{"ProcessingJobArn":"arn"}'})
        return {"auc": 0.95}

    execution = execute(definition, {"seed": 1}, answers=[job])

    name, done = '{"name":"run-1-prepare"}', '{"name":"run-1-prepare","Job":{"auc":0.95}}'
    assert [
        (event.pop("id"), event.pop("previousEventId"), event.pop("type"), event)
        for event in execution.events
        if event.pop("timestamp") == START
    ] == [
        (1, 0, "ExecutionStarted", {"executionStartedEventDetails": {
            "input": '{"seed":1}', "inputDetails": WHOLE,
            "roleArn": "arn:aws:iam::000000000000:role/demo"}}),
        (2, 0, "PassStateEntered", {"stateEnteredEventDetails": {
            "name": "Prepare", "input": '{"seed":1}', "inputDetails": WHOLE}}),
        (3, 2, "PassStateExited", {"stateExitedEventDetails": {
            "name": "Prepare", "output": name, "outputDetails": WHOLE}}),
        (4, 3, "TaskStateEntered", {"stateEnteredEventDetails": {
            "name": "Job", "input": name, "inputDetails": WHOLE}}),
        (5, 4, "TaskScheduled", {"taskScheduledEventDetails": {
            **JOB, "region": "eu-central-1", "timeoutInSeconds": 3600,
            "parameters": '{"ProcessingJobName":"run-1-prepare"}'}}),
        (6, 5, "TaskStarted", {"taskStartedEventDetails": JOB}),
        (7, 6, "TaskSubmitted", {"taskSubmittedEventDetails": {
            **JOB, "output": '{"ProcessingJobArn":"arn"}', "outputDetails": WHOLE}}),
        (8, 7, "TaskSucceeded", {"taskSucceededEventDetails": {
            **JOB, "output": '{"auc":0.95}', "outputDetails": WHOLE}}),
        (9, 8, "TaskStateExited", {"stateExitedEventDetails": {
            "name": "Job", "output": done, "outputDetails": WHOLE}}),
        (10, 9, "ChoiceStateEntered", {"stateEnteredEventDetails": {
            "name": "Good?", "input": done, "inputDetails": WHOLE}}),
        (11, 10, "ChoiceStateExited", {"stateExitedEventDetails": {
            "name": "Good?", "output": done, "outputDetails": WHOLE}}),
        (12, 11, "SucceedStateEntered", {"stateEnteredEventDetails": {
            "name": "Done", "input": done, "inputDetails": WHOLE}}),
        (13, 12, "SucceedStateExited", {"stateExitedEventDetails": {
            "name": "Done", "output": done, "outputDetails": WHOLE}}),
        (14, 13, "ExecutionSucceeded", {"executionSucceededEventDetails": {
            "output": done, "outputDetails": WHOLE}}),
    ]  # fmt: skip


def test_a_failed_task_fails_the_execution_where_it_stands():
    execution = execute(machine(Job=task()), answers=[TaskFailed("S3.NoSuchKeyException", "gone")])

    assert execution.types[-2:] == ["TaskFailed", "ExecutionFailed"]
    assert execution.events[-2]["taskFailedEventDetails"] == {
        **JOB, "error": "S3.NoSuchKeyException", "cause": "gone"
    }  # fmt: skip
    assert execution.events[-1]["executionFailedEventDetails"] == {
        "error": "S3.NoSuchKeyException", "cause": "gone"
    }  # fmt: skip


def test_the_resource_of_an_sdk_call_is_told_as_on_aws():
    execution = execute(machine(Read=task(Resource=GET_OBJECT)), answers=[{"Body": "text"}])

    assert execution.events[3]["taskStartedEventDetails"] == {
        "resourceType": "aws-sdk:s3", "resource": "getObject"
    }  # fmt: skip


def test_two_runs_with_the_same_seed_have_the_same_history():
    definition = machine(
        Name={"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "Next": "Job"},
        Job=task(Retry=[{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}]),
    )
    first, second = (
        execute(definition, answers=[TaskFailed("A"), {}], chance=random.Random(5)).events
        for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize(
    ("fields", "error", "cause"),
    [
        ({"Error": "E", "Cause": "because"}, "E", "because"),
        ({}, None, None),
        ({"ErrorPath": "$.e", "CausePath": "$.c"}, "from input", "0.93 < 0.95"),
        ({"CausePath": "States.Format('got {}', $.n)"}, None, "got 0.93"),
        ({"CausePath": "$$.Execution.Name"}, None, "run-1"),
    ],
)
def test_a_fail_state_tells_error_and_cause(fields, error, cause):
    outcome = outcome_of(
        {"Type": "Fail", **fields}, {"e": "from input", "c": "0.93 < 0.95", "n": 0.93}
    )

    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", error, cause)


def test_a_fail_state_without_words_tells_nothing():
    execution = execute(machine(Failed={"Type": "Fail"}))

    assert execution.types == ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]
    assert execution.events[-1]["executionFailedEventDetails"] == {}


@pytest.mark.parametrize("fields", [{"CausePath": "$.n"}, {"ErrorPath": "$.missing"}])
def test_a_cause_that_is_no_text_is_a_runtime_error(fields):
    assert outcome_of({"Type": "Fail", **fields}, {"n": 1}).error == "States.Runtime"


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"Seconds": 0}, 0),
        ({"Seconds": 86400}, 86400),
        ({"SecondsPath": "$.n"}, 7),
        ({"Timestamp": "2026-01-01T00:01:00Z"}, 60),
        ({"TimestampPath": "$.t"}, 3600),
        ({"Timestamp": "2025-01-01T00:00:00Z"}, 0),
    ],
)
def test_a_wait_lasts_as_long_as_it_says(fields, seconds):
    state = {"Type": "Wait", "End": True, **fields}
    input = {"n": 7, "t": "2026-01-01T02:00:00+01:00"}

    execution = execute(machine(Pause=state), input)

    assert execution.outcome.output == input
    assert execution.times("WaitStateExited") == [seconds]


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"SecondsPath": "$.negative"},
         "The SecondsPath parameter references a negative value: $.negative == -1"),
        ({"SecondsPath": "$.half"},
         "The SecondsPath parameter cannot be parsed as a long value: $.half == 1.5"),
        ({"TimestampPath": "$.local"},
         "The TimestampPath parameter does not reference a valid ISO-8601 extended offset"
         " date-time format string: $.local == 2026-01-01T00:00:00"),
        ({"Timestamp": "2099-01-01T00:00:00Z"}, "Wait state delay is too long."),
    ],
)  # fmt: skip
def test_a_wait_for_no_time_fails(fields, cause):
    state = {"Type": "Wait", "End": True, **fields}

    outcome = outcome_of(state, {"negative": -1, "half": 1.5, "local": "2026-01-01T00:00:00"})

    assert outcome.error == "States.Runtime"
    assert outcome.cause == (
        f"An error occurred while executing the state 'Only' (entered at the event id #2). {cause}"
    )


def test_the_input_is_told_as_it_was_written_until_something_changes_it():
    written = '{ "a": 1 }'
    definition = machine(
        Same={"Type": "Pass", "Next": "Other"},
        Other={"Type": "Pass", "Parameters": {"a.$": "$.a"}, "End": True},
    )

    told = [
        details.get("input") or details.get("output")
        for event in execute(definition, {"a": 1}, input_text=written).events
        for details in [event[next(name for name in event if name.endswith("Details"))]]
    ]

    assert told == [written] * 4 + ['{"a":1}'] * 2
    outcome = execute(machine(P={"Type": "Pass", "Parameters": {"x.$": "$.x"}, "End": True}),
                      {"a": 1}, input_text=written).outcome  # fmt: skip
    assert outcome.cause.endswith(f"could not be found in the input '{written}'")
