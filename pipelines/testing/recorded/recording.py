"""An execution recorded from AWS: what was started, and the history that came of it.

A recording is one JSON file
    {"definition": {…} or its text, "input": "…", "history": {"events": […]}, "execution": {…},
     "objects": {"bucket/key": …}}
or a folder with a file for each answer of the AWS CLI
    history.json      aws stepfunctions get-execution-history --execution-arn … --max-items 25000
    machine.json      aws stepfunctions describe-state-machine-for-execution …  (or the definition)
    execution.json    aws stepfunctions describe-execution …, or the input of start-execution
`history` may also be the list of events; `input` and `execution` may be missing where there is a
history, and the history where `execution` tells the outcome.  `objects` are those that a
Distributed Map read from S3: text, or JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.asl.model import Machine
from pipelines.errors import InputError

Event = Mapping[str, Any]

_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


class RecordingError(InputError):
    """A file or folder is no recorded execution."""


@dataclass(frozen=True)
class Recording:
    """One recorded execution.

    Attributes:
        name: The file's or folder's, or what the recording calls itself.
        input: A JSON value.
        events: The history; empty if only the outcome was recorded.
        status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED; RUNNING if it had not ended yet.
        output: JSON text, if it SUCCEEDED; else there may be `error` and `cause`.
        execution: What DescribeExecution answered, as far as it is there.
        objects: What a Distributed Map read from S3, by ``bucket/key``.
    """

    name: str
    definition: Mapping[str, Any] = field(repr=False)
    input: Any = field(repr=False)
    events: Sequence[Event] = field(repr=False)
    status: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    execution: Mapping[str, Any] = field(default_factory=dict, repr=False)
    objects: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def language(self) -> str:
        """JSONata if any of its states is written in it, else JSONPath."""
        machine = Machine(self.definition)
        languages = {machine.language, *(state.language for state in machine.states)}
        return "JSONata" if "JSONata" in languages else "JSONPath"

    @property
    def started(self) -> float | None:
        """When it started, in seconds since the epoch, if that was recorded."""
        first = self.events[0].get("timestamp") if self.events else None
        return seconds(first) or seconds(self.execution.get("startDate"))

    @property
    def ended(self) -> float | None:
        """When it ended, in seconds since the epoch, if that was recorded."""
        return seconds(self.events[-1].get("timestamp")) if self.events else None

    @property
    def runs(self) -> Sequence[Recording]:
        """The recording as it was at each end of the execution: before each redrive, and now."""
        redrives = [n for n, each in enumerate(self.events) if each["type"] == "ExecutionRedriven"]
        return [*(self._until(number) for number in redrives), self]

    def _until(self, number: int) -> Recording:
        outcome = {"output": None, "error": None, "cause": None}
        outcome |= _outcome(self.events[number - 1])
        return replace(self, events=self.events[:number], **outcome)  # type: ignore[arg-type]


def seconds(timestamp: Any) -> float | None:
    """Seconds since the epoch, of a number or of text as the AWS CLI prints it; None: neither.

    >>> seconds("2026-01-01T00:00:00.250000+00:00"), seconds(1.5), seconds("timestamp")
    (1767225600.25, 1.5, None)
    """
    if isinstance(timestamp, int | float) and not isinstance(timestamp, bool):
        return float(timestamp)
    if isinstance(timestamp, datetime):
        return timestamp.timestamp()
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except (TypeError, ValueError):
        return None


def find_recordings(path: Path) -> Iterator[Recording]:
    """Every recording that a file is or a folder holds, at any depth, by name.

    Raises:
        RecordingError: there is none, or one that cannot be read.
    """
    found = False
    for recording in _found(path):
        found = True
        yield recording
    if not found:
        raise RecordingError(f"{path} holds no recorded execution: no history.json, no …json")


def _found(path: Path) -> Iterator[Recording]:
    if path.is_file() or (path / "history.json").exists():
        yield read_recording(path)
        return
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from None
    around = {path.resolve(), *path.resolve().parents}  # where a link may lead back to
    for each in inside:
        if each.is_file() and each.suffix == ".json":
            yield read_recording(each)
        elif each.is_dir() and each.resolve() not in around:
            yield from _found(each)


def read_recording(path: Path) -> Recording:
    """Read one recording, a file or a folder.

    Raises:
        RecordingError: it is none, or not whole.
    """
    parts = _json(path) if path.is_file() else _answers(path)
    try:
        return recording_of(parts, path.stem if path.is_file() else path.name)
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from None


def _answers(folder: Path) -> dict[str, Any]:
    """The answers of the AWS CLI that lie in a folder, each under the name of its part."""
    parts: dict[str, Any] = {"history": _json(folder / "history.json")}
    for name, file in (("definition", "machine.json"), ("execution", "execution.json")):
        if (folder / file).exists():
            parts[name] = _json(folder / file)
    return parts


def recording_of(parts: Any, name: str = "recording") -> Recording:
    """A recording from its parts.

    Raises:
        RecordingError: a part is missing, or is not what it must be.
    """
    if not isinstance(parts, Mapping):
        raise RecordingError("a recording is a JSON object")
    execution = _object(parts, "execution")
    history = parts.get("history", parts.get("events", []))
    events = history.get("events", []) if isinstance(history, Mapping) else history
    _hold_to_their_form(events)
    if not events and "status" not in execution:
        raise RecordingError("there is neither a history nor an execution's status")
    outcome = _outcome(events[-1]) if events else dict(execution)
    return Recording(
        name=str(parts.get("id", name)),
        definition=_definition(parts.get("definition")),
        input=_input(parts, execution, events),
        events=tuple(events),
        status=outcome["status"],
        output=outcome.get("output"),
        error=outcome.get("error"),
        cause=outcome.get("cause"),
        execution=execution,
        objects=_object(parts, "objects"),
    )


def _object(parts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part that is an object, or is not there."""
    part = parts.get(name)
    if not isinstance(part, Mapping | None):
        raise RecordingError(f"{name!r} is not a JSON object")
    return part or {}


