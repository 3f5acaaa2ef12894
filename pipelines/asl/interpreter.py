"""Runs a state machine: one execution, from its input to its outcome.

The public interface for whoever runs executions; the language itself lies in the
modules beside this one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.asl.clock import Clock, JumpingClock, RealClock
from pipelines.asl.signals import Signal, StopSignal
from pipelines.asl.tasks import TaskCall, TaskFailed, Tasks

__all__ = [
    "Clock",
    "Event",
    "JumpingClock",
    "Outcome",
    "RealClock",
    "Signal",
    "StopSignal",
    "TaskCall",
    "TaskFailed",
    "Tasks",
    "run_execution",
]

Event = dict[str, Any]
"""One event, as GetExecutionHistory returns it; `timestamp` is in seconds since the epoch."""


@dataclass(frozen=True)
class Outcome:
    """How an execution ended: `output` (a JSON value) if it SUCCEEDED, else error and cause."""

    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    output: Any = None
    error: str | None = None
    cause: str | None = None


def run_execution(
    definition: Mapping[str, Any],
    input: Any,
    *,
    tasks: Tasks,
    context: Mapping[str, Any],
    clock: Clock,
    history: Callable[[Event], None],
    stop: StopSignal,
    chance: random.Random | None = None,
) -> Outcome:
    """Run one execution to its end, in this thread.

    Args:
        definition: A state machine in which `unsupported` found nothing.
        input: The execution's input, a JSON value.
        tasks: Runs the Task states' resources.
        context: The context object's `Execution` and `StateMachine`.
        clock: Tells the time, and waits.
        history: Called with each event, in order, as it happens, from ExecutionStarted to
            the last one.  What it raises ends the execution and comes through.
        stop: Once set, the execution ends ABORTED; a task that runs is cancelled first.
        chance: The source of jitter, States.MathRandom and States.UUID; default: the system's.
    """
    raise NotImplementedError
