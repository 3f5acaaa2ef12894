"""Which errors are worth another attempt, and how long all attempts together take."""

from __future__ import annotations

from pipelines.steps import retry
from pipelines.steps.expressions import ATTEMPT_LENGTH

JOB = [retrier.to_dict() for retrier in retry.starting_a_job()]


def test_a_job_that_failed_is_not_retried():
    errors = {error for retrier in JOB for error in retrier["ErrorEquals"]}

    assert errors == {
        "SageMaker.AmazonSageMakerException",
        "SageMaker.ResourceLimitExceededException",
    }


def test_waiting_for_machines_goes_on_for_minutes_and_ends():
    [capacity, _] = JOB

    waits = [
        min(capacity["IntervalSeconds"] * capacity["BackoffRate"] ** n, capacity["MaxDelaySeconds"])
        for n in range(capacity["MaxAttempts"])
    ]

    assert waits == [60, 120, 240, 480, 600]


def test_the_number_of_an_attempt_fits_into_a_job_name():
    """`$$.State.RetryCount` counts the attempts of all retriers of a state together."""
    assert len(str(sum(retrier["MaxAttempts"] for retrier in JOB))) <= ATTEMPT_LENGTH


def test_attempts_that_fail_together_do_not_come_back_together():
    retriers = [*JOB, *(r.to_dict() for r in retry.calling("S3"))]

    assert {retrier["JitterStrategy"] for retrier in retriers} == {"FULL"}


def test_a_call_is_retried_on_the_services_own_exception():
    [retrier] = [r.to_dict() for r in retry.calling("SageMaker")]

    assert retrier["ErrorEquals"] == [
        "SageMaker.SageMakerException",
        "SageMaker.SdkClientException",
        "States.Timeout",
    ]
