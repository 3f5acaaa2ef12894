"""Why an execution did not succeed: whose failure it was, what went in, and what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import InputError
from pipelines.execution.redrive import Obstacle, is_redeployed, obstacle, redrive
from pipelines.execution.remedies import REMEDIES, STOPPED, TIMED_OUT, UNKNOWN, remedy_for
from pipelines.execution.saved import read_history
from pipelines.execution.view import view_of
from pipelines.execution.why import explain
from tests.execution.fakes import EXECUTION, MACHINE, Script, refused

CAUSE = json.dumps({"FailureReason": "AlgorithmError: no such column: age, exit code: 1"})


def failed_job() -> Script:
    """A job's failure, caught to be told apart, and passed on as it was."""
    script = Script()
    script.enter("Train")
    script.schedule("job-1", "Training")
    script.fail_task("States.TaskFailed", CAUSE)
    script.exit("Train")
    script.enter("Train failed", "Choice")
    script.exit("Train failed", "Choice")
    script.enter("Stop at Train", "Parallel")
    script.enter("Train did not succeed", "Fail")
    return script.fail("States.TaskFailed", CAUSE)


# Whose failure it was


def test_a_failure_that_was_passed_on_is_that_of_the_job():
    why = explain(view_of(failed_job().events))

    assert why.state is not None
    assert why.state.name == "Train"
    assert why.state.job is not None
    assert why.state.job.name == "job-1"
    assert why.reason == "AlgorithmError: no such column: age, exit code: 1"


def test_a_failure_that_was_acted_on_is_not_the_one_that_the_execution_ended_with():
    script = Script()
    script.enter("Train")
    script.schedule("job-1", "Training")
    script.fail_task("States.TaskFailed", CAUSE)
    script.exit("Train")
    script.enter("Roll back", "Pass")
    script.exit("Roll back", "Pass")
    script.enter("Rolled back", "Fail")
    script.fail("RolledBack", "the old one serves again")

    why = explain(view_of(script.events))

    assert why.state is not None
    assert why.state.name == "Rolled back"
    assert why.error == "RolledBack"


def test_after_a_redrive_it_is_the_latest_failure():
    script = failed_job()
    script._add("ExecutionRedriven", executionRedrivenEventDetails={"redriveCount": 1})
    script.exit("Stop at Train", "Parallel")
    script.enter("Train")
    script.schedule("job-2", "Training")
    later = json.dumps({"FailureReason": "AlgorithmError: another one"})
    script.fail_task("States.TaskFailed", later)
    script.exit("Train")
    script.enter("Train did not succeed", "Fail")
    script.fail("States.TaskFailed", later)

    view = view_of(script.events)
    why = explain(view)

    assert view.redrives == 1
    assert why.state is not None
    assert why.state.job is not None
    assert (why.state.job.name, why.reason) == ("job-2", "AlgorithmError: another one")


def test_a_parallel_that_gives_up_has_no_error_of_its_own():
    script = Script()
    script.enter("Stop at Train", "Parallel")
    script._add("ParallelStateStarted")
    script.enter("Train did not succeed", "Fail")
    script._add("ParallelStateFailed")
    script.fail("States.TaskFailed", "dry")

    states = view_of(script.events).states

    assert {state.error for state in states} == {"States.TaskFailed"}


def test_a_task_that_is_redriven_is_running_again():
    script = Script()
    script.enter("Train")
    script.schedule("job-1", "Training")
    script.time_task_out()
    script.fail("States.Timeout")
    script._add("ExecutionRedriven", executionRedrivenEventDetails={"redriveCount": 1})
    script.schedule("job-2", "Training")

    [state] = view_of(script.events).states

    assert (state.status, state.attempts) == ("running", 2)


# What went in


def with_request(request: dict[str, Any]) -> Script:
    script = Script()
    script.enter("Train")
    script._add(
        "TaskScheduled",
        taskScheduledEventDetails={
            "resourceType": "sagemaker",
            "resource": "createTrainingJob.sync",
            "parameters": json.dumps({"TrainingJobName": "job-1", **request}),
        },
    )
    script.fail_task("States.TaskFailed", CAUSE)
    return script.fail("States.TaskFailed", CAUSE)


