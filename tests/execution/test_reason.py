"""The sentence that a person needs, out of the JSON that a failed job leaves."""

from __future__ import annotations

import json

from pipelines.execution.reason import reason_of


def test_a_training_job_says_its_failure_reason() -> None:
    cause = {
        "TrainingJobStatus": "Failed",
        "FailureReason": "AlgorithmError: no rows, exit code: 1",
    }

    assert reason_of(json.dumps(cause)) == "AlgorithmError: no rows, exit code: 1"


def test_a_processing_job_adds_what_its_container_said() -> None:
    cause = {
        "ProcessingJobStatus": "Failed",
        "FailureReason": "AlgorithmError: See job logs for more information, exit code: 3",
        "ExitMessage": "the well is dry",
    }

    assert reason_of(json.dumps(cause)) == (
        "AlgorithmError: See job logs for more information, exit code: 3\nthe well is dry"
    )


def test_nothing_is_said_twice() -> None:
    cause = {"FailureReason": "AlgorithmError: the well is dry", "ExitMessage": "the well is dry"}

    assert reason_of(json.dumps(cause)) == "AlgorithmError: the well is dry"


def test_a_training_job_beyond_its_limit() -> None:
    cause = {
        "TrainingJobStatus": "Stopped",
        "SecondaryStatus": "MaxRuntimeExceeded",
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }

    assert reason_of(json.dumps(cause)) == (
        "the job was stopped at its limit: MaxRuntimeInSeconds is 60"
    )


def test_a_training_job_that_waited_too_long_for_spare_capacity() -> None:
    cause = {
        "TrainingJobStatus": "Stopped",
        "SecondaryStatus": "MaxWaitTimeExceeded",
        "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 90},
    }

    assert reason_of(json.dumps(cause)) == (
        "the job was stopped, having waited too long for spare capacity: MaxWaitTimeInSeconds is 90"
    )


def test_a_job_that_was_stopped() -> None:
    cause = {"ProcessingJobStatus": "Stopped", "StoppingCondition": {"MaxRuntimeInSeconds": 60}}

    assert reason_of(json.dumps(cause)) == (
        "the job was stopped, by hand or at its limit: MaxRuntimeInSeconds is 60"
    )


def test_a_cause_that_is_a_sentence_is_its_own_reason() -> None:
    for cause in ("The gate wants more.", "[1]", '{"something": "else"}'):
        assert reason_of(cause) == cause