def _hold_to_their_form(events: Any) -> None:
    """Raise RecordingError unless these are events as GetExecutionHistory writes them."""
    if not isinstance(events, list | tuple):
        raise RecordingError("the history is no list of events")
    for number, event in enumerate(events, start=1):
        if not isinstance(event, Mapping):
            raise RecordingError(f"event {number} is not a JSON object")
        for member, kind in (("id", int), ("previousEventId", int), ("type", str)):
            if not isinstance(event.get(member), kind):
                raise RecordingError(f"event {number} lacks its {member}")
        for member, details in event.items():
            if member.endswith("EventDetails") and not isinstance(details, Mapping):
                raise RecordingError(f"{member} of event {number} is not a JSON object")


def _outcome(last: Event) -> dict[str, Any]:
    status = _ENDS.get(last.get("type", ""))
    if status is None:
        return {"status": "RUNNING"}
    name = f"{last['type'][0].lower()}{last['type'][1:]}EventDetails"
    details = dict(last.get(name) or {})
    if status == "TIMED_OUT":
        details.pop("error", None)  # DescribeExecution does not tell it
    return {"status": status, **details}


def _definition(part: Any) -> Mapping[str, Any]:
    if isinstance(part, Mapping) and "definition" in part:  # DescribeStateMachine's answer
        part = part["definition"]
    if isinstance(part, str):
        part = _of_text("definition", part)
    if not isinstance(part, Mapping):
        raise RecordingError(
            "there is no definition: aws stepfunctions describe-state-machine-for-execution"
            " writes machine.json"
        )
    return part


def _input(parts: Mapping[str, Any], execution: Mapping[str, Any], events: Sequence[Event]) -> Any:
    text = parts.get("input", execution.get("input"))
    if text is None and events:
        text = events[0].get("executionStartedEventDetails", {}).get("input")
    if not isinstance(text, str):
        raise RecordingError("there is no input: the JSON text that the execution started with")
    return _of_text("input", text)


def _of_text(what: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"the {what} is no JSON text: {error}") from None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise RecordingError(f"{path}: {error}") from None
