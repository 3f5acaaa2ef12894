"""What each task of a recorded execution answered, from the events of its history."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.testing.recorded.recording import Event, RecordingError, seconds

_SCHEDULED = re.compile(r"(Task|LambdaFunction|Activity)Scheduled")
_FAMILY = re.compile(r"(Task|LambdaFunction|Activity)([A-Z]\w+)")

_FOLLOWING_NONE = {"ExecutionAborted", "ExecutionTimedOut"}
"""Ends whose previousEventId is 0: what a redrive goes on with stands before them."""

UNTIMED_EVENT_S = 0.001
"""Where a history has no times, each event counts as so much later than the one before it."""


@dataclass(frozen=True)
class Attempt:
    """One recorded attempt of a Task state.

    Attributes:
        state: The state's name.
        request: What was sent, a JSON value.
        submitted: The service's first response, JSON text; None: there was none.
        started: The details of ActivityStarted; None: there is no such event.
        ended: How it ended; None: the history does not say, the execution ended first.
        output: JSON text, if it succeeded.
        took_s: Seconds from being scheduled to its end.
    """

    state: str
    request: Any
    submitted: str | None
    started: Mapping[str, Any] | None
    ended: Literal["succeeded", "failed", "timed out"] | None
    output: str | None
    error: str | None
    cause: str | None
    took_s: float


def attempts(events: Sequence[Event], *, since: int = 0) -> list[Attempt]:
    """The attempts of a history, in the order in which they were scheduled.

    Args:
        since: Leaves out those of so many first events: what came before a redrive.

    Raises:
        RecordingError: the history has gaps.
    """
    by_id = {event["id"]: event for event in events}
    after: dict[int, list[Event]] = {}
    for event in events:
        after.setdefault(event["previousEventId"], []).append(event)
    times = _times(events)
    found = []
    for event in events[since:]:
        if _SCHEDULED.fullmatch(event["type"]):
            state = _state(event, by_id)
            found.append(_attempt(event, state, after, times))
    return found


def _times(events: Sequence[Event]) -> dict[int, float]:
    """When each event happened, by its id."""
    given = [seconds(event.get("timestamp")) for event in events]
    if None in given:
        return {event["id"]: number * UNTIMED_EVENT_S for number, event in enumerate(events)}
    return {event["id"]: at for event, at in zip(events, given, strict=True) if at is not None}


def _state(event: Event, by_id: dict[int, Event]) -> str:
    """The name of the state in which an event happened."""
    while "stateEnteredEventDetails" not in event:
        previous = by_id.get(event["previousEventId"])
        if previous is None and event["type"] in _FOLLOWING_NONE:
            previous = by_id.get(event["id"] - 1)
        if previous is None:
            raise RecordingError(
                f"event {event['id']} ({event['type']}) follows event"
                f" {event['previousEventId']}, which is not there"
            )
        event = previous
    return str(event["stateEnteredEventDetails"]["name"])


def _attempt(
    event: Event, state: str, after: dict[int, list[Event]], times: dict[int, float]
) -> Attempt:
    scheduled, submitted, started, end = event, None, None, None
    while end is None:
        following = [each for each in after.get(event["id"], ()) if _FAMILY.match(each["type"])]
        if not following:
            break
        event = following[0]
        match = _FAMILY.fullmatch(event["type"])
        if match and match[2] == "Submitted":
            submitted = _details(event).get("output")
        elif event["type"] == "ActivityStarted":
            started = _details(event)
        elif match and match[2] not in ("Started", "Scheduled"):
            end = event
    details = _details(end) if end is not None else {}
    return Attempt(
        state=state,
        request=_request(scheduled),
        submitted=submitted,
        started=started,
        ended=_ended(end),
        output=details.get("output"),
        error=details.get("error"),
        cause=details.get("cause"),
        took_s=times[end["id"]] - times[scheduled["id"]] if end is not None else 0.0,
    )


def _ended(end: Event | None) -> Literal["succeeded", "failed", "timed out"] | None:
    if end is None:
        return None
    if end["type"].endswith("Succeeded"):
        return "succeeded"
    return "timed out" if end["type"].endswith("TimedOut") else "failed"


def _request(scheduled: Event) -> Any:
    details = _details(scheduled)
    text = details.get("parameters", details.get("input", "null"))
    try:
        return json.loads(text)
    except ValueError:
        return text


def _details(event: Event) -> dict[str, Any]:
    name = event["type"]
    found: dict[str, Any] = event.get(f"{name[0].lower()}{name[1:]}EventDetails") or {}
    return found
