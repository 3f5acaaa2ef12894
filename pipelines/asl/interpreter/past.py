"""How far an execution had come when it was interrupted, as its history tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.errors import StateError

MISSING: Any = object()
"""A value that is not there; None is JSON's null."""


@dataclass
class Past:
    """What had been done of a state.

    Attributes:
        failures: The attempts that had failed and had been retried, in order; None: the history
            does not tell the error.
        scheduled_id: The event with which the last attempt was scheduled; 0: it was not.
        arguments: What it was scheduled with.
        started_at: When it was started, in seconds since the epoch.
        submitted: The response to its request, of a task that goes on after that.
        result: What it ended with, if it succeeded.
        failure: How it ended, if it failed, and `failed_at` when, in seconds since the epoch.
        started: Whether the branches or iterations of the last attempt were started.
        lines: These, by their numbers, in the order in which they go on.
        line_failed: Whether one of them had failed, and that is in the history.
        succeeded: Whether the history tells that all of them succeeded.
        gave_up: Whether it tells that the state itself failed, and `catch_failed` whether it is
            to tell so once more, because its catcher failed.
        map_run: What the events of a Map Run tell, by their types; `redrives`: how often it was
            or is to be redriven.
    """

    failures: list[StateError | None] = field(default_factory=list)
    scheduled_id: int = 0
    arguments: Any = MISSING
    started_at: float | None = None
    submitted: Any = MISSING
    result: Any = MISSING
    failure: StateError | None = None
    failed_at: float | None = None
    started: bool = False
    lines: dict[int, Line] = field(default_factory=dict)
    line_failed: bool = False
    succeeded: bool = False
    gave_up: bool = False
    catch_failed: bool = False
    map_run: dict[str, Any] = field(default_factory=dict)


@dataclass
class Line:
    """A line of states: the machine's own, a branch of a Parallel, an iteration of a Map.

    Attributes:
        state: The state in which it stood; None: it had not yet entered one.
        input: That state's input.
        variables: What the states before it had assigned.
        entered_id: The event with which it was entered, and `entered_at` that event's time.
        past: What had been done of it.
        exited: Whether it had been left: with `output`, having assigned `assigned`.
        finished: Whether there was nothing left to do: `output` is the line's.
        failed: Whether this is the line whose failure ended those beside it.
        succeeded: Whether the history tells that this iteration succeeded.
        previous_id: The event that the next one of this line follows, and `beside_id` the last
            one that was recorded beside it.
    """

    state: str | None = None
    input: Any = None
    variables: dict[str, Any] = field(default_factory=dict)
    entered_id: int = 0
    entered_at: float = 0.0
    past: Past = field(default_factory=Past)
    exited: bool = False
    output: Any = None
    assigned: dict[str, Any] = field(default_factory=dict)
    finished: bool = False
    failed: bool = False
    succeeded: bool = False
    previous_id: int = 0
    beside_id: int = 0


@dataclass(frozen=True)
class Resume:
    """Where an execution goes on.

    Attributes:
        line: Its own line of states.
        input: The execution's input, `input_text` as it was written, and `started_at` when the
            execution was started.
        last_id: The last event.
        ended: Whether the execution had ended, so that to go on is to redrive it.
        redrive_count: How often it had been redriven.
    """

    line: Line
    input: Any
    input_text: str
    started_at: float
    last_id: int
    ended: bool
    redrive_count: int
