"""After `kill -9` at any event: histories are there, executions go on or say why they cannot."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines.asl.interpreter.callbacks import task_token
from pipelines.engine.wire.service import ServiceError
from tests.engine import dying
from tests.engine.running import Running, eventually, is_alive

ARN = "arn:aws:states:eu-central-1:000000000000:execution"
AT_ONCE = 4
ROOT = Path(__file__).parents[2]


def kill_at(folder: Path, scenario: str, event_ids: Sequence[int]) -> None:
    """Engines in FOLDER/<event id>, each of which died when that event was on disk."""
    command = [sys.executable, "-m", "tests.engine.dying", str(folder), scenario]
    # Some of them wait most of the time: several at once.
    shares = [event_ids[start::AT_ONCE] for start in range(min(AT_ONCE, len(event_ids)))]
    processes = [
        subprocess.Popen([*command, *map(str, share)], cwd=ROOT) for share in shares if share
    ]
    assert [process.wait(300) for process in processes] == [0] * len(processes)


@contextmanager
def next_engine(root: Path) -> Iterator[Running]:
    running = Running(root)
    try:
        yield running
    finally:
        running.close()


def history_on_disk(root: Path, machine: str) -> list[dict[str, Any]]:
    path = root / "executions/eu-central-1" / machine / dying.NAME / "history.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def history(running: Running, arn: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = running.states(
        "GetExecutionHistory", executionArn=arn, maxResults=1000
    )["events"]
    return events


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """The output and the events' types of an execution that nobody killed."""
    with next_engine(tmp_path_factory.mktemp("undisturbed") / ".local") as running:
        arn = dying.start(running, "plain")
        execution = running.execution_ended(arn)
        assert execution["status"] == "SUCCEEDED", execution
        return execution["output"], running.event_types(arn)


def test_an_execution_goes_on_to_the_same_end_whenever_the_engine_was_killed(
    tmp_path: Path, undisturbed: tuple[str, list[str]]
) -> None:
    output, types = undisturbed
    event_ids = list(range(1, len(types) + 1))
    kill_at(tmp_path, "plain", event_ids)
    arn = f"{ARN}:plain:{dying.NAME}"
    random.Random(0).shuffle(event_ids)  # whatever order they come back in

    def goes_on(event_id: int) -> None:
        before = history_on_disk(tmp_path / str(event_id), "plain")
        assert before[event_id - 1]["id"] == event_id
        with next_engine(tmp_path / str(event_id)) as running:
            execution = running.execution_ended(arn)
            if before[-1]["type"] == "TaskStarted":
                # Nobody knows whether the function was called.
                assert (execution["status"], execution["error"]) == (
                    *("ABORTED", "Local.EngineStopped"),
                )
                assert execution["cause"] == (
                    "The local engine stopped while the task of the state 'Try' ran."
                )
                running.states("RedriveExecution", executionArn=arn)
                execution = running.execution_ended(arn)
                told = [*types, "ExecutionAborted", "ExecutionRedriven"]
            else:
                told = types
            after = history(running, arn)

            assert (execution["status"], execution["output"]) == ("SUCCEEDED", output), event_id
            assert after[: len(before)] == before, event_id
            assert [event["id"] for event in after] == list(range(1, len(after) + 1))
            assert all(event["previousEventId"] < event["id"] for event in after)
            if told is types:
                assert sorted(event["type"] for event in after) == sorted(types), event_id

    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        assert len(list(pool.map(goes_on, event_ids))) == len(types)


def test_a_function_at_work_dies_with_the_engine_and_its_execution_is_aborted(
    tmp_path: Path,
) -> None:
    kill_at(tmp_path, "calling", [0, 1, 2, 3, 4])
    arn = f"{ARN}:calling:{dying.NAME}"
    pids = dying.pids_file(tmp_path / "0").read_text().split()
    eventually(lambda: not any(is_alive(int(pid)) for pid in pids))

    with next_engine(tmp_path / "0") as running:
        execution = running.execution_ended(arn)
        assert (execution["status"], execution["error"]) == ("ABORTED", "Local.EngineStopped")
        assert "the state 'Call'" in execution["cause"]
        assert list((tmp_path / "0/functions/environments").iterdir()) == []

    for event_id in (1, 2, 3):  # it had not been called: now it is
        with next_engine(tmp_path / str(event_id)) as running:
            eventually(lambda: dying.pids_file(running.root).exists())
            assert running.describe(arn)["status"] == "RUNNING"
    with next_engine(tmp_path / "4") as running:
        assert running.execution_ended(arn)["status"] == "ABORTED"


