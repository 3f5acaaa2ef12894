"""What is on disk of an execution.

.local/executions/<region>/<state machine>/<execution>/
    execution.json      what DescribeExecution says
    state_machine.json  the state machine as it was when the execution started
    history.jsonl       an event a line, each written as it happens
    answers.jsonl       what was sent for its task tokens, a line each

The history is the only truth. What execution.json says of an execution that has ended is drawn
from the history's last event; what it says of one that runs is only that it has been started.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.asl.interpreter import Event
from pipelines.engine.arns import arn_parts
from pipelines.engine.executions.machine import StateMachine, from_json, to_json
from pipelines.engine.files import folder_name, read_json, write_json

RUNNING = "RUNNING"


@dataclass(frozen=True)
class Execution:
    """An execution; `input` and `output` are JSON text, times are seconds since the epoch.

    Attributes:
        asked_to_stop: The error and the cause of a StopExecution that it has not yet followed.
        redrive_count: How often it was redriven, and `redriven` when it was the last time.
        redrive_tokens: The client tokens of redrives, and when each was used first.
        trace_header: As it was given.
        version_arn: The version of the state machine, if it was started by one or by an alias.
        alias_arn: The alias, if it was started by one.
        last_event_id: How many events its history has, once it has ended.
    """

    arn: str
    name: str
    machine_arn: str
    input: str
    started: float
    status: str = RUNNING
    stopped: float | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    asked_to_stop: tuple[str | None, str | None] | None = None
    redrive_count: int = 0
    redriven: float | None = None
    redrive_tokens: dict[str, float] = field(default_factory=dict)
    trace_header: str | None = None
    version_arn: str | None = None
    alias_arn: str | None = None
    last_event_id: int = 0


class ExecutionFiles:
    """The folder of one execution."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._history: BinaryIO | None = None

    def create(self, execution: Execution, machine: StateMachine) -> None:
        """Make the folder: last, what makes it an execution."""
        self._folder.mkdir(parents=True, exist_ok=True)
        machine = replace(machine, versions={}, aliases={})
        write_json(self._folder / "state_machine.json", to_json(machine))
        self.write(execution)

    def exist(self) -> bool:
        """Whether an execution has this folder."""
        return (self._folder / "execution.json").exists()

    def write(self, execution: Execution) -> None:
        write_json(self._folder / "execution.json", vars(execution))

    def read(self) -> Execution:
        return Execution(**read_json(self._folder / "execution.json"))

    def read_machine(self) -> StateMachine:
        return from_json(read_json(self._folder / "state_machine.json"))

    def append(self, event: Event) -> None:
        """Add an event; when this returns, it survives the engine."""
        if self._history is None:
            self._history = (self._folder / "history.jsonl").open("ab", buffering=0)
        self._history.write(json.dumps(event).encode("ascii") + b"\n")

    def append_answer(self, answer: Mapping[str, Any]) -> None:
        """Add what was sent for a task token; when this returns, it survives the engine."""
        with (self._folder / "answers.jsonl").open("ab", buffering=0) as file:
            file.write(json.dumps(answer).encode("ascii") + b"\n")

    def read_answers(self) -> list[dict[str, Any]]:
        """Every answer; one that was being written when the engine died is none."""
        path = self._folder / "answers.jsonl"
        return _complete_lines(path) if path.exists() else []

    def close(self) -> None:
        if self._history is not None:
            self._history.close()
            self._history = None

    def read_events(self) -> list[Event]:
        """Every event; one that was being written when the engine died is none."""
        path = self._folder / "history.jsonl"
        return _complete_lines(path) if path.exists() else []

    def drop_torn_event(self) -> None:
        """Remove what is left of an event that was being written when the engine died."""
        path = self._folder / "history.jsonl"
        if path.exists():
            content = path.read_bytes()
            with path.open("r+b") as file:
                file.truncate(content.rfind(b"\n") + 1)


def _complete_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def execution_folder(root: Path, execution_arn: str) -> Path:
    """Where an execution's files lie, below `.local`."""
    region, machine, name = arn_parts(execution_arn)
    return root / "executions" / region / folder_name(machine) / folder_name(name)


def all_folders(root: Path) -> Iterator[Path]:
    """The folder of every execution that has been started."""
    for path in sorted((root / "executions").glob("*/*/*/execution.json")):
        yield path.parent


EXECUTION_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}
"""The events that end an execution, and the status that it has then."""


def ended_by(execution: Execution, event: Event) -> Execution | None:
    """The execution after its last event; None if the event is not a last one."""
    status = EXECUTION_ENDS.get(event["type"])
    if status is None:
        return None
    details: dict[str, Any] = event.get(f"e{event['type'][1:]}EventDetails", {})
    return replace(
        execution,
        status=status,
        stopped=event["timestamp"],
        output=details.get("output"),
        error=None if status == "TIMED_OUT" else details.get("error"),
        cause=details.get("cause"),
        asked_to_stop=None,
        last_event_id=event["id"],
    )
