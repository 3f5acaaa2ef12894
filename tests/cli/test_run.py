"""`run`: what is refused before anything starts, and what is shown and said of an execution."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipelines.cli import main
from pipelines.cli.run_report import Outcome, as_document, success_lines
from pipelines.cli.run_watchers import LineWatcher, LiveWatcher
from pipelines.execution.start import Started
from pipelines.execution.view import Job, View, view_of
from tests.conftest import ROOT
from tests.deployment.fakes import environment
from tests.execution.fakes import EXECUTION, Script

Refused = Callable[..., str]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run the command line with arguments it does not take; what it says on standard error."""

    def run(*arguments: str, status: int = 2) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["--project", str(ROOT), "run", *arguments])
        printed = capsys.readouterr()
        assert caught.value.code == status
        assert printed.out == ""
        return printed.err

    return run


class TestRefusals:
    def test_a_pipeline_that_does_not_exist(self, refused: Refused) -> None:
        said = refused("trainning", "local")

        assert "there is no pipeline 'trainning'. Did you mean training?" in said
        assert "The pipelines are training and inference" in said

    def test_an_environment_that_does_not_exist(self, refused: Refused) -> None:
        assert "local" in refused("training", "locl")

    def test_a_name_that_cannot_be(self, refused: Refused) -> None:
        assert "'a b' cannot be the name of an execution" in refused(
            "training", "local", "--name", "a b"
        )

    def test_nothing_is_run_without_an_environment(self, refused: Refused) -> None:
        assert "Missing argument 'ENV'" in refused("training")

    def test_neither_swallows_an_argument_too_many(self, refused: Refused) -> None:
        """mlmax's runner took `prod` for nothing, and ran in dev."""
        assert "unexpected extra argument (prod)" in refused("training", "local", "prod")


