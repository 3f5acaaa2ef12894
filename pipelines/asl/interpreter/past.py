"""What had been done of a state when its execution was interrupted, as its history tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.errors import StateError

MISSING: Any = object()
"""A value that is not there; None is JSON's null."""


@dataclass
class Past:
    """A visit of a state, as far as it had come.

    Attributes:
        failures: The attempts that had failed and had been retried, in order.
        scheduled_id: The event with which the last attempt was scheduled; 0: it was not.
        arguments: What it was scheduled with.
        started_at: When the last attempt was started, in seconds since the epoch.
        submitted: The response to its request, of a task that goes on after that.
        result: What it ended with, if it succeeded.
        failure: How it ended, if it failed, and `failed_at` when, in seconds since the epoch.
        started: Whether the branches or iterations of the last attempt were started.
        gave_up: Whether the history tells that the state itself failed.
        lines: The branches or iterations of that attempt, by their numbers.
    """

    failures: list[StateError] = field(default_factory=list)
    scheduled_id: int = 0
    arguments: Any = MISSING
    started_at: float | None = None
    submitted: Any = MISSING
    result: Any = MISSING
    failure: StateError | None = None
    failed_at: float = 0.0
    started: bool = False
    gave_up: bool = False
    lines: dict[int, Line] = field(default_factory=dict)


@dataclass
class Line:
    """A line of states, as far as it had come.

    Attributes:
        state: The state in which it stood; None: before its first one, or after its last.
        input: That state's input, or the output of the last one.
        variables: What had been assigned in this line.
        entered_id: The event with which the state was entered, and `entered_at` its time.
        previous_id: The last event of the line.
        finished: Whether the line had come to its end, with `input` as its output.
        failed: Whether the history tells that it failed, or `aborted`: that it was given up.
        past: What had been done of the state.
    """

    state: str | None = None
    input: Any = MISSING
    variables: dict[str, Any] = field(default_factory=dict)
    entered_id: int = 0
    entered_at: float = 0.0
    previous_id: int = 0
    finished: bool = False
    failed: bool = False
    aborted: bool = False
    past: Past = field(default_factory=Past)
