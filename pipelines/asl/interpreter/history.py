"""The history of an execution, in the form of GetExecutionHistory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.clock import Clock

MAX_EVENTS = 25_000
"""The quota on the history of one execution; passing it ends the execution."""

Event = dict[str, Any]
"""One event, as GetExecutionHistory returns it; `timestamp` is in seconds since the epoch."""

_NOT_TRUNCATED = {"truncated": False}


class HistoryFull(Exception):
    """There is room for only one more event, which tells of the end."""


class History:
    """Numbers events, in the order in which they happen, and hands them on.

    Attributes:
        last_id: The id of the event recorded last.
    """

    def __init__(self, sink: Callable[[Event], None], clock: Clock, last_id: int = 0) -> None:
        self._sink = sink
        self._clock = clock
        self.last_id = last_id

    def record(self, type: str, details: Mapping[str, Any] | None, previous_id: int) -> int:
        """Record an event that follows the one with id `previous_id`, and return its id.

        Raises:
            HistoryFull: the quota leaves room only for the event that ends the execution.
        """
        if self.last_id >= MAX_EVENTS - 1 and not type.startswith("Execution"):
            raise HistoryFull
        self.last_id += 1
        event: Event = {
            "timestamp": self._clock.now(),
            "type": type,
            "id": self.last_id,
            "previousEventId": previous_id,
        }
        if details is not None:
            event[_details_name(type)] = dict(details)
        self._sink(event)
        return self.last_id


def details_of(event: Event) -> Mapping[str, Any]:
    """The details of an event; empty if it has none."""
    details: Mapping[str, Any] = event.get(_details_name(event["type"]), {})
    return details


def _details_name(type: str) -> str:
    """The member of an event that holds its details.

    >>> _details_name("PassStateExited"), _details_name("TaskSucceeded")
    ('stateExitedEventDetails', 'taskSucceededEventDetails')
    """
    for general in ("StateEntered", "StateExited"):
        if type.endswith(general):
            type = general
    return f"{type[0].lower()}{type[1:]}EventDetails"


def input_details(text: str) -> dict[str, Any]:
    """`input`, which is JSON text, as an event has it."""
    return {"input": text, "inputDetails": dict(_NOT_TRUNCATED)}


def output_details(text: str) -> dict[str, Any]:
    """`output`, which is JSON text, as an event has it."""
    return {"output": text, "outputDetails": dict(_NOT_TRUNCATED)}


def failure_details(error: str | None, cause: str | None) -> dict[str, Any]:
    """Error and cause, each only if there is one."""
    details = {"error": error, "cause": cause}
    return {name: text for name, text in details.items() if text}
