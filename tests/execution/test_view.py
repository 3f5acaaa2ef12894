"""From events to states: what a history says about an execution."""

from __future__ import annotations

from datetime import timedelta

from pipelines.execution.view import Job, view_of
from tests.execution.fakes import BEGIN, Script


def statuses(script: Script) -> dict[str, str]:
    return {state.name: state.status for state in view_of(script.events).states}


def test_before_its_first_event_an_execution_runs_and_has_no_states() -> None:
    view = view_of([])

    assert view.is_running
    assert view.states == ()


def test_a_state_runs_until_it_is_left_and_its_time_is_its_own() -> None:
    script = Script()
    script.enter("Preprocess")
    script.schedule("job-1")
    running = view_of(script.events).states[0]
    script.succeed_task()
    script.exit("Preprocess")
    done = view_of(script.events).states[0]

    assert (running.status, running.ended) == ("running", None)
    assert running.duration_s(BEGIN + timedelta(seconds=61)) == 60
    assert done.status == "succeeded"
    assert done.duration_s(BEGIN + timedelta(days=1)) == 4


def test_a_task_that_runs_a_job_names_it_and_its_log_group() -> None:
    script = Script()
    script.enter("Preprocess")
    script.schedule("job-1")
    script.exit("Preprocess")
    script.enter("Train")
    script.schedule("job-2", kind="Training")

    jobs = [state.job for state in view_of(script.events).states]

    assert jobs == [
        Job("job-1", "/aws/sagemaker/ProcessingJobs"),
        Job("job-2", "/aws/sagemaker/TrainingJobs"),
    ]


def test_the_log_of_a_search_is_that_of_its_trials() -> None:
    script = Script()
    script.enter("Tune")
    script.schedule("tune-1", kind="HyperParameterTuning")

    [state] = view_of(script.events).states

    assert state.job is not None
    assert state.job.log_group == "/aws/sagemaker/TrainingJobs"
    # Its trials are tune-1-001-…, tune-1-002-…
    assert state.job.streams == "tune-1-"


def test_a_second_attempt_forgets_the_error_of_the_first() -> None:
    script = Script()
    script.enter("Preprocess")
    script.schedule("job-1")
    script.fail_task("SageMaker.AmazonSageMakerException")
    failed = view_of(script.events).states[0]
    script.schedule("job-2")
    again = view_of(script.events).states[0]

    assert (failed.attempts, failed.error) == (1, "SageMaker.AmazonSageMakerException")
    assert (again.attempts, again.error, again.status) == (2, "", "running")
    assert again.job is not None
    assert again.job.name == "job-2"


def test_a_state_that_is_left_with_an_error_was_caught() -> None:
    script = Script()
    script.enter("Deploy")
    script.schedule("job-1")
    script.fail_task()
    script.exit("Deploy")

    assert statuses(script) == {"Deploy": "caught"}


def test_success_brings_the_output_as_json() -> None:
    script = Script()
    script.enter("Done", type="Pass")
    script.exit("Done", type="Pass")
    view = view_of(script.succeed({"rows": 3}).events)

    assert (view.status, view.output) == ("SUCCEEDED", {"rows": 3})
    assert view.failed_state is None
    assert view.duration_s(BEGIN + timedelta(days=1)) == 3


def test_the_state_that_an_execution_fails_in_has_failed() -> None:
    script = Script()
    script.enter("Preprocess")
    script.schedule("job-1")
    script.fail_task("States.TaskFailed", "the reason")
    view = view_of(script.fail("States.TaskFailed", "the reason").events)

    assert view.status == "FAILED"
    assert view.failed_state is not None
    assert (view.failed_state.name, view.failed_state.cause) == ("Preprocess", "the reason")
    assert view.failed_state.ended == view.ended


def test_a_fail_state_has_the_error_that_it_was_written_for() -> None:
    script = Script()
    script.enter("Not good enough", type="Fail")
    view = view_of(script.fail("NotGoodEnough", "0.5 is less than 0.9").events)

    assert view.failed_state is not None
    assert view.failed_state.type == "Fail"
    assert view.failed_state.error == "NotGoodEnough"


def test_a_task_that_times_out_has_an_error() -> None:
    script = Script()
    script.enter("Train")
    script.schedule("job-1")
    script.time_task_out()

    assert view_of(script.events).states[0].error == "States.Timeout"


def test_an_execution_that_is_stopped_aborts_the_state_it_is_in() -> None:
    script = Script()
    script.enter("Train")
    script.schedule("job-1")

    assert statuses(script.abort()) == {"Train": "aborted"}


def test_branches_that_take_turns_keep_their_events_apart() -> None:
    """Each event belongs to the state of the event that it follows, whatever lies between."""
    script = Script()
    script.enter("Both", type="Parallel")
    left = script.enter("Left")
    script.enter("Right", follows=left - 1)
    script.exit("Left", follows=left)

    assert statuses(script) == {"Both": "running", "Left": "succeeded", "Right": "running"}
