"""The events of a task: those of a service integration, a Lambda function or an activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.interpreter.history import failure_details, input_details, output_details
from pipelines.asl.interpreter.run import Frame
from pipelines.asl.resources import is_activity, parse_resource


@dataclass(frozen=True)
class TaskEvents:
    """Records what happens to a task.

    Attributes:
        frame: The line of states in which the task is run.
        family: How the events' names begin.
        name: How a task whose result is too large is called.
        common: What every event of the task has.
        scheduled: What the first one has beside that.
        input: The member of the first one that is the task's input.
        started_by_us: Whether the task is started as soon as it is scheduled.
        token: Whether a token can end the task, and `waits` whether only a token can.
    """

    frame: Frame
    family: str
    name: str
    common: Mapping[str, Any]
    scheduled: Mapping[str, Any]
    input: str
    started_by_us: bool = True
    token: bool = False
    waits: bool = False

    def schedule(self, arguments: str, limits: Mapping[str, Any]) -> None:
        """The task is to be run with these arguments, which are JSON text."""
        given = input_details(arguments) if self.input == "input" else {self.input: arguments}
        details = {**self.scheduled, **given, **limits}
        self.record("Scheduled", details)

    def start(self) -> None:
        """The task is started; that of a Lambda function has no details at all."""
        self.frame.record(f"{self.family}Started", self.common or None)

    def succeed(self, result: str) -> None:
        """The task has a result, which is JSON text."""
        self.record("Succeeded", {"output": result})

    def fail(self, error: str | None, cause: str | None) -> None:
        self.record("Failed", failure_details(error, cause))

    def time_out(self, error: str | None) -> None:
        self.record("TimedOut", failure_details(error, None))

    def record(self, what: str, details: Mapping[str, Any]) -> None:
        """Add an event; `what` is the end of its name."""
        if "output" in details:
            details = {**details, **output_details(details["output"])}
        self.frame.record(f"{self.family}{what}", {**self.common, **details})


def events_of(resource: str, frame: Frame) -> TaskEvents:
    """The events of a task by its Resource."""
    if is_activity(resource):
        return _called("Activity", resource, frame)
    try:
        parsed = parse_resource(resource)
    except AslSyntaxError:
        return _called("LambdaFunction", resource, frame)
    return TaskEvents(
        frame=frame,
        family="Task",
        name=parsed.service,
        common={"resourceType": parsed.service, "resource": parsed.name},
        scheduled={"region": frame.region},
        input="parameters",
        token=bool(parsed.pattern),
        waits=parsed.pattern == "waitForTaskToken",
    )


def _called(family: str, resource: str, frame: Frame) -> TaskEvents:
    """The events of what is called by its own ARN; an activity is started by its worker."""
    is_activity = family == "Activity"
    return TaskEvents(
        frame=frame,
        family=family,
        name=resource,
        common={},
        scheduled={"resource": resource},
        input="input",
        started_by_us=not is_activity,
        token=is_activity,
        waits=is_activity,
    )
