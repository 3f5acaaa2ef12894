"""`deploy`: what is refused before anything happens, and how progress looks."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from pipelines.cli import main
from pipelines.cli.deploy import _data_command
from pipelines.cli.deploy_progress import DeployProgress
from pipelines.deployment.events import StackEvent
from pipelines.deployment.plan import Change, Plan
from pipelines.environment.load import load_environment
from tests.conftest import ROOT

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument 'ENV'"),
        (("dev",), "Missing argument 'BUCKET'"),
        (("dev", "a-bucket", "prod"), "unexpected extra argument (prod)"),
        (("dev", "s3://a-bucket"), "'s3://a-bucket' cannot be the name of a bucket"),
        (("dve", "a-bucket"), "dev"),
    ],
)
def test_wrong_arguments_are_refused_with_status_2(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--project", str(ROOT), "deploy", *arguments])

    assert caught.value.code == 2
    assert said in capsys.readouterr().err


class TestWhatBringsTheData:
    def test_the_census_has_a_command_of_its_own(self) -> None:
        census = load_environment(ROOT, "local")

        assert _data_command(census) == "python -m pipelines data census local"

    def test_other_data_are_uploaded(self) -> None:
        wages = load_environment(ROOT / "examples" / "wages", "local")

        assert _data_command(wages) == (
            "python -m pipelines data upload local --training FILE --test FILE --inference FILE"
        )


def event(resource: str, status: str, *, is_stack: bool = False, reason: str = "") -> StackEvent:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return StackEvent("1", resource, "AWS::IAM::Role", status, reason, at, is_stack)


def progress(**options: Any) -> tuple[DeployProgress, io.StringIO]:
    screen = io.StringIO()
    return DeployProgress(Console(file=screen, soft_wrap=True, width=40, **options)), screen


def test_without_a_terminal_there_is_a_line_for_everything_that_is_done() -> None:
    shown, screen = progress()
    with shown:
        shown.say("code 0123456789ab: 4 files [uploaded]")
        shown.plan(Plan("demo-dev-training", (Change("Add", "Role", "AWS::IAM::Role"),)))
        shown.event(event("Role", "CREATE_IN_PROGRESS"), None)
        shown.event(event("Role", "CREATE_COMPLETE"), 1.25)
        shown.event(event("demo-dev-training", "CREATE_COMPLETE", is_stack=True), 3.0)

    assert screen.getvalue().splitlines() == [
        "code 0123456789ab: 4 files [uploaded]",
        "stack demo-dev-training",
        "  Add    Role  AWS::IAM::Role",
        "  CREATE_COMPLETE  Role  1.2 s",
        "  CREATE_COMPLETE after 3.0 s",
    ]


def test_a_failure_is_shown_with_its_reason_at_once() -> None:
    shown, screen = progress()

    shown.event(event("Role", "CREATE_FAILED", reason="Rate exceeded"), 1.0)

    assert "CREATE_FAILED    Role  1.0 s  Rate exceeded" in screen.getvalue()


def test_on_a_terminal_the_cursor_comes_back_however_it_ends() -> None:
    shown, screen = progress(force_terminal=True)

    def fail_half_way() -> None:
        with shown:
            shown.event(event("Role", "CREATE_IN_PROGRESS"), None)
            assert SHOW not in screen.getvalue()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert HIDE in screen.getvalue()
    assert SHOW in screen.getvalue()


def test_an_interruption_knows_which_stack_goes_on() -> None:
    shown, _ = progress()
    shown.plan(Plan("demo-dev-training", ()))

    assert shown.what_goes_on() == "No stack was being changed at this moment."
    shown.event(event("demo-dev-training", "CREATE_IN_PROGRESS", is_stack=True), None)
    assert shown.what_goes_on() == "CloudFormation goes on with stack demo-dev-training."
    shown.event(event("demo-dev-training", "CREATE_COMPLETE", is_stack=True), 2.0)
    assert shown.what_goes_on() == "No stack was being changed at this moment."
