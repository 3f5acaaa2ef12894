"""Task tokens: what a `.waitForTaskToken` state, or an activity, waits for.

The execution waits in its event loop; whoever answers calls from any thread.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class NoSuchToken(LookupError):
    """Nobody waits for this token: it was never given out, or its task has ended."""


class NotAToken(ValueError):
    """A text that cannot have been given out as a token."""


_DIGEST_BYTES = hashlib.sha256().digest_size


def task_token(execution_arn: str, event_id: int) -> str:
    """The token of the task that is scheduled with this event of this execution.

    It follows from the history alone, so that it still holds when an execution goes on in
    another process, and it says whose it is.

    >>> scheduled_by(task_token("arn:aws:states:::execution:m:x", 5))
    ('arn:aws:states:::execution:m:x', 5)
    """
    scheduled = f"{event_id}#{execution_arn}".encode()
    return base64.b64encode(hashlib.sha256(scheduled).digest() + scheduled).decode("ascii")


def scheduled_by(token: str) -> tuple[str, int]:
    """The execution's ARN and the event's id that `task_token` made this token of.

    Raises:
        NotAToken: it made none such.
    """
    try:
        content = base64.b64decode(token, validate=True)
        event_id, _, execution_arn = content[_DIGEST_BYTES:].decode().partition("#")
        found = execution_arn, int(event_id)
    except ValueError:
        raise NotAToken(token) from None
    if task_token(*found) != token:
        raise NotAToken(token)
    return found


@dataclass(frozen=True)
class Answer:
    """How a task with a token ended: `error` is None if it succeeded, with `output`."""

    output: Any = None
    error: str | None = None
    cause: str | None = None
    failed: bool = False


class Callback:
    """One task that waits to be told by its token how it ended."""

    def __init__(self, close: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Answer] = self._loop.create_future()
        self._heard = asyncio.Event()
        self._close = close

    async def answer(self, heartbeat_s: float | None) -> Answer:
        """Wait for the answer.

        Raises:
            TimeoutError: `heartbeat_s` seconds went by without a heartbeat.
        """
        while not self._answer.done():
            self._heard.clear()
            async with asyncio.timeout(heartbeat_s):
                await self._heard.wait()
        return self._answer.result()

    def close(self) -> None:
        """Forget the token."""
        self._close()

    def tell(self, answer: Answer | None) -> None:
        """From any thread: the answer, or (None) a heartbeat."""
        self._loop.call_soon_threadsafe(self._tell, answer)

    def _tell(self, answer: Answer | None) -> None:
        if answer is not None and not self._answer.done():
            self._answer.set_result(answer)
        self._heard.set()


class TaskTokens:
    """The tokens that are waited for now.  Safe for threads.

    >>> TaskTokens().heartbeat("what?")
    Traceback (most recent call last):
    ...
    pipelines.asl.interpreter.callbacks.NoSuchToken: what?
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, Callback] = {}

    def open(self, token: str) -> Callback:
        """Wait for a token from now on; called in the execution's event loop."""
        callback = Callback(lambda: self._forget(token))
        with self._lock:
            self._waiting[token] = callback
        return callback

    def waiting(self) -> list[str]:
        """The tokens that are waited for, in the order in which they were given out."""
        with self._lock:
            return list(self._waiting)

    def succeed(self, token: str, output: Any) -> None:
        """SendTaskSuccess; `output` is a JSON value.

        Raises:
            NoSuchToken: nobody waits for it.
        """
        self._tell(token, Answer(output=output))

    def fail(self, token: str, error: str | None = None, cause: str | None = None) -> None:
        """SendTaskFailure; raises NoSuchToken as `succeed` does."""
        self._tell(token, Answer(error=error, cause=cause, failed=True))

    def heartbeat(self, token: str) -> None:
        """SendTaskHeartbeat; raises NoSuchToken as `succeed` does."""
        self._tell(token, None)

    def _tell(self, token: str, answer: Answer | None) -> None:
        with self._lock:
            callback = self._waiting.get(token)
            if callback is None:
                raise NoSuchToken(token)
            if answer is not None:
                del self._waiting[token]
            callback.tell(answer)

    def _forget(self, token: str) -> None:
        with self._lock:
            self._waiting.pop(token, None)
