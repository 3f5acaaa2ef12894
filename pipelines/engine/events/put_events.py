"""EventBridge's operations that bring events and rules in; moto keeps the buses and the rules.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelines.engine.calls import request_region
from pipelines.engine.events.bus import DEFAULT, EventBus, new_event
from pipelines.engine.events.patterns import read_pattern
from pipelines.engine.wire.service import ServiceError, UnknownOperation

_MOST_ENTRIES = 10
_LARGEST = 262_144
Request = Mapping[str, Any]


class Events:
    """PutEvents; and PutRule, as far as to refuse a pattern that the engine would misread."""

    operations = frozenset({"PutEvents", "PutRule"})

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation == "PutRule" and request.get("EventPattern"):
            read_pattern(request["EventPattern"])
        if operation != "PutEvents":
            raise UnknownOperation(operation)
        return self._put_events(request)

    def _put_events(self, request: Request) -> dict[str, Any]:
        entries = list(request.get("Entries", ()))
        if not 1 <= len(entries) <= _MOST_ENTRIES:
            raise ServiceError(
                "ValidationException",
                f"1 validation error detected: Value at 'entries' failed to satisfy constraint: "
                f"Member must have length between 1 and {_MOST_ENTRIES}",
            )
        if sum(map(_size, entries)) > _LARGEST:
            raise ServiceError(
                "ValidationException", "Total size of the entries in the request is over the limit."
            )
        results = [self._put(entry) for entry in entries]
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}

    def _put(self, entry: Request) -> dict[str, str]:
        for member in ("Source", "DetailType", "Detail"):
            if not entry.get(member):
                reason = (
                    f"Parameter {member} is not valid. Reason: {member} is a required argument."
                )
                return {"ErrorCode": "InvalidArgument", "ErrorMessage": reason}
        if entry["Source"].startswith("aws."):
            reason = "Not authorized for the source."
            return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": reason}
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        event = new_event(
            entry["Source"],
            entry["DetailType"],
            detail,
            region=request_region.get(),
            resources=list(entry.get("Resources") or ()),
            at=entry.get("Time"),
        )
        self._bus.send(event, (entry.get("EventBusName") or DEFAULT).rpartition("/")[2])
        return {"EventId": event["id"]}


def _size(entry: Request) -> int:
    """As EventBridge counts an entry, in bytes; a time has 14."""
    texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail")]
    texts += entry.get("Resources") or ()
    return 14 * ("Time" in entry) + sum(len(str(text or "").encode()) for text in texts)
