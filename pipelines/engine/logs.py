"""CloudWatch Logs of what the engine runs: its log files, as the groups that AWS writes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pipelines.engine.processes.log import LogEvent, read_backward, read_forward
from pipelines.engine.wire.service import ServiceError, UnknownOperation

_MAX_EVENTS = 10_000
_MAX_STREAMS = 50
_EVERYTHING = 1 << 62
Request = Mapping[str, Any]


@dataclass(frozen=True)
class LogStream:
    """One program's log. Times are seconds since the epoch; `arn` is the log group's."""

    name: str
    path: Path
    created: float
    modified: float
    arn: str


class LogSource(Protocol):
    """What writes logs: jobs, functions."""

    def log_streams(self, group: str) -> list[LogStream] | None:
        """The streams of a log group, oldest first; None: the group is somebody else's."""


class Logs:
    """Answers the reading operations on the engine's own groups; leaves others to moto."""

    def __init__(self, sources: Iterable[LogSource]) -> None:
        self._sources = tuple(sources)
        self.operations: dict[str, Callable[[list[LogStream], Request], dict[str, Any]]] = {
            "DescribeLogStreams": self._describe_log_streams,
            "GetLogEvents": self._get_log_events,
            "FilterLogEvents": self._filter_log_events,
        }

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation in self.operations:
            group = _group(request)
            for source in self._sources:
                streams = source.log_streams(group)
                if streams is not None:
                    return self.operations[operation](streams, request)
        raise UnknownOperation(operation)

    def _describe_log_streams(self, streams: list[LogStream], request: Request) -> dict[str, Any]:
        prefix = request.get("logStreamNamePrefix", "")
        found = [stream for stream in streams if stream.name.startswith(prefix)]
        if request.get("orderBy", "LogStreamName") == "LogStreamName":
            found.sort(key=lambda stream: stream.name)
        else:
            found.sort(key=lambda stream: stream.modified)
        if request.get("descending", False):
            found.reverse()
        start = _number(request.get("nextToken"))
        page = found[start : start + request.get("limit", _MAX_STREAMS)]
        response: dict[str, Any] = {"logStreams": [_description(stream) for stream in page]}
        if start + len(page) < len(found):
            response["nextToken"] = str(start + len(page))
        return response

    def _get_log_events(self, streams: list[LogStream], request: Request) -> dict[str, Any]:
        """A page of one stream; the tokens are byte offsets, so that a page costs what it holds."""
        path = _path(streams, request["logStreamName"])
        limit = request.get("limit", _MAX_EVENTS)
        token = request.get("nextToken", "")
        if token.startswith("b/"):
            events, first, end = read_backward(path, _number(token[2:]), limit)
        elif token or request.get("startFromHead", False):
            first = _number(token.removeprefix("f/"))
            events, end = read_forward(path, first, limit)
        else:
            events, first, end = read_backward(path, None, limit)
        return {
            "events": [
                {
                    "timestamp": each.timestamp,
                    "message": each.message,
                    "ingestionTime": each.timestamp,
                }
                for each in _within(events, request)
            ],
            "nextForwardToken": f"f/{end}",
            "nextBackwardToken": f"b/{first}",
        }

    def _filter_log_events(self, streams: list[LogStream], request: Request) -> dict[str, Any]:
        names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix", "")
        words = _words(request.get("filterPattern", ""))
        found = [
            (each.timestamp, stream.name, each.message)
            for stream in streams
            if stream.name.startswith(prefix) and (names is None or stream.name in names)
            for each in _within(_all_events(stream.path), request)
            if all(word in each.message for word in words)
        ]
        found.sort(key=lambda event: event[0])
        start = _number(request.get("nextToken"))
        page = found[start : start + request.get("limit", _MAX_EVENTS)]
        response: dict[str, Any] = {
            "events": [
                {
                    "logStreamName": stream,
                    "timestamp": timestamp,
                    "message": message,
                    "ingestionTime": timestamp,
                    "eventId": str(number),
                }
                for number, (timestamp, stream, message) in enumerate(page, start)
            ],
            "searchedLogStreams": [],
        }
        if start + len(page) < len(found):
            response["nextToken"] = str(start + len(page))
        return response


def _path(streams: list[LogStream], name: str) -> Path:
    for stream in streams:
        if stream.name == name:
            return stream.path
    raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.")


def _group(request: Request) -> str:
    """The group's name, also from an ARN."""
    name: str = request.get("logGroupName") or request.get("logGroupIdentifier") or ""
    return name.rpartition(":log-group:")[2].removesuffix(":*")


def _description(stream: LogStream) -> dict[str, Any]:
    created, modified = round(stream.created * 1000), round(stream.modified * 1000)
    return {
        "logStreamName": stream.name,
        "creationTime": created,
        "firstEventTimestamp": created,
        "lastEventTimestamp": modified,
        "lastIngestionTime": modified,
        "arn": f"{stream.arn}:log-stream:{stream.name}",
        "storedBytes": 0,  # as on AWS, where it is no longer counted
    }


def _all_events(path: Path) -> list[LogEvent]:
    return read_forward(path, 0, _EVERYTHING, _EVERYTHING)[0]


def _within(events: Iterable[LogEvent], request: Request) -> list[LogEvent]:
    start, end = request.get("startTime", 0), request.get("endTime", _EVERYTHING)
    return [event for event in events if start <= event.timestamp < end]


def _words(pattern: str) -> list[str]:
    """The terms of a filter pattern, all of which an event must have.

    >>> _words('error "no such column"')
    ['error', 'no such column']

    Raises:
        ServiceError: InvalidParameterException, for the forms that are not run here.
    """
    quoted = pattern.split('"')
    words = quoted[1::2] + [word for part in quoted[::2] for word in part.split()]
    if len(quoted) % 2 == 0 or any(
        word[0] in "{[%?-" for part in quoted[::2] for word in part.split()
    ):
        raise ServiceError(
            "InvalidParameterException",
            f"The local engine filters by plain terms only, not by {pattern!r}.",
        )
    return sorted(words)


def _number(token: str | None) -> int:
    try:
        return max(0, int(token or 0))
    except ValueError:
        raise ServiceError(
            "InvalidParameterException", "The specified nextToken is invalid."
        ) from None
