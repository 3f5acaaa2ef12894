"""A state's parameters as a request of the service's API, and its response as a state's result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipelines.asl.integrations import Shape
from pipelines.asl.json_text import dumps

Naming = Callable[[str], str]
"""How a member's name in the service's model is written in a state."""
Times = Callable[[float], Any]
"""A time in seconds since the epoch, as a state gets it."""


def request_of(shape: Shape, value: Any, name: Naming) -> Any:
    """A state's value as the API takes it: its names, times as numbers, JSON where it wants text.

    What the model does not know stays as it is, for whoever holds the request to the model; a
    null is no value at all.
    """
    match shape.kind:
        case "structure" if isinstance(value, Mapping):
            members = {name(member): member for member in shape.members}
            return {
                members.get(key, key): (
                    request_of(shape.members[members[key]], item, name) if key in members else item
                )
                for key, item in value.items()
                if item is not None
            }
        case "list" if isinstance(value, list):
            return [request_of(shape.member, item, name) for item in value]
        case "map" if isinstance(value, Mapping):
            return {key: request_of(shape.value, item, name) for key, item in value.items()}
        case "string" if not isinstance(value, str):
            return dumps(value)
        case "blob":
            return (value if isinstance(value, str) else dumps(value)).encode("utf-8")
        case "timestamp" if isinstance(value, str):
            return _seconds(value)
    return value


def result_of(shape: Shape, value: Any, name: Naming, times: Times) -> Any:
    """A service's value as a state gets it: members that are there, by their names there."""
    match shape.kind:
        case "structure":
            return {
                name(member): result_of(inner, value[member], name, times)
                for member, inner in shape.members.items()
                if value.get(member) is not None
            }
        case "list":
            return [result_of(shape.member, item, name, times) for item in value]
        case "map":
            return {key: result_of(shape.value, item, name, times) for key, item in value.items()}
        case "timestamp" if isinstance(value, int | float):
            return times(value)
        case "blob" if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
    return value


def iso(seconds: float) -> str:
    """A time as the AWS SDK integrations write it.

    >>> iso(1767225600.25)
    '2026-01-01T00:00:00.250Z'
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(seconds: float) -> int:
    """A time as the optimized integrations write it: milliseconds since the epoch."""
    return round(seconds * 1000)


def _seconds(text: str) -> Any:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return text
