"""What the states of one execution share, and one line of them that runs after each other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.asl.errors import DATA_LIMIT_EXCEEDED, DataError, StateError
from pipelines.asl.interpreter.history import History
from pipelines.asl.interpreter.tasks import Tasks
from pipelines.asl.json_text import is_too_large
from pipelines.clock import Clock


@dataclass(frozen=True)
class Transition:
    """Where a state hands over: to `next` (None: this was the last state), with `output`."""

    next: str | None
    output: Any


@dataclass(frozen=True)
class Run:
    """One execution while it runs."""

    tasks: Tasks
    clock: Clock
    history: History
    chance: random.Random


@dataclass
class Frame:
    """A line of states: the machine's own, a branch of a Parallel, an iteration of a Map.

    Attributes:
        context: The context object; `State` is the state that is being run.
        previous_id: The id of the event that the next one follows.
        entered_id: The id of the event with which the state was entered.
    """

    run: Run
    context: Mapping[str, Any]
    previous_id: int = 0
    entered_id: int = 0

    def record(self, type: str, details: dict[str, Any] | None = None) -> int:
        """Add an event that follows the one before it in this line, and return its id."""
        self.previous_id = self.run.history.record(type, details, self.previous_id)
        return self.previous_id

    def enter(self, name: str) -> None:
        """Make the context object that of a state just entered."""
        # A new object each time: data may hold the one before, through a "key.$": "$$".
        entered = {"EnteredTime": timestamp(self.run.clock.now()), "Name": name}
        self.context = {**self.context, "State": entered}

    def set_retry_count(self, retry_count: int) -> None:
        """Put RetryCount, which only states that can retry have, into the context object."""
        state = {**self.context["State"], "RetryCount": retry_count}
        self.context = {**self.context, "State": state}

    def located(self, error: StateError) -> StateError:
        """The error with the state in its cause, if that is for us to say."""
        if not isinstance(error, DataError):
            return error
        where = (
            f"An error occurred while executing the state '{self.context['State']['Name']}'"
            f" (entered at the event id #{self.entered_id})."
        )
        return StateError(error.error, f"{where} {error.cause}")

    @property
    def region(self) -> str:
        """The region in the execution's ARN; empty if it has none."""
        arn = str(self.context["Execution"].get("Id", "")).split(":")
        return arn[3] if len(arn) > 3 else ""


async def go_on() -> None:
    """Let others have their turn.

    Raises:
        asyncio.CancelledError: the line of states is to end, even if that has once been ignored.
    """
    await asyncio.sleep(0)
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def require_size(text: str, name: str) -> None:
    """Hold the JSON text that the state or service `name` gave to the quota on payloads.

    Raises:
        StateError: States.DataLimitExceeded.
    """
    if is_too_large(text):
        raise StateError(
            DATA_LIMIT_EXCEEDED,
            f"The state/task '{name}' returned a result with a size exceeding the maximum"
            " number of bytes service limit.",
        )


def timestamp(seconds: float) -> str:
    """A time as the context object has it.

    >>> timestamp(1767225600.25)
    '2026-01-01T00:00:00.250Z'
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
