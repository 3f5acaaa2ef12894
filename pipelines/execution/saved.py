"""A history that was saved: `aws stepfunctions get-execution-history … > history.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.errors import InputError
from pipelines.execution.history import Event

_HINT = "aws stepfunctions get-execution-history --execution-arn ARN > history.json writes one."


def read_history(path: Path) -> Sequence[Event]:
    """The events of a saved history, in order: a document with `events`, or the list itself.

    Raises:
        InputError: it cannot be read, or is not one.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {error}", hint=_HINT) from error
    if isinstance(document, Mapping) and isinstance(document.get("history"), Mapping | list):
        document = document["history"]
    events = document.get("events") if isinstance(document, Mapping) else document
    if not isinstance(events, list) or not events:
        raise InputError(f"{path} is not the history of an execution: no events", hint=_HINT)
    read = sorted((_event(path, n, event) for n, event in enumerate(events)), key=_id)
    if read[0]["type"] != "ExecutionStarted":
        raise InputError(
            f"{path} does not begin with ExecutionStarted but with {read[0]['type']}: it is a part "
            "of a history",
            hint="Save all of it: without --max-items, and with --include-execution-data.",
        )
    return read


def _id(event: Event) -> int:
    number: int = event["id"]
    return number


def _event(path: Path, number: int, event: Any) -> Event:
    try:
        return {
            **event,
            "id": int(event["id"]),
            "type": str(event["type"]),
            "previousEventId": int(event.get("previousEventId", 0)),
            "timestamp": _time(event["timestamp"]),
        }
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise InputError(
            f"{path}: event {number + 1} is not one of an execution's history: "
            f"{type(error).__name__}: {error}",
            hint=_HINT,
        ) from error


def _time(value: Any) -> datetime:
    """A time as the AWS CLI writes it: ISO 8601, or seconds since the epoch (its first version)."""
    if isinstance(value, str):
        at = datetime.fromisoformat(value)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(value), UTC)
