"""The seam between the language and the services: what runs a Task state's resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pipelines.asl.errors import StateError
from pipelines.signals import Signal


class TaskFailed(StateError):
    """A task ended in an error: `error` is its name, which Retry and Catch match."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error, cause)


@dataclass(frozen=True)
class TaskCall:
    """One attempt at a Task state.

    Attributes:
        resource: The state's Resource, an ARN.
        parameters: The request: a JSON value, after InputPath and Parameters.
        context: The context object (`Execution`, `State`, `StateMachine`), not to be changed.
        state: The state's name.
        timeout_s: Seconds until the attempt times out; None: it does not.
        cancel: Set when the attempt has timed out or the execution is stopped.  `run` then
            ends what it started and returns or raises promptly; its result is not used.
        record: Adds an event to the history, between TaskStarted and the one that tells how
            the task ended: ``record("TaskSubmitted", {"output": …})``, where `output` is
            JSON text.  `resource`, `resourceType` and `outputDetails` are filled in.
    """

    resource: str
    parameters: Any
    context: Mapping[str, Any]
    state: str
    timeout_s: float | None
    cancel: Signal
    record: Callable[[str, dict[str, Any]], None]


class Tasks(Protocol):
    """What runs tasks: the local engine's integrations, or a test's fakes."""

    def supports(self, resource: str) -> str | None:
        """None if this resource can be run, else why not; asked when a machine is deployed."""

    def run(self, call: TaskCall) -> Any:
        """Run the task to its end and return its result, a JSON value.

        Called in the execution's own thread, once for each attempt.

        Raises:
            TaskFailed: the task ended in an error.
        """
