"""CloudWatch Logs of jobs: their log files, as the two log groups that SageMaker writes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelines.engine.jobs.job import Job
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.log import LogEvent, read_backward, read_forward
from pipelines.engine.wire.service import ServiceError, UnknownOperation

_MAX_EVENTS = 10_000
_MAX_STREAMS = 50
_EVERYTHING = 1 << 62
Request = Mapping[str, Any]


class JobLogs:
    """Answers the reading operations on the jobs' log groups; leaves other groups to moto."""

    def __init__(self, kinds: Iterable[Jobs]) -> None:
        self._groups = {jobs.kind.log_group: jobs for jobs in kinds}
        self._operations: dict[str, Callable[[Jobs, Request], dict[str, Any]]] = {
            "DescribeLogStreams": self._describe_log_streams,
            "GetLogEvents": self._get_log_events,
            "FilterLogEvents": self._filter_log_events,
        }

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        group = _group(request)
        if operation not in self._operations or group not in self._groups:
            raise UnknownOperation(operation)
        return self._operations[operation](self._groups[group], request)

    def _describe_log_streams(self, jobs: Jobs, request: Request) -> dict[str, Any]:
        prefix = request.get("logStreamNamePrefix", "")
        found = [job for job in jobs.all() if job.record.stream.startswith(prefix)]
        if request.get("orderBy", "LogStreamName") == "LogStreamName":
            found.sort(key=lambda job: job.record.stream)
        else:
            found.sort(key=lambda job: job.record.modified)
        if request.get("descending", False):
            found.reverse()
        start = _number(request.get("nextToken"))
        page = found[start : start + request.get("limit", _MAX_STREAMS)]
        response: dict[str, Any] = {"logStreams": [_stream(jobs, job) for job in page]}
        if start + len(page) < len(found):
            response["nextToken"] = str(start + len(page))
        return response

    def _get_log_events(self, jobs: Jobs, request: Request) -> dict[str, Any]:
        """A page of one stream; the tokens are byte offsets, so that a page costs what it holds."""
        path = self._path(jobs, request["logStreamName"])
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

    def _filter_log_events(self, jobs: Jobs, request: Request) -> dict[str, Any]:
        names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix", "")
        words = _words(request.get("filterPattern", ""))
        found = [
            (each.timestamp, job.record.stream, each.message)
            for job in jobs.all()
            if job.record.stream.startswith(prefix)
            and (names is None or job.record.stream in names)
            for each in _within(_all_events(job.log_path), request)
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

    def _path(self, jobs: Jobs, stream: str) -> Path:
        for job in jobs.all():
            if job.record.stream == stream:
                return job.log_path
        raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.")


def _group(request: Request) -> str:
    """The group's name, also from an ARN."""
    name: str = request.get("logGroupName") or request.get("logGroupIdentifier") or ""
    return name.rpartition(":log-group:")[2].removesuffix(":*")


def _stream(jobs: Jobs, job: Job) -> dict[str, Any]:
    group, stream = jobs.kind.log_group, job.record.stream
    partition, _, region, account = job.record.arn.split(":")[1:5]
    milliseconds = round(job.record.created * 1000)
    return {
        "logStreamName": stream,
        "creationTime": milliseconds,
        "firstEventTimestamp": milliseconds,
        "lastEventTimestamp": round(job.record.modified * 1000),
        "lastIngestionTime": round(job.record.modified * 1000),
        "arn": f"arn:{partition}:logs:{region}:{account}:log-group:{group}:log-stream:{stream}",
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
