"""What the states of one execution share, and a line of them that run one after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipelines.asl.errors import DATA_LIMIT_EXCEEDED, DataError, StateError
from pipelines.asl.interpreter.history import History
from pipelines.asl.interpreter.past import Line, Past
from pipelines.asl.interpreter.tasks import Tasks
from pipelines.asl.json_text import dumps, is_too_large
from pipelines.asl.jsonata import JsonataError
from pipelines.asl.model import Place, Scope, State
from pipelines.clock import Clock


def unobserved(place: Place) -> None:
    """Nobody wants to know which parts of the definition take effect."""


@dataclass(frozen=True)
class Run:
    """One execution while it runs.

    Attributes:
        walk: Runs a line of states in its frame, from an input to its output.
        input: The execution's input, and `input_text` as whoever started it wrote it.
        observe: Told the place of every part of the definition that takes effect.
    """

    tasks: Tasks
    clock: Clock
    history: History
    chance: random.Random
    walk: Callable[[Frame, Scope, Any, Line | None], Awaitable[Any]]
    input: Any
    input_text: str
    observe: Callable[[Place], None] = unobserved

    def text(self, value: Any) -> str:
        """A value as JSON text: the execution's input as it was written, anything else compact."""
        return self.input_text if value is self.input else dumps(value)


@dataclass
class Frame:
    """A line of states: the machine's own, a branch of a Parallel, an iteration of a Map.

    Attributes:
        context: The context object; its `State` is the state that is being run.
        variables: Those that the line's states can read: its own, and those of the lines around it.
        index: Which iteration of its Map it is; None: it is none.
        previous_id: The id of the event that the next one follows, and `beside_id` that of the
            last one that was recorded beside it.
        state: The state that is being run; before the line's first one, the state around it.
        entered_id: The id of the event with which it was entered, and `entered_at` that event's
            time, in seconds since the epoch.
        visiting: Whether a state of this line has been entered, and neither been left nor failed.
        inner: The branches or iterations of that state that run.
        past: What was done of that state before the execution was interrupted.
    """

    run: Run
    context: Mapping[str, Any]
    variables: dict[str, Any] = field(default_factory=dict)
    index: int | None = None
    previous_id: int = 0
    beside_id: int = 0
    state: State | None = None
    entered_id: int = 0
    entered_at: float = 0.0
    visiting: bool = False
    inner: list[Frame] = field(default_factory=list)
    past: Past | None = None

    def within(self, index: int | None = None, **context: Any) -> Frame:
        """A line of states within the state that is being run.

        Args:
            context: Members of its context object that are its own.
        """
        return Frame(
            run=self.run,
            context={**self.context, **context},
            # Nobody writes an outer variable while there are lines within: a copy is a reading.
            variables=dict(self.variables),
            index=index,
            previous_id=self.previous_id,
            state=self.state,
            entered_id=self.entered_id,
        )

    def record(self, type: str, details: Mapping[str, Any] | None = None) -> int:
        """Add an event that follows the one before it in this line, and return its id."""
        self.previous_id = self.run.history.record(type, details, self.previous_id)
        return self.previous_id

    def record_beside(self, type: str, *, after: int | None = None) -> None:
        """Add an event that the next one of this line does not follow.

        Args:
            after: The event that it follows itself; None: the one before it in this line.
        """
        previous_id = self.previous_id if after is None else after
        self.beside_id = self.run.history.record(type, None, previous_id)

    def fail(self, type: str) -> None:
        """Add the event that tells of the state's own failure: it cannot be aborted any more."""
        self.record(type)
        self.visiting = False

    def enter(self, state: State) -> None:
        """Make `state` the one that is being run, from now on."""
        self.state, self.visiting, self.past = state, True, None
        self.entered_at = self.run.clock.now()
        # A new object each time: data may hold the one before, through a "key.$": "$$".
        entered = {"Name": state.name, "EnteredTime": timestamp(self.entered_at)}
        context = {**self.context, "State": entered}
        context.pop("Task", None)
        self.context = context

    def enter_again(self, state: State, line: Line) -> None:
        """Make the state the one that is being run in which the line stood before."""
        self.enter(state)
        self.entered_id, self.entered_at = line.entered_id, line.entered_at
        entered = {**self.context["State"], "EnteredTime": timestamp(line.entered_at)}
        self.context = {**self.context, "State": entered}
        self.past = line.past

    def take_past(self) -> Past:
        """What had been done of the state; the next call knows of nothing any more."""
        past, self.past = self.past or Past(), None
        self.visiting = self.visiting and not past.gave_up
        return past

    def set_retry_count(self, retry_count: int) -> None:
        """Put RetryCount, which only states that can retry have, into the context object."""
        state = {**self.context["State"], "RetryCount": retry_count}
        self.context = {**self.context, "State": state}

    def reported(self, error: StateError) -> StateError:
        """The error as it is told to Retry, Catch and the history.

        An error of the state's data gets the state into its cause; one of an expression has an
        event of its own.
        """
        if not isinstance(error, DataError | JsonataError):
            return error
        name = self.state.name if self.state else ""
        where = f"An error occurred while executing the state '{name}'"
        cause = f"{where} (entered at the event id #{self.entered_id}). {error.cause}"
        if isinstance(error, JsonataError):
            details = {"error": error.error, "cause": cause, "state": name}
            if error.location:
                details["location"] = error.location
            self.record("EvaluationFailed", details)
        return StateError(error.error, cause, also=error.also)

    @property
    def region(self) -> str:
        """The region in the execution's ARN; empty if it has none."""
        arn = str(self.context["Execution"].get("Id", "")).split(":")
        return arn[3] if len(arn) > 3 else ""

    async def sleep_until(self, time: float) -> None:
        """Let time pass until `time`, in seconds since the epoch."""
        await asyncio.sleep(max(0.0, time - self.run.clock.now()))


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
