"""Retry and Catch: what they match, how long they wait, how often."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter import TaskFailed
from pipelines.asl.interpreter.retry import Retriers, backoff, matches
from tests.asl.interpreter.executions import execute, machine, task

THROTTLED = TaskFailed("SageMaker.AmazonSageMakerException", "Rate exceeded")
ALL = {"ErrorEquals": ["States.ALL"]}


@pytest.mark.parametrize(
    ("names", "error", "expected"),
    [
        (["A"], "A", True),
        (["A", "B"], "B", True),
        (["A"], "B", False),
        (["States.ALL"], "A", True),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.DataLimitExceeded", True),
        (["States.ALL"], None, True),
        (["States.ALL"], "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", False),
        (["States.TaskFailed"], "A", True),
        (["States.TaskFailed"], None, True),
        (["States.TaskFailed"], "States.DataLimitExceeded", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.TaskFailed"], "States.Runtime", False),
        (["States.Timeout"], "States.Timeout", True),
    ],
)
def test_error_names_match(names, error, expected):
    assert matches(names, StateError(error)) is expected


@given(
    interval=st.integers(1, 1000),
    rate=st.floats(1.0, 10.0),
    longest=st.none() | st.integers(1001, 100_000),
    used=st.integers(0, 2000),
)
def test_delays_grow_by_the_rate_up_to_the_longest(interval, rate, longest, used):
    retrier = {"IntervalSeconds": interval, "BackoffRate": rate}
    if longest is not None:
        retrier["MaxDelaySeconds"] = longest
    now, later = (backoff(retrier, each, random.Random(0)) for each in (used, used + 1))

    assert now >= interval
    assert later >= now
    assert later == pytest.approx(now * rate) or later == longest or now == float("inf")
    assert longest is None or later <= longest


@given(st.integers(0, 100), st.integers())
def test_full_jitter_waits_for_up_to_the_delay(used, seed):
    retrier = {"IntervalSeconds": 2, "MaxDelaySeconds": 60}
    jittered = backoff({**retrier, "JitterStrategy": "FULL"}, used, random.Random(seed))

    assert 0 <= jittered <= backoff(retrier, used, random.Random(seed))


@given(st.lists(st.sampled_from(["A", "B", "C"]), max_size=20), st.integers(0, 4))
def test_each_retrier_counts_its_own_attempts(errors, attempts):
    retriers = Retriers(
        [{"ErrorEquals": ["A"], "MaxAttempts": attempts}, {"ErrorEquals": ["B"]}], random.Random(0)
    )
    granted = [error for error in errors if retriers.delay(StateError(error)) is not None]

    assert granted.count("A") == min(errors.count("A"), attempts)
    assert granted.count("B") == min(errors.count("B"), 3)
    assert "C" not in granted


def attempts_at(answers, **fields):
    """The execution of one Task, and when each attempt was made, in seconds from the start."""
    execution = execute(machine(Job=task(**fields)), answers=answers)
    return execution, execution.times("TaskScheduled")


def test_by_default_there_are_three_retries_after_1_2_and_4_seconds():
    execution, times = attempts_at([THROTTLED] * 4, Retry=[ALL])

    assert times == [0, 1, 3, 7]
    assert execution.outcome.error == "SageMaker.AmazonSageMakerException"
    assert execution.outcome.cause == "Rate exceeded"


def test_the_first_success_ends_the_retries():
    execution, times = attempts_at([THROTTLED, {"ok": True}], Retry=[ALL])

    assert times == [0, 1]
    assert execution.outcome.output == {"ok": True}


def test_no_attempts_are_no_retry():
    _, times = attempts_at([THROTTLED], Retry=[{**ALL, "MaxAttempts": 0}])

    assert times == [0]


def test_an_hour_of_retries_takes_no_time():
    retrier = {**ALL, "IntervalSeconds": 3600, "BackoffRate": 1.0, "MaxAttempts": 24}

    _, times = attempts_at([THROTTLED] * 24 + [{}], Retry=[retrier])

    assert times[-1] == 24 * 3600


def test_a_retrier_that_is_used_up_hands_over_to_no_other():
    retriers = [{"ErrorEquals": ["A"], "MaxAttempts": 1}, ALL]

    _, times = attempts_at([TaskFailed("A"), TaskFailed("A")], Retry=retriers)

    assert times == [0, 1]


def test_retriers_count_apart():
    retriers = [
        {"ErrorEquals": ["A"], "MaxAttempts": 1, "IntervalSeconds": 10},
        {"ErrorEquals": ["B"], "MaxAttempts": 1, "IntervalSeconds": 100},
    ]

    execution, times = attempts_at(
        [TaskFailed("A"), TaskFailed("B"), TaskFailed("A", "again")], Retry=retriers
    )

    assert times == [0, 10, 110]
    assert execution.outcome.cause == "again"


def test_the_retry_count_is_in_the_context_object():
    state = task(Parameters={"Name.$": "States.Format('job-{}', $$.State.RetryCount)"}, Retry=[ALL])

    execution = execute(machine(Job=state), answers=[THROTTLED, THROTTLED, {}])

    assert [call.parameters["Name"] for call in execution.tasks.calls] == [
        "job-0",
        "job-1",
        "job-2",
    ]
    assert [call.context["State"]["RetryCount"] for call in execution.tasks.calls] == [0, 1, 2]


def test_a_visit_starts_to_count_anew():
    again = {"Type": "Choice", "Default": "Job", "Choices": [
        {"Variable": "$.done", "BooleanEquals": True, "Next": "Done"}]}  # fmt: skip
    states = {"Job": task(Next="Again?", Retry=[ALL]), "Again?": again, "Done": {"Type": "Succeed"}}

    execution = execute(
        machine(**states), answers=[THROTTLED, {"done": False}, THROTTLED, {"done": True}]
    )

    counts = [call.context["State"]["RetryCount"] for call in execution.tasks.calls]
    assert counts == [0, 1, 0, 1]


def caught(error, catchers, input, **fields):
    states = machine(
        Job=task(Catch=catchers, **fields),
        Caught={"Type": "Succeed"},
        Other={"Type": "Pass", "Result": "other", "End": True},
    )
    return execute(states, input, answers=[error]).outcome


def test_a_catcher_gets_error_and_cause():
    outcome = caught(TaskFailed("A", "why"), [{**ALL, "Next": "Caught"}], {"in": 1})

    assert outcome.output == {"Error": "A", "Cause": "why"}


def test_a_catcher_keeps_the_input_with_a_result_path_and_ignores_output_path():
    catcher = {**ALL, "Next": "Caught", "ResultPath": "$.error"}

    outcome = caught(TaskFailed("A", "why"), [catcher], {"in": 1}, OutputPath="$.nothing")

    assert outcome.output == {"in": 1, "error": {"Error": "A", "Cause": "why"}}


def test_the_first_catcher_that_names_the_error_takes_it():
    catchers = [{"ErrorEquals": ["A"], "Next": "Other"}, {**ALL, "Next": "Caught"}]

    assert caught(TaskFailed("A"), catchers, {}).output == "other"


def test_an_error_that_nobody_names_fails_the_execution():
    outcome = caught(TaskFailed("B", "why"), [{"ErrorEquals": ["A"], "Next": "Caught"}], {})

    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", "B", "why")


def test_a_path_that_leads_nowhere_is_not_caught_by_states_all():
    outcome = caught({}, [{**ALL, "Next": "Caught"}], {}, ResultSelector={"x.$": "$.nothing"})

    assert (outcome.status, outcome.error) == ("FAILED", "States.Runtime")


def test_a_result_beyond_the_quota_can_be_caught():
    outcome = caught("x" * 262_143, [{**ALL, "Next": "Caught"}], {})

    assert outcome.output == {
        "Error": "States.DataLimitExceeded",
        "Cause": "The state/task 'sagemaker' returned a result with a size exceeding the maximum"
        " number of bytes service limit.",
    }


def test_retries_come_before_catchers():
    states = machine(
        Job=task(Retry=[{**ALL, "MaxAttempts": 2}], Catch=[{**ALL, "Next": "Caught"}]),
        Caught={"Type": "Succeed"},
    )

    execution = execute(states, answers=[THROTTLED] * 3)

    assert len(execution.tasks.calls) == 3
    assert execution.outcome.status == "SUCCEEDED"
