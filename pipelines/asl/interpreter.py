"""Runs a state machine: one execution, from its input to its outcome.

The public interface for whoever runs executions; the language itself lies in the
modules beside this one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.asl.errors import RUNTIME, StateError
from pipelines.asl.history import (
    MAX_EVENTS,
    Event,
    History,
    HistoryFull,
    failure_details,
    input_details,
    output_details,
)
from pipelines.asl.json_text import dumps
from pipelines.asl.run import Interrupted, Run, Transition, require_size, timestamp
from pipelines.asl.states import run_choice, run_fail, run_pass, run_succeed, run_wait
from pipelines.asl.task_state import run_task
from pipelines.asl.tasks import TaskCall, TaskFailed, Tasks
from pipelines.clock import Clock, JumpingClock, RealClock
from pipelines.signals import Signal, StopSignal

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

_RUNNERS: dict[str, Callable[[Mapping[str, Any], Any, Run], Transition]] = {
    "Choice": run_choice,
    "Fail": run_fail,
    "Pass": run_pass,
    "Succeed": run_succeed,
    "Task": run_task,
    "Wait": run_wait,
}
"""The state types that this interpreter runs."""


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
        context: The context object's `Execution` (Id, Name, RoleArn, RedriveCount, …) and
            `StateMachine`; Input and StartTime are filled in if they are missing.
        clock: Tells the time, and waits.
        history: Called with each event, in order, as it happens, from ExecutionStarted to
            the last one.
        stop: Once set, the execution ends ABORTED; a task that runs is cancelled first.
        chance: The source of jitter, States.MathRandom and States.UUID; default: the system's.

    What `history` raises, and what `tasks` raise beside TaskFailed, is no outcome of the
    execution: it comes through, and no event tells of it.
    """
    run = Run(
        tasks=tasks,
        clock=clock,
        history=History(history, clock),
        chance=chance or random.SystemRandom(),
        interrupt=Signal(),
        context=_context(context, input, clock),
    )
    started = {**input_details(dumps(input)), "roleArn": run.context["Execution"].get("RoleArn")}
    run.history.record("ExecutionStarted", started)
    call_off = [stop.follow(run.interrupt.set)]
    if "TimeoutSeconds" in definition:
        end = clock.now() + definition["TimeoutSeconds"]
        call_off.append(clock.alarm(end, run.interrupt.set))
    try:
        outcome = Outcome("SUCCEEDED", output=_walk(definition, input, run))
    except StateError as error:
        outcome = Outcome("FAILED", error=error.error, cause=error.cause)
    except HistoryFull:
        cause = f"The execution reached the maximum number of history events ({MAX_EVENTS})."
        outcome = Outcome("FAILED", error=RUNTIME, cause=cause)
    except Interrupted:
        outcome = (
            Outcome("ABORTED", error=stop.error, cause=stop.cause)
            if stop.is_set()
            else Outcome("TIMED_OUT")
        )
    finally:
        for each in call_off:
            each()
    _record_end(outcome, run.history)
    return outcome


def _context(context: Mapping[str, Any], input: Any, clock: Clock) -> dict[str, Any]:
    execution = {"Input": input, "StartTime": timestamp(clock.now()), **context["Execution"]}
    return {**context, "Execution": execution}


def _walk(definition: Mapping[str, Any], input: Any, run: Run) -> Any:
    """Run one state after the other, and return the output of the last."""
    name, data, text = definition["StartAt"], input, dumps(input)
    while True:
        run.go_on()
        state = definition["States"][name]
        run.enter(name)
        entered = {"name": name, **input_details(text)}
        run.entered_id = run.history.record(f"{state['Type']}StateEntered", entered)
        try:
            transition = _RUNNERS[state["Type"]](state, data, run)
            data, text = transition.output, dumps(transition.output)
            require_size(text, name)
        except StateError as error:
            raise run.located(error) from None
        exited = {"name": name, **output_details(text)}
        run.history.record(f"{state['Type']}StateExited", exited)
        if transition.next is None:
            return data
        name = transition.next


def _record_end(outcome: Outcome, history: History) -> None:
    if outcome.status == "SUCCEEDED":
        history.record("ExecutionSucceeded", output_details(dumps(outcome.output)))
        return
    event = {"FAILED": "Failed", "TIMED_OUT": "TimedOut", "ABORTED": "Aborted"}[outcome.status]
    history.record(f"Execution{event}", failure_details(outcome.error, outcome.cause))
