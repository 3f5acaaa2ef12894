"""Following an execution: every event once, hiccups said, logs a comfort and no need."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.aws import AwsError
from pipelines.clock import JumpingClock
from pipelines.execution.history import History
from pipelines.execution.view import Job, View
from pipelines.execution.watch import Watch
from pipelines.patience import Patience
from tests.execution.fakes import EXECUTION, Logs, Script, StepFunctions, connection, refused

JOB = Job("job-1", "/aws/sagemaker/ProcessingJobs")


class Watcher:
    """Remembers what it is shown."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.lines: list[str] = []
        self.said: list[str] = []

    def show(self, view: View, job: Job | None, lines: Sequence[str]) -> None:
        self.views.append(view)
        self.lines += lines

    def say(self, line: str) -> None:
        self.said.append(line)


def whole_script() -> Script:
    script = Script()
    script.enter("Preprocess")
    script.schedule("job-1")
    script.succeed_task()
    script.exit("Preprocess")
    return script.succeed({"rows": 3})


def watch(
    stepfunctions: StepFunctions, logs: Logs | None = None, *, local: bool = True
) -> tuple[View, Watcher, Watch]:
    watcher = Watcher()
    watch = Watch(
        connection(stepfunctions, logs or Logs(), local=local), EXECUTION, watcher, JumpingClock()
    )
    return watch.until_the_end(), watcher, watch


@pytest.mark.parametrize("step", [1, 2, 3, 100])
def test_every_event_is_read_once_however_the_pages_fall(step: int) -> None:
    stepfunctions = StepFunctions(whole_script(), step)
    clock = JumpingClock()
    history = History(
        stepfunctions, EXECUTION, Patience(connection(stepfunctions, Logs()), clock, print)
    )
    ids = [event["id"] for _ in range(10) for event in history.new_events()]

    assert ids == [1, 2, 3, 4, 5, 6, 7]


def test_pages_that_were_read_are_not_asked_for_again() -> None:
    stepfunctions = StepFunctions(whole_script(), step=100)
    patience = Patience(connection(stepfunctions, Logs()), JumpingClock(), print)
    history = History(stepfunctions, EXECUTION, patience)
    history.new_events()
    before = stepfunctions.reads

    assert history.new_events() == []
    assert stepfunctions.reads == before + 1


def test_it_is_shown_from_the_first_event_to_the_last() -> None:
    view, watcher, _ = watch(StepFunctions(whole_script()))

    assert view.output == {"rows": 3}
    *before, last = [shown.status for shown in watcher.views]
    assert len(before) > 2
    assert {*before} == {"RUNNING"}
    assert last == "SUCCEEDED"


def test_an_execution_that_has_ended_is_shown_at_once() -> None:
    _, watcher, _ = watch(StepFunctions(whole_script(), step=100))

    assert [shown.status for shown in watcher.views] == ["SUCCEEDED"]


def test_a_network_that_comes_back_is_waited_for_and_said() -> None:
    stepfunctions = StepFunctions(whole_script())
    stepfunctions.hiccups = [AwsError("AWS is throttling.", transient=True)]

    view, watcher, _ = watch(stepfunctions, local=False)

    assert view.status == "SUCCEEDED"
    assert watcher.said == ["AWS is throttling. Trying again in 1 s …"]


def test_an_engine_that_is_gone_is_given_up_soon() -> None:
    stepfunctions = StepFunctions(whole_script())
    stepfunctions.hiccups = [AwsError("The engine does not answer.", transient=True)] * 100

    with pytest.raises(AwsError, match="does not answer"):
        watch(stepfunctions)

    assert stepfunctions.reads < 10


def test_an_error_that_will_not_pass_is_not_repeated() -> None:
    stepfunctions = StepFunctions(whole_script())
    stepfunctions.hiccups = [refused("AccessDeniedException", "no")]

    with pytest.raises(AwsError, match="AccessDenied"):
        watch(stepfunctions)

    assert stepfunctions.reads == 1


class TestLogs:
    def test_the_lines_of_the_running_job_are_shown_each_once(self) -> None:
        logs = Logs(**{"job-1/algo-1": ["one", "two"], "job-10/algo-1": ["another job's"]})

        _, watcher, _ = watch(StepFunctions(whole_script()), logs)

        assert watcher.lines == ["one", "two"]

    def test_a_log_that_is_not_there_yet_is_empty(self) -> None:
        logs = Logs()
        logs.error = refused("ResourceNotFoundException", "The specified log group does not exist.")

        view, watcher, _ = watch(StepFunctions(whole_script()), logs)

        assert view.status == "SUCCEEDED"
        assert watcher.said == []

    def test_logs_that_may_not_be_read_are_said_once_and_change_nothing(self) -> None:
        logs = Logs()
        logs.error = refused("AccessDeniedException", "no")

        view, watcher, _ = watch(StepFunctions(whole_script()), logs)

        assert view.status == "SUCCEEDED"
        assert watcher.said == ["The jobs' logs cannot be read: AccessDeniedException: no"]

    def test_the_last_lines_are_the_last_ones(self) -> None:
        logs = Logs(**{"job-1/algo-1": [f"line {number}" for number in range(100)]})
        _, _, watched = watch(StepFunctions(whole_script()), logs)

        assert watched.last_lines(JOB, 2) == ["line 98", "line 99"]

    def test_a_job_cannot_steer_the_readers_terminal(self) -> None:
        logs = Logs(**{"job-1/algo-1": ["\x1b[2Jgone\ra\tb", "\n", "two\nlines"]})
        _, _, watched = watch(StepFunctions(whole_script()), logs)

        assert watched.last_lines(JOB, 20) == ["�[2Jgone", "a       b", "two", "lines"]


def test_the_end_before_a_redrive_is_not_the_end() -> None:
    """The event of the redrive may come later than its answer."""
    script = Script()
    script.enter("Train")
    script.time_task_out()
    script.fail("States.Timeout")
    script._add("ExecutionRedriven", executionRedrivenEventDetails={"redriveCount": 1})
    script.schedule("job-2", "Training")
    script.succeed_task()
    script.exit("Train")
    script.succeed({"rows": 3})
    states = connection(StepFunctions(script), Logs())

    view = Watch(states, EXECUTION, Watcher(), JumpingClock(), redrives=1).until_the_end()

    assert (view.status, view.redrives) == ("SUCCEEDED", 1)
    assert [state.status for state in view.states] == ["succeeded"]
