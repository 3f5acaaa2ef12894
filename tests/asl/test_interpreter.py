"""Executions: their histories, as AWS tells them, and all the ways in which they end."""

import random
import threading

import pytest

from pipelines.asl.interpreter import JumpingClock, RealClock, StopSignal, TaskFailed
from tests.asl.executions import CREATE_JOB, GET_OBJECT, START, execute, machine, outcome_of, task

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


# Timeouts.


def hang(clock):
    """A task that ends only when it is cancelled."""
    return lambda call: clock.wait(None, call.cancel)


def test_a_task_that_takes_too_long_is_cancelled_and_times_out():
    clock = JumpingClock(START)

    execution = execute(machine(Job=task(TimeoutSeconds=600)), answers=[hang(clock)], clock=clock)

    assert execution.tasks.calls[0].timeout_s == 600
    assert execution.tasks.calls[0].cancel.is_set()
    assert execution.times("TaskTimedOut") == [600]
    assert execution.events[-2]["taskTimedOutEventDetails"] == {**JOB, "error": "States.Timeout"}
    assert execution.events[-1]["executionFailedEventDetails"] == {"error": "States.Timeout"}


def test_a_task_in_time_is_not_cancelled():
    clock = JumpingClock(START)
    states = machine(
        Job=task(TimeoutSeconds=600, Next="Rest"),
        Rest={"Type": "Wait", "Seconds": 900, "End": True},
    )

    execution = execute(states, answers=[lambda call: clock.wait(599, call.cancel)], clock=clock)

    assert execution.outcome.output is False  # the wait was not cut short
    assert not execution.tasks.calls[0].cancel.is_set()


def test_a_timeout_can_be_retried_and_each_attempt_has_its_own():
    clock = JumpingClock(START)
    state = task(TimeoutSeconds=600, Retry=[{"ErrorEquals": ["States.Timeout"]}])

    execution = execute(
        machine(Job=state), answers=[hang(clock), hang(clock), {"ok": True}], clock=clock
    )

    assert execution.times("TaskTimedOut") == [600, 1201]
    assert execution.outcome.output == {"ok": True}


def test_a_timeout_is_caught_without_a_cause():
    clock = JumpingClock(START)
    states = machine(
        Job=task(TimeoutSeconds=5, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "End"}]),
        End={"Type": "Succeed"},
    )

    execution = execute(states, answers=[hang(clock)], clock=clock)

    assert execution.outcome.output == {"Error": "States.Timeout", "Cause": None}


def test_the_timeout_can_come_from_the_input():
    clock = JumpingClock(START)
    state = task(TimeoutSecondsPath="$.limit")

    execution = execute(machine(Job=state), {"limit": 30}, answers=[hang(clock)], clock=clock)

    assert execution.times("TaskTimedOut") == [30]
    assert execution.events[2]["taskScheduledEventDetails"]["timeoutInSeconds"] == 30


@pytest.mark.parametrize(
    "states",
    [
        {"Job": task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Job"}])},
        {"Pause": {"Type": "Wait", "Seconds": 86400, "End": True}},
        {"Job": task(Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 86400}])},
    ],
    ids=["in a task", "in a wait", "before a retry"],
)
def test_the_machine_has_a_timeout_of_its_own_that_nobody_catches(states):
    clock = JumpingClock(START)
    answers = [TaskFailed("A")] if "Retry" in states.get("Job", {}) else [hang(clock)]

    execution = execute({**machine(**states), "TimeoutSeconds": 60}, answers=answers, clock=clock)

    assert execution.outcome.status == "TIMED_OUT"
    assert execution.types[-1] == "ExecutionTimedOut"
    assert execution.events[-1]["executionTimedOutEventDetails"] == {}
    assert execution.times("ExecutionTimedOut") == [60]


# Stopping.


def test_a_stopped_execution_cancels_its_task_and_is_aborted():
    clock, stop = JumpingClock(START), StopSignal()
    clock.alarm(START + 10, lambda: stop.stop("Operator", "wrong data"))
    state = task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Job"}])

    execution = execute(machine(Job=state), answers=[hang(clock)], clock=clock, stop=stop)

    assert execution.outcome.status == "ABORTED"
    assert execution.tasks.calls[0].cancel.is_set()
    assert execution.types[-2:] == ["TaskStarted", "ExecutionAborted"]
    assert execution.events[-1]["executionAbortedEventDetails"] == {
        "error": "Operator", "cause": "wrong data"
    }  # fmt: skip


def test_an_execution_stopped_before_it_begins_enters_no_state():
    stop = StopSignal()
    stop.stop()

    execution = execute(machine(Job=task()), stop=stop)

    assert execution.types == ["ExecutionStarted", "ExecutionAborted"]
    assert execution.events[-1]["executionAbortedEventDetails"] == {}


def test_a_stop_from_another_thread_ends_a_real_wait_at_once():
    stop = StopSignal()
    threading.Timer(0.05, stop.stop).start()

    execution = execute(
        machine(Pause={"Type": "Wait", "Seconds": 3600, "End": True}), clock=RealClock(), stop=stop
    )

    assert execution.outcome.status == "ABORTED"


def test_a_real_task_is_cancelled_when_its_time_is_up():
    execution = execute(
        machine(Job=task(TimeoutSeconds=1)),
        answers=[lambda call: call.cancel.wait(60)],
        clock=RealClock(),
    )

    assert execution.outcome.error == "States.Timeout"


def test_an_execution_leaves_nothing_behind_on_its_stop_signal():
    stop = StopSignal()
    execution = execute(machine(Job=task(TimeoutSeconds=5)), answers=[{}], stop=stop)

    stop.stop()

    assert not execution.tasks.calls[0].cancel.is_set()


# Other ends.


def test_an_endless_loop_ends_with_its_history():
    definition = machine(Round={"Type": "Pass", "Next": "Round"})

    execution = execute(definition)

    assert len(execution.events) == 25_000
    assert execution.types[-1] == "ExecutionFailed"
    assert execution.outcome.cause == (
        "The execution reached the maximum number of history events (25000)."
    )


def test_a_history_that_cannot_be_kept_stops_the_execution():
    def full(event):
        raise OSError("no space left on the device")

    with pytest.raises(OSError, match="no space"):
        execute(machine(Job=task()), history=full)


def test_a_bug_in_a_task_is_not_taken_for_a_failed_task():
    with pytest.raises(ZeroDivisionError):
        execute(machine(Job=task(Resource=CREATE_JOB)), answers=[ZeroDivisionError()])
