"""What the states of one execution share, and how one is interrupted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.asl.errors import DATA_LIMIT_EXCEEDED, DataError, StateError
from pipelines.asl.history import History
from pipelines.asl.json_text import is_too_large
from pipelines.asl.tasks import Tasks
from pipelines.clock import Clock
from pipelines.signals import Signal


class Interrupted(Exception):
    """The execution was stopped, or its own TimeoutSeconds have gone by."""


@dataclass(frozen=True)
class Transition:
    """Where a state hands over: to `next` (None: this was the last state), with `output`."""

    next: str | None
    output: Any


@dataclass
class Run:
    """One execution while it runs.

    Attributes:
        interrupt: Set when the execution is to end now.
        context: The context object; `State` is the state that is being run.
        entered_id: The id of the event with which that state was entered.
    """

    tasks: Tasks
    clock: Clock
    history: History
    chance: random.Random
    interrupt: Signal
    context: Mapping[str, Any]
    entered_id: int = 0

    def enter(self, name: str) -> None:
        """Make the context object that of a state just entered."""
        # A new object each time: data may hold the one before, through a "key.$": "$$".
        entered = {"EnteredTime": timestamp(self.clock.now()), "Name": name}
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

    def wait(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            Interrupted: the execution is to end.
        """
        self.clock.wait(seconds, self.interrupt)
        self.go_on()

    def go_on(self) -> None:
        """Raise Interrupted if the execution is to end."""
        if self.interrupt.is_set():
            raise Interrupted


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
