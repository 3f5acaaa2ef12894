"""Executions listed, and stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.clock import JumpingClock
from pipelines.execution.listing import list_executions
from pipelines.execution.stop import stop, wait_for_the_end
from tests.execution.fakes import EXECUTION, MACHINE

BEGIN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class States:
    """Executions, two a page, newest first; `statuses` is what a description answers in turn."""

    def __init__(self, *executions: dict[str, Any]) -> None:
        self._executions = executions
        self.described: list[str] = []
        self.stopped: list[dict[str, str]] = []
        self.statuses: list[str] = []

    def list_executions(
        self,
        stateMachineArn: str,
        maxResults: int,
        statusFilter: str = "",
        nextToken: str = "0",
    ) -> dict[str, Any]:
        assert stateMachineArn == MACHINE
        at = int(nextToken)
        found = [each for each in self._executions if statusFilter in ("", each["status"])]
        more = {"nextToken": str(at + 2)} if at + 2 < len(found) else {}
        return {"executions": found[at : at + 2], **more}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        if self.statuses:
            return {"status": self.statuses.pop(0)}
        self.described.append(executionArn)
        return {"error": "States.TaskFailed", "cause": '{"FailureReason": "no\\n  water"}'}

    def stop_execution(self, **request: str) -> None:
        self.stopped.append(request)


def execution(name: str, status: str, **more: Any) -> dict[str, Any]:
    arn = EXECUTION.replace("monday", name)
    ended = {} if status == "RUNNING" else {"stopDate": BEGIN + timedelta(seconds=75)}
    return {
        "name": name,
        "executionArn": arn,
        "status": status,
        "startDate": BEGIN,
        **ended,
        **more,
    }


THREE = (
    execution("c", "RUNNING"),
    execution("b", "FAILED", redriveCount=1),
    execution("a", "SUCCEEDED", redriveCount=2),
)


def test_all_pages_are_read_up_to_the_limit() -> None:
    assert [each.name for each in list_executions(States(*THREE), MACHINE, None, 20)] == list("cba")
    assert [each.name for each in list_executions(States(*THREE), MACHINE, None, 2)] == list("cb")


def test_only_what_failed_is_asked_why() -> None:
    states = States(*THREE)

    failed = list_executions(states, MACHINE, None, 20)[1]

    assert (failed.error, failed.reason) == ("States.TaskFailed", "no water")
    assert states.described == [failed.arn]


def test_a_status_is_one_of_step_functions_however_it_is_written() -> None:
    [failed] = list_executions(States(*THREE), MACHINE, "failed", 20)

    assert failed.name == "b"


def test_a_row_says_how_long_and_how_often_it_was_redriven() -> None:
    rows = [each.as_row() for each in list_executions(States(*THREE), MACHINE, None, 20)]

    assert rows[1][3:] == ("75 s", "redriven once  States.TaskFailed: no water")
    assert rows[2][4] == "redriven 2 times"


def test_a_document_has_times_that_a_program_reads() -> None:
    document = list_executions(States(*THREE), MACHINE, None, 1)[0].as_document()

    assert (document["started"], document["ended"]) == ("2026-11-21T12:00:00.000+00:00", None)


def test_a_stop_keeps_the_reason_with_the_execution() -> None:
    states = States()

    stop(states, EXECUTION, "wrong data")

    [request] = states.stopped
    assert (request["error"], request["cause"]) == ("Stopped", "wrong data")


def test_a_stop_is_waited_for_until_the_jobs_have_ended() -> None:
    states = States()
    states.statuses = ["RUNNING", "RUNNING", "ABORTED"]

    assert wait_for_the_end(states, EXECUTION, JumpingClock(), 60, 0.5) == "ABORTED"


def test_a_stop_is_not_waited_for_for_ever() -> None:
    states = States()
    states.statuses = ["RUNNING"] * 1000

    assert wait_for_the_end(states, EXECUTION, JumpingClock(), 60, 0.5) == "RUNNING"
