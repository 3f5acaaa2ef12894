"""Answers as a recording says: every task of a replay ends as it ended on AWS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pipelines.asl.integrations import start_problems
from pipelines.asl.interpreter import NoSuchToken, TaskCall, TaskFailed, TaskTokens
from pipelines.asl.simulation import SimulationError
from pipelines.asl.simulation.answers import FOREVER_S
from pipelines.testing.recorded.attempts import Attempt


class NotRecorded(SimulationError):
    """The replay calls a task more often than the recorded execution did."""


class RecordedTasks:
    """The recorded attempts, given out one by one.

    A call gets the first attempt of its state that has not been given out and that sent the same
    request; if none did, the first that is left.  It takes as long as it took.

    Args:
        attempts: What was recorded.
        endless: Whether a call of which nothing is left hangs; else that is an error.
        missing: The ARN of an activity that there was not.
    """

    start_problems = staticmethod(start_problems)

    def __init__(
        self, attempts: Sequence[Attempt], *, endless: bool = False, missing: str | None = None
    ) -> None:
        self.callbacks = TaskTokens()
        self._missing = missing
        self._left = list(attempts)
        self._endless = endless
        self._conversations: set[asyncio.Task[None]] = set()

    def supports(self, resource: str) -> str | None:
        """Whatever was recorded can be replayed."""
        return None

    def has_activity(self, arn: str) -> bool:
        """Whether there was this activity."""
        return arn != self._missing

    async def run(self, call: TaskCall) -> Any:
        """As Tasks.run.

        Raises:
            NotRecorded: no attempt of the state is left.
        """
        attempt = self._take(call)
        if attempt is None:
            return await call.sleep(FOREVER_S)
        if attempt.started is not None:
            call.record("ActivityStarted", dict(attempt.started))
            return self._converse(attempt, call)
        if call.token is not None and attempt.submitted is not None:
            self._converse(attempt, call)
            return json.loads(attempt.submitted)
        if attempt.submitted is not None:
            call.record("TaskSubmitted", {"output": attempt.submitted})
        return await _end(attempt, call)

    def _converse(self, attempt: Attempt, call: TaskCall) -> None:
        """Let whoever has the token answer, beside the execution."""
        conversation = asyncio.ensure_future(self._tell(attempt, call))
        self._conversations.add(conversation)
        conversation.add_done_callback(self._conversations.discard)

    def _take(self, call: TaskCall) -> Attempt | None:
        of_state = [each for each in self._left if each.state == call.state]
        if not of_state and self._endless:
            return None
        if not of_state:
            raise NotRecorded(
                f"the state {call.state!r} calls {call.resource} more often than was recorded"
            )
        same = [each for each in of_state if each.request == call.parameters]
        attempt = (same or of_state)[0]
        self._left.remove(attempt)
        return attempt

    async def _tell(self, attempt: Attempt, call: TaskCall) -> None:
        """Let the answer for the token come, with as many heartbeats as it needs."""
        token = call.token or ""
        with suppress(NoSuchToken):  # its timeout may have come first: the histories will tell
            try:
                result = await _end(attempt, call, self.callbacks)
            except TaskFailed as failure:
                self.callbacks.fail(token, failure.error, failure.cause)
            else:
                self.callbacks.succeed(token, result)


async def _end(attempt: Attempt, call: TaskCall, tokens: TaskTokens | None = None) -> Any:
    if attempt.ended in (None, "timed out"):
        await call.sleep(FOREVER_S)
    left = attempt.took_s
    if tokens is not None and call.heartbeat_s is not None:
        while left > call.heartbeat_s / 2:
            await call.sleep(call.heartbeat_s / 2)
            left -= call.heartbeat_s / 2
            tokens.heartbeat(call.token or "")
    await call.sleep(max(0.0, left))
    if attempt.ended == "failed":
        raise TaskFailed(attempt.error, attempt.cause)
    return json.loads(attempt.output or "null")