def test_run_needs_no_sdk_of_the_definitions() -> None:
    code = (
        "import sys\n"
        "import pipelines.cli.run, pipelines.cli.run_report, pipelines.cli.run_watchers\n"
        "import pipelines.cli.connection, pipelines.engine.daemon, pipelines.deployment.deployed\n"
        "import pipelines.environment.load, pipelines.execution.watch\n"
        "heavy = {'stepfunctions', 'sagemaker', 'moto', 'sklearn', 'boto3', 'pandas'}\n"
        "sys.exit(repr(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr == ""


def failed_script() -> Script:
    script = Script()
    script.enter("Defaults", type="Pass")
    script.exit("Defaults", type="Pass")
    script.enter("Preprocess")
    script.schedule("job-1")
    script.fail_task("SageMaker.AmazonSageMakerException", "throttled")
    script.schedule("job-2")
    cause = json.dumps({"FailureReason": "AlgorithmError: the well is dry, exit code: 3"})
    script.fail_task("States.TaskFailed", cause)
    return script.fail("States.TaskFailed", cause)


def succeeded_script(output: Any) -> Script:
    script = Script()
    script.enter("Train")
    script.schedule("job-1", kind="Training")
    script.succeed_task()
    script.exit("Train")
    return script.succeed(output)


def outcome(script: Script, *log: str) -> Outcome:
    return Outcome(Started("monday", EXECUTION, is_new=True), view_of(script.events), log)


class TestReport:
    def test_success_shows_the_numbers_and_where_things_lie(self) -> None:
        output = {
            "report": "s3://b/report.html",
            "metrics": {"roc_auc": 0.95612, "error": None},
            "intervals": {"roc_auc": [0.94912345678, 0.96212345678], "error": None},
            "rows": 99762,
        }
        files = {"s3://b/report.html": Path("/here/report.html")}

        lines = success_lines(outcome(succeeded_script(output)), files.get)

        assert lines == [
            "SUCCEEDED after 6.0 s: monday",
            "",
            "report             s3://b/report.html",
            "                   /here/report.html",
            "metrics            roc_auc  0.9561",
            "                   error    undefined",
            "intervals          roc_auc  0.9491 to 0.9621",
            "                   error    undefined",
            "rows               99,762",
        ]

    def test_what_was_taken_over_from_an_earlier_execution_is_named(self) -> None:
        script = Script()
        for step in ("Preprocess", "Train"):
            script.enter(f"Look up {step}")
            script.exit(f"Look up {step}")
        script.enter("Train")
        script.schedule("job-1", "Training")
        script.succeed_task()
        script.exit("Train")

        lines = success_lines(outcome(script.succeed({})), lambda uri: None)

        assert lines[2:] == [
            "not run again      Preprocess",
            "                   python -m pipelines reuse explain monday",
        ]

    def test_an_output_of_any_shape_is_shown(self) -> None:
        lines = success_lines(outcome(succeeded_script([1, 2])), lambda uri: None)

        assert lines[2:] == ["output             [1, 2]"]


class TestDocument:
    def test_of_a_success(self) -> None:
        document = as_document(outcome(succeeded_script({"rows": 3})), "training", environment())

        assert json.loads(json.dumps(document)) == {
            "name": "monday",
            "arn": EXECUTION,
            "pipeline": "training",
            "environment": "dev",
            "status": "SUCCEEDED",
            "started": "2026-11-21T12:00:00.000+00:00",
            "ended": "2026-11-21T12:00:06.000+00:00",
            "duration_s": 6.0,
            "states": [
                {
                    "name": "Train",
                    "type": "Task",
                    "status": "succeeded",
                    "duration_s": 4.0,
                    "attempts": 1,
                    "job": "job-1",
                }
            ],
            "output": {"rows": 3},
        }

    def test_of_a_failure(self) -> None:
        document = as_document(outcome(failed_script(), "dry"), "training", environment())

        assert document["status"] == "FAILED"
        assert document["failed_state"] == "Preprocess"
        assert document["error"] == "States.TaskFailed"
        assert document["reason"] == "AlgorithmError: the well is dry, exit code: 3"
        assert document["log"] == ["dry"]
        assert "output" not in document


def lines_of(
    script: Script, log: list[list[str]] | None = None, seconds_between: float = 1.0
) -> list[str]:
    """What a LineWatcher prints when it sees the history grow by one event at a time."""
    screen = io.StringIO()
    now = 0.0
    watcher = LineWatcher(Console(file=screen, width=40), monotonic=lambda: now)
    for count in range(1, len(script.events) + 1):
        view = view_of(script.events[:count])
        job = view.states[-1].job if view.states else None
        now += seconds_between
        watcher.show(view, job, (log or []).pop(0) if log and job else [])
    # Without the time of day, which depends on where the reader lives.
    return [line[10:] for line in screen.getvalue().splitlines()]


class TestLines:
    def test_one_line_for_each_change_however_long_and_however_narrow(self) -> None:
        assert lines_of(failed_script()) == [
            "Defaults succeeded after 1.0 s",
            "Preprocess started, job job-1",
            "Preprocess attempt 1: SageMaker.AmazonSageMakerException",
            "Preprocess attempt 2, job job-2",
            "Preprocess attempt 2: States.TaskFailed",
            "Preprocess failed after 7.0 s: States.TaskFailed",
        ]

    def test_a_state_that_is_over_at_once_has_no_line(self) -> None:
        script = Script(apart_s=0.1)
        script.enter("Look up Train")
        script.exit("Look up Train")
        script.enter("Train known?", type="Choice")
        script.exit("Train known?", type="Choice")
        script.enter("Train")
        script.schedule("job-1", kind="Training")

        assert lines_of(script, seconds_between=0.1) == ["Train started, job job-1"]

    def test_a_state_without_a_job_is_told_of_when_it_lasts(self) -> None:
        script = Script()
        script.enter("Wait", type="Wait")
        screen = io.StringIO()
        times = iter((0.0, 0.5, 1.0, 1.5))
        watcher = LineWatcher(Console(file=screen), monotonic=lambda: next(times))
        for _ in range(3):
            watcher.show(view_of(script.events), None, [])

        assert [line[10:] for line in screen.getvalue().splitlines()] == ["Wait started"]

    def test_the_log_is_shown_now_and_then(self) -> None:
        log = [["first"], ["second"], ["third"]]

        lines = lines_of(succeeded_script({}), log, seconds_between=3)

        assert [line for line in lines if "|" in line] == ["Train | third"]

    def test_a_job_that_ends_soon_has_no_line_of_its_log(self) -> None:
        assert not [line for line in lines_of(succeeded_script({}), [["first"]]) if "|" in line]

    def test_markup_in_a_log_is_text(self) -> None:
        log = [[], ["[bold]loud[/bold] :smile:"]]
        printed = lines_of(succeeded_script({}), log, seconds_between=6)

        assert "Train | [bold]loud[/bold] :smile:" in printed


def render_lines(watcher: LiveWatcher) -> list[str]:
    screen = io.StringIO()
    Console(file=screen, width=100).print(watcher._render())
    return screen.getvalue().splitlines()


class TestLive:
    def test_a_row_for_each_state_and_the_jobs_latest_line(self) -> None:
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=True, width=100, legacy_windows=False)
        script = failed_script()
        with LiveWatcher(console) as watcher:
            watcher.show(view_of(script.events[:5]), Job("job-1", "group"), ["reading [bold]"])
            console.print(watcher._render())
            running = screen.getvalue()
            watcher.show(view_of(script.events), Job("job-2", "group"), [])

        assert "Preprocess" in running
        assert "reading [bold]" in running
        assert "✗" in screen.getvalue()
        assert "7.0 s" in screen.getvalue()
        assert "attempt 2" in screen.getvalue()

    def test_a_terminal_too_low_for_all_states_shows_the_latest(self) -> None:
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=True, width=100, height=6)
        script = Script()
        for number in range(10):
            script.enter(f"Step {number}")
            script.schedule(f"job-{number}")
            script.succeed_task()
            script.exit(f"Step {number}")
        with LiveWatcher(console) as watcher:
            watcher.show(view_of(script.events), None, [])
            shown = [line.strip() for line in render_lines(watcher)]

        assert next(line for line in shown if line).startswith("… 6 before")
        assert not any("Step 5" in line for line in shown)
        assert any("Step 9" in line for line in shown)
        assert "Step 0" in screen.getvalue()

    def test_before_the_first_event_there_is_something_to_see(self) -> None:
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=True, width=100)
        with LiveWatcher(console) as watcher:
            watcher.show(View("RUNNING"), None, [])
            console.print(watcher._render())

        assert "⠋" in screen.getvalue()
