"""One call of a task, as a fake sees it while it answers, and as a test reads it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.interpreter import NoSuchToken, TaskCall


@dataclass
class Call:
    """One attempt of a Task state.

    Attributes:
        state: The state's name.
        resource: Its Resource, an ARN.
        request: What the service is sent: after InputPath and Parameters, or Arguments.
        attempt: 1, and one more for each retry of the state.
        at_s: When, in seconds since the execution's start.
        context: The context object.
        token: The task token of a `.waitForTaskToken` task or an activity, else None.
        timeout_s: TimeoutSeconds, and `heartbeat_s` HeartbeatSeconds; None: there are none.
        credentials: The state's Credentials, evaluated.
        ended: How it ended; None: it was cut off, by a timeout or by the execution's end.
        result: What it answered, if it succeeded.
        error: Its error's name, if it failed, and `cause` the cause.
    """

    state: str
    resource: str
    request: Any
    attempt: int
    at_s: float
    context: Mapping[str, Any]
    token: str | None = None
    timeout_s: float | None = None
    heartbeat_s: float | None = None
    credentials: Any = None
    ended: str | None = None
    result: Any = None
    error: str | None = None
    cause: str | None = None
    _task: TaskCall | None = field(default=None, repr=False, compare=False)
    _beat: Callable[[str], None] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def begin(cls, task: TaskCall, start: float, beat: Callable[[str], None]) -> Call:
        """A call that begins now, in an execution that began at `start`."""
        state = task.context.get("State", {})
        return cls(
            state=task.state,
            resource=task.resource,
            request=task.parameters,
            attempt=state.get("RetryCount", 0) + 1,
            at_s=task.now() - start,
            context=task.context,
            token=task.token,
            timeout_s=task.timeout_s,
            heartbeat_s=task.heartbeat_s,
            credentials=task.credentials,
            _task=task,
            _beat=beat,
        )

    async def sleep(self, seconds: float) -> None:
        """Let the execution's time pass: on a jumping clock that takes none."""
        assert self._task is not None
        await self._task.sleep(seconds)

    def heartbeat(self) -> None:
        """SendTaskHeartbeat; nothing happens if nobody waits for the token any more."""
        if self._beat is not None and self.token is not None:
            with suppress(NoSuchToken):
                self._beat(self.token)

    def succeeded(self, result: Any) -> None:
        """Note how it ended."""
        self.ended, self.result = "succeeded", result

    def failed(self, error: str | None, cause: str | None) -> None:
        """Note how it ended."""
        self.ended, self.error, self.cause = "failed", error, cause
