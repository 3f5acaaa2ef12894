"""The seam between the language and the services: what runs a Task state's resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.callbacks import TaskTokens


class TaskFailed(StateError):
    """A task ended in an error: `error` is its name, which Retry and Catch match."""

    def __init__(self, error: str | None, cause: str | None = "") -> None:
        super().__init__(error, cause)


@dataclass(frozen=True)
class TaskCall:
    """One attempt at a Task state.

    Attributes:
        resource: The state's Resource, an ARN.
        parameters: The request: a JSON value, after InputPath and Parameters, or Arguments.
        context: The context object (`Execution`, `State`, `StateMachine`), not to be changed.
        state: The state's name.
        timeout_s: Seconds until the attempt times out; None: it does not.
        heartbeat_s: Seconds that may pass between heartbeats; None: none is expected.
        token: The task token of a `.waitForTaskToken` task or an activity, else None.
        credentials: The state's Credentials, evaluated; None: there are none.
        submitted: The `output` of the event TaskSubmitted, a JSON value, if this attempt had come
            so far when the execution was interrupted; else MISSING.
        record: Adds an event to the history, between TaskStarted and the one that tells how
            the task ended: ``record("TaskSubmitted", {"output": …})``, where `output` is
            JSON text.  `resource`, `resourceType` and `outputDetails` are filled in.
        now: The execution's time, in seconds since the epoch.
        sleep: Lets that many seconds of the execution's time pass.
    """

    resource: str
    parameters: Any
    context: Mapping[str, Any]
    state: str
    timeout_s: float | None
    heartbeat_s: float | None
    token: str | None
    credentials: Any
    submitted: Any
    record: Callable[[str, dict[str, Any]], None]
    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


class Tasks(Protocol):
    """What runs tasks: the local engine's integrations, or a test's fakes.

    Two more methods are asked if there are such: ``has_activity(arn) -> bool``, and
    ``start_problems(resource, parameters, *, has_paths) -> Sequence[str]``, that of the catalogue
    of integrations: why a task cannot be started with the parameters that its state made.

    Attributes:
        callbacks: Where tasks with a token wait for SendTaskSuccess and the like.
    """

    @property
    def callbacks(self) -> TaskTokens: ...

    def supports(self, resource: str) -> str | None:
        """None if this resource can be run, else why not; asked when a machine is deployed."""

    async def run(self, call: TaskCall) -> Any:
        """Run the task to its end and return its result, a JSON value.

        Of a task with a token it is what starts it: the answer comes through `callbacks`.
        Called in the execution's event loop, once for each attempt.  When the attempt has timed
        out or the execution ends, the coroutine is cancelled (CancelledError); it then first
        ends what it started.

        Raises:
            TaskFailed: the task ended in an error.
        """