def test_what_went_into_a_job_is_where_its_data_lie_and_what_it_was_told():
    source = {"S3DataSource": {"S3Uri": "s3://b/train/"}}
    script = with_request(
        {
            "InputDataConfig": [{"ChannelName": "train", "DataSource": source}],
            "HyperParameters": {"max_iter": "30", "sagemaker_program": '"jobs/train.py"'},
        }
    )

    assert explain(view_of(script.events)).input == {
        "train": "s3://b/train/",
        "hyperparameters": '{"max_iter": "30"}',
    }


def test_what_went_into_another_state_is_shown_as_far_as_one_can_take_it_in():
    script = Script()
    script._add(
        "PassStateEntered",
        stateEnteredEventDetails={"name": "Join", "input": json.dumps({"a": "x" * 5000})},
    )
    script.fail("States.Runtime", "a path leads nowhere")

    shown = explain(view_of(script.events)).input["state"]

    assert shown.startswith('{"a": "xxx')
    assert shown.endswith("… (5,009 characters)")
    assert len(shown) < 1300


# What to do


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        ("InputWrong", "The execution takes these keys only: …", "does not take"),
        ("DataWrong", "The data are not as expected: age in 0..120", "expectations"),
        ("NotGoodEnough", "The gate wants roc_auc at least 0.9", "not as good"),
        ("Rejected", "The model package m/1 was rejected by ann at …: bias", "A person rejected"),
        ("NotApprovedInTime", "The model package m/1 is rejected: nobody answered", "in time"),
        ("NoApprovedModel", "The group has no approved version", "no approved model"),
        ("EndpointTestFailed", "row 3: 0.2 is not 0.3", "did not pass its test"),
        (
            "SageMaker.ResourceLimitExceededException",
            "The account-level service limit 'ml.m5.4xlarge for training job usage' is 0 Instances",
            "quota",
        ),
        ("States.TaskFailed", "CapacityError: Unable to provision requested ML compute", "free"),
        ("States.TaskFailed", "InternalServerError: We encountered an internal error.", "passes"),
        ("SageMaker.AmazonSageMakerException", "ThrottlingException: Rate exceeded", "passes"),
        ("S3.SdkClientException", "Unable to execute HTTP request", "later"),
        ("SageMaker.ResourceInUseException", "Job name must be unique", "new name"),
        ("Local.EngineStopped", "The local engine stopped while …", "engine was stopped"),
        ("States.TaskFailed", "AlgorithmError: MemoryError, exit code: 1", "memory"),
        ("States.TaskFailed", "AlgorithmError: , exit code: 137", "memory"),
        ("States.TaskFailed", "AlgorithmError: OSError: No space left on device", "volume_gb"),
        ("States.TaskFailed", "the job was stopped at its limit: MaxRuntimeInSeconds", "limit"),
        ("States.TaskFailed", "… waited too long for spare capacity: …", "Spot"),
        ("States.Timeout", "", "time limit"),
        ("S3.S3Exception", "Access Denied (Service: S3, Status Code: 403)", "may not"),
        (
            "States.TaskFailed",
            "ClientError: No S3 objects found under S3 URL s3://b/p/dev/code/ab12/code.tar.gz",
            "code of this deployment",
        ),
        (
            "States.TaskFailed",
            "ClientError: Data download failed: s3://b/p/dev/code/ab12/sourcedir.tar.gz: no object",
            "code of this deployment",
        ),
        ("States.TaskFailed", "ClientError: No S3 objects found under s3://b/data/x", "Upload it"),
        ("States.TaskFailed", "AlgorithmError: model.tar.gz: the sha256 is 1, not 2", "archive"),
        ("States.TaskFailed", "AlgorithmError: people.csv has no column age", "columns"),
        ("States.TaskFailed", "AlgorithmError: the label has one class only", "one value only"),
        ("States.TaskFailed", "AlgorithmError: train.csv: no rows", "no rows"),
        ("States.TaskFailed", "AlgorithmError: No module named 'lightgbm'", "package"),
        ("States.Runtime", "The path $.a leads nowhere", "definition"),
        ("States.DataLimitExceeded", "…", "256 KiB"),
        ("States.TaskFailed", "AlgorithmError: ZeroDivisionError, exit code: 1", "last lines"),
    ],
)
def test_the_likeliest_remedy(error, reason, words):
    assert words in remedy_for("FAILED", error, reason).text