def test_an_execution_waits_on_for_another_one(tmp_path: Path) -> None:
    kill_at(tmp_path, "nesting", [1, 2, 3, 4, 5])
    arn = f"{ARN}:nesting:{dying.NAME}"

    for event_id in (1, 2, 3, 5):
        with next_engine(tmp_path / str(event_id)) as running:
            execution = running.execution_ended(arn)
            assert (execution["status"], execution["output"]) == ("SUCCEEDED", '"said"'), event_id
            assert running.event_types(arn).count("TaskSubmitted") == 1
    with next_engine(tmp_path / "4") as running:
        assert running.execution_ended(arn)["status"] == "ABORTED"


def test_a_map_run_goes_on_with_every_child_once(tmp_path: Path) -> None:
    children_s_events = 4 * 6
    moments = [*range(1, 8), *range(-children_s_events + 1, 0, 3)]
    kill_at(tmp_path, "each", moments)
    arn = f"{ARN}:each:{dying.NAME}"

    for moment in moments:
        with next_engine(tmp_path / str(moment)) as running:
            execution = running.execution_ended(arn)
            assert execution["status"] == "SUCCEEDED", (moment, execution)
            assert json.loads(execution["output"]) == [{"item": item} for item in (1, 2, 3, 4)]
            [run] = running.states("ListMapRuns", executionArn=arn)["mapRuns"]
            children = running.states("ListExecutions", mapRunArn=run["mapRunArn"])["executions"]
            assert [child["status"] for child in children] == ["SUCCEEDED"] * 4
            for child in children:
                events = history(running, child["executionArn"])
                assert [event["type"] for event in events] == [
                    *("ExecutionStarted", "WaitStateEntered", "WaitStateExited"),
                    *("PassStateEntered", "PassStateExited", "ExecutionSucceeded"),
                ]


def test_a_token_is_waited_for_on_and_on(tmp_path: Path) -> None:
    kill_at(tmp_path, "waiting", [2, 3, 5])
    arn = f"{ARN}:waiting:{dying.NAME}"
    token = task_token(arn, dying.SCHEDULED_ID)

    for event_id in (2, 3, 5):
        with next_engine(tmp_path / str(event_id)) as running:
            if event_id < 5:  # the function had not been called: nobody could have the token
                eventually(lambda: "TaskSubmitted" in running.event_types(arn))
            running.states("SendTaskSuccess", taskToken=token, output='"yes"')
            assert running.execution_ended(arn)["output"] == '"yes"'


def test_what_was_sent_for_a_token_is_not_lost(tmp_path: Path) -> None:
    kill_at(tmp_path, "waiting", [0])
    arn = f"{ARN}:waiting:{dying.NAME}"
    assert history_on_disk(tmp_path / "0", "waiting")[-1]["type"] == "TaskSubmitted"

    with next_engine(tmp_path / "0") as running:
        assert running.execution_ended(arn)["output"] == '"yes"'
        token = task_token(arn, dying.SCHEDULED_ID)
        with pytest.raises(ServiceError) as caught:
            running.states("SendTaskSuccess", taskToken=token, output='"no"')
        assert caught.value.code == "TaskTimedOut"


def test_a_retry_is_waited_for_only_as_long_as_is_left(tmp_path: Path) -> None:
    """The engine is dead for longer than the delay: the next attempt comes at once."""
    with next_engine(tmp_path / ".local") as running:
        retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 1}
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "none"},
            "Retry": [retry],
            "End": True,
        }
        arn = running.start(running.machine({"Try": state}))
        eventually(lambda: "TaskFailed" in running.event_types(arn))
    [path] = (tmp_path / ".local/executions").glob("*/*/*/history.jsonl")
    events = [json.loads(line) for line in path.read_text().splitlines()]
    for event in events:
        event["timestamp"] -= 120
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))

    with next_engine(tmp_path / ".local") as running:
        execution = running.execution_ended(arn)

        assert execution["error"] == "Lambda.ResourceNotFoundException"
        assert running.event_types(arn).count("TaskFailed") == 2
