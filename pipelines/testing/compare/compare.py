"""Holds an execution that the interpreter ran against one that was recorded from AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.model import show
from pipelines.asl.simulation import Simulation
from pipelines.testing.compare.equality import MISSING, Equality
from pipelines.testing.recorded import Recording, replay

_JSON_TEXTS = {"input", "output", "parameters", "cause"}
_TEXTS_BY_NAME = {"assignedVariables"}


@dataclass(frozen=True)
class Comparison:
    """One recording and what the interpreter made of it.

    Attributes:
        name: The recording's, and `language` JSONPath or JSONata.
        outcome: Whether status, output and error are the same.
        types: Whether the sequence of the events' types is; None: no history was recorded.
        fields: Whether every member of every event is; None as above.
        differences: Each in a line; empty if there are none.
    """

    name: str
    language: str
    outcome: bool
    types: bool | None
    fields: bool | None
    differences: tuple[str, ...] = field(default=(), repr=False)


def compare(recording: Recording, *, decoded: bool = False) -> Comparison:
    """Replay a recording, and compare.

    Args:
        decoded: As in Equality: the recording's texts that are JSON were replaced by their values.

    An error of the interpreter's own is a difference in everything.
    """
    try:
        run = replay(recording)
    except Exception as error:
        return _not_run(recording, error)
    return compare_run(recording, run, decoded=decoded)


def _not_run(recording: Recording, error: Exception) -> Comparison:
    said = f"the replay raised {type(error).__name__}: {error}"
    events = False if recording.events else None
    return Comparison(recording.name, recording.language, False, events, events, (said,))


def compare_run(recording: Recording, run: Simulation, *, decoded: bool = False) -> Comparison:
    """Compare a recording with an execution that has been run."""
    equality = Equality(_generated(recording, run), decoded=decoded)
    outcome = list(_outcome(recording, run, equality))
    types: list[str] = []
    fields: list[str] = []
    if recording.events:
        types = list(_types(recording, run))
        fields = list(_events(recording, run, equality))
    return Comparison(
        name=recording.name,
        language=recording.language,
        outcome=not outcome,
        types=not types if recording.events else None,
        fields=not types and not fields if recording.events else None,
        differences=tuple([*outcome, *types, *fields]),
    )


def _generated(recording: Recording, run: Simulation) -> set[str]:
    """The texts of ours that AWS makes anew for each execution, or that are an account's."""
    tokens = (call.context.get("Task", {}).get("Token") for call in run.calls)
    texts = {token for token in tokens if token is not None}
    known = recording.execution
    for part, arn in (("Execution", "executionArn"), ("StateMachine", "stateMachineArn")):
        if arn not in known:
            texts |= {run.context[part]["Id"], run.context[part]["Name"]}
    return texts


def _outcome(recording: Recording, run: Simulation, equality: Equality) -> Iterator[str]:
    if recording.status == "RUNNING":
        return
    if run.status != recording.status:
        yield _line("status", run.status, recording.status)
    if run.error != recording.error:
        yield _line("error", run.error, recording.error)
        if run.error == "States.ItemReaderFailed" and not recording.objects:
            yield "the recording has no `objects`: what the Map read from S3"
    if recording.output is not None and run.status == "SUCCEEDED":
        for place, ours, theirs in equality.differences(run.output, _json(recording.output)):
            yield _line(f"output.{show(place)}" if place else "output", ours, theirs)


def _types(recording: Recording, run: Simulation) -> Iterator[str]:
    ours = [event["type"] for event in run.history]
    theirs = [event["type"] for event in recording.events]
    if recording.status == "RUNNING":
        ours = ours[: len(theirs)]
    if ours == theirs:
        return
    number = next(
        (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b),
        min(len(ours), len(theirs)),
    )
    yield (
        f"event types from the {number + 1}. on: ours {' '.join(ours[number:][:6]) or 'none'}"
        f", recorded {' '.join(theirs[number:][:6]) or 'none'}"
    )


def _events(recording: Recording, run: Simulation, equality: Equality) -> Iterator[str]:
    for ours, theirs in zip(run.history, recording.events, strict=False):
        if ours["type"] != theirs["type"]:
            return
        found = equality.differences(_values(ours), _values(theirs), (ours["type"],))
        for place, mine, recorded in found:
            yield _line(f"event {theirs['id']} {show(place)}", mine, recorded)


def _values(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event with its JSON texts as values, and without its timestamp."""
    return {
        name: _details(value) if isinstance(value, Mapping) else value
        for name, value in event.items()
        if name != "timestamp"
    }


def _details(details: Mapping[str, Any]) -> dict[str, Any]:
    values = {}
    for name, value in details.items():
        if name in _JSON_TEXTS and isinstance(value, str):
            value = _json(value)
        elif name in _TEXTS_BY_NAME and isinstance(value, Mapping):
            value = {variable: _json(text) for variable, text in value.items()}
        values[name] = value
    return values


def _json(text: Any) -> Any:
    """What a text says if it is JSON; itself if it is not."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _line(what: str, ours: Any, recorded: Any) -> str:
    return f"{what}: ours {_shown(ours)}, recorded {_shown(recorded)}"


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:297]}..."