def test_every_remedy_is_the_likeliest_for_some_failure_above():
    """One that another always goes before would never be given."""
    [mark] = test_the_likeliest_remedy.pytestmark  # type: ignore[attr-defined]
    given = {remedy_for("FAILED", error, reason) for error, reason, _ in mark.args[1]}

    assert [remedy.text for remedy in REMEDIES if remedy not in given] == []


def test_an_error_that_nobody_knows_has_the_remedy_of_its_status():
    assert remedy_for("ABORTED", "Stopped", "by ann") is STOPPED
    assert remedy_for("TIMED_OUT", "", "") is TIMED_OUT
    assert remedy_for("FAILED", "Odd", "") is UNKNOWN


# Whether a redrive does it

FAILED = {"status": "FAILED", "redriveStatus": "REDRIVABLE"}


def of(script: Script, description: dict[str, Any] = FAILED, **more: bool) -> Obstacle | None:
    return obstacle(description, view_of(script.events), **{"is_redeployed": False, **more})


def test_a_job_that_failed_is_redriven():
    assert of(failed_job()) is None


def test_a_decision_of_the_state_machine_is_not_redriven():
    script = Script()
    script.enter("Not good enough", "Fail")
    script.fail("NotGoodEnough", "0.8 is not 0.9")

    found = of(script)

    assert found is not None
    assert "Not good enough" in found.reason
    assert (found.is_final, found.rerun) == (True, True)


@pytest.mark.parametrize("status", ["SUCCEEDED", "RUNNING"])
def test_what_succeeded_or_runs_is_not_redriven(status):
    found = of(failed_job(), {"status": status})

    assert found is not None
    assert not found.rerun


def test_what_aws_does_not_redrive_any_more_is_told_in_its_words():
    reason = "Execution redrivable period exceeded"
    late = {**FAILED, "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}

    assert of(failed_job(), late) == Obstacle(reason)


def test_a_person_may_insist_on_the_old_definition():
    found = of(failed_job(), is_redeployed=True)

    assert found is not None
    assert not found.is_final


class Machines:
    """State machines as Step Functions describes them; `then` is the definition of the start."""

    def __init__(self, then: str, now: str | None) -> None:
        self._then, self._now = then, now
        self.redriven: list[str] = []

    def describe_state_machine_for_execution(self, executionArn: str) -> dict[str, str]:
        return {"definition": self._then}

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, str]:
        assert stateMachineArn == MACHINE
        if self._now is None:
            raise refused("StateMachineDoesNotExist")
        return {"definition": self._now}

    def redrive_execution(self, executionArn: str, clientToken: str) -> None:
        raise refused("ExecutionNotRedrivable", "Execution is SUCCEEDED and cannot be redriven")


@pytest.mark.parametrize(
    ("now", "expected"),
    [('{"a": 1}', False), ('{ "a":1 }', False), ('{"a": 2}', True), (None, True)],
)
def test_another_definition_is_another_document(now, expected):
    assert is_redeployed(Machines('{"a": 1}', now), EXECUTION, MACHINE) is expected


def test_a_redrive_that_aws_refuses_is_the_callers_mistake():
    with pytest.raises(InputError, match="Execution is SUCCEEDED"):
        redrive(Machines("{}", "{}"), EXECUTION)


# Histories that were saved


def saved(path: Path, events: Any) -> Path:
    path.write_text(json.dumps(events, default=lambda at: at.isoformat()), encoding="utf-8")
    return path


def test_a_saved_history_tells_the_same_as_a_live_one(tmp_path):
    script = failed_job()
    path = saved(tmp_path / "history.json", {"events": script.events})

    assert view_of(read_history(path)) == view_of(script.events)


def test_a_history_newest_first_with_times_in_seconds_is_read_too(tmp_path):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    events = [{**event, "timestamp": at.timestamp()} for event in failed_job().events]
    path = saved(tmp_path / "history.json", events[::-1])

    view = view_of(read_history(path))

    assert view.started == at
    assert view.status == "FAILED"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot be read"),
        ("{}", "no events"),
        ('{"events": [{"id": 1}]}', "event 1 is not one"),
        ('{"events": ["x"]}', "event 1 is not one"),
        (
            '[{"id": 7, "type": "PassStateEntered", "timestamp": 1, "previousEventId": 6}]',
            "does not begin with ExecutionStarted",
        ),
    ],
)
def test_what_is_no_history_is_said_so(tmp_path, content, words):
    path = tmp_path / "history.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(InputError, match=words):
        read_history(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_history(tmp_path / "nothing.json")
