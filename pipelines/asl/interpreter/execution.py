"""One execution, from its input to its outcome."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.asl.errors import RUNTIME, TIMEOUT, StateError
from pipelines.asl.interpreter.history import (
    MAX_EVENTS,
    Event,
    History,
    HistoryFull,
    failure_details,
    input_details,
    output_details,
)
from pipelines.asl.interpreter.loop import loop_for
from pipelines.asl.interpreter.past import Resume
from pipelines.asl.interpreter.run import Frame, Run, timestamp, unobserved
from pipelines.asl.interpreter.tasks import Tasks
from pipelines.asl.interpreter.walk import walk
from pipelines.asl.json_text import dumps
from pipelines.asl.model import Machine, Place, Scope
from pipelines.clock import Clock
from pipelines.signals import StopSignal

LONGEST_S = 365 * 86_400.0
"""The quota on the time that one execution takes: a year."""

_EXECUTION_MEMBERS = ("Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount")


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
    input_text: str | None = None,
    resume: Resume | None = None,
    observe: Callable[[Place], None] = unobserved,
) -> Outcome:
    """Run one execution to its end, in an event loop of its own.

    The arguments are those of `execute`.  It runs in this thread; or, where this thread runs a
    loop already (a notebook's, an asynchronous test's), in another that is waited for.
    """

    def run() -> Outcome:
        with asyncio.Runner(loop_factory=lambda: loop_for(clock)) as runner:
            return runner.run(
                execute(
                    definition,
                    input,
                    tasks=tasks,
                    context=context,
                    clock=clock,
                    history=history,
                    stop=stop,
                    chance=chance,
                    input_text=input_text,
                    resume=resume,
                    observe=observe,
                )
            )

    try:
        asyncio.get_running_loop()
    except RuntimeError:  # none runs
        return run()
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(run).result()


async def execute(
    definition: Mapping[str, Any],
    input: Any,
    *,
    tasks: Tasks,
    context: Mapping[str, Any],
    clock: Clock,
    history: Callable[[Event], None],
    stop: StopSignal,
    chance: random.Random | None = None,
    input_text: str | None = None,
    resume: Resume | None = None,
    observe: Callable[[Place], None] = unobserved,
) -> Outcome:
    """Run one execution to its end, in the running event loop.

    Args:
        definition: A state machine in which `unsupported` found nothing.
        input: The execution's input, a JSON value.
        tasks: Runs the Task states' resources.
        context: The context object's `Execution` (Id, Name, RoleArn, RedriveCount, …) and
            `StateMachine`; Input and StartTime are filled in if they are missing.
        clock: Tells the time; the loop's timers go by it, too.
        history: Called with each event, in order, as it happens, from ExecutionStarted to
            the last one.
        stop: Once set, the execution ends ABORTED; a task that runs is cancelled first.
        chance: The source of jitter, States.MathRandom and States.UUID; default: the system's.
        input_text: The input as whoever starts the execution wrote it: AWS keeps that, blanks and
            all, as long as nothing changes the input; default: compact.
        resume: Where the execution goes on, if it was interrupted (`resume_point`); if it had
            ended without success, that redrives it.  `input` is then that of the history.
        observe: Told the place of each part of the definition as it takes effect: a state that
            is entered; the Next, End, Default, choice rule or catcher by which one is left; a
            retrier that retries.

    What `history` raises, and what `tasks` raise beside TaskFailed, is no outcome of the
    execution: it comes through, and no event tells of it.
    """
    machine = Machine(definition)
    last_id = 0 if resume is None else resume.last_id
    run = Run(
        tasks=tasks,
        clock=clock,
        history=History(history, clock, last_id),
        chance=chance or random.SystemRandom(),
        walk=walk,
        input=input if resume is None else resume.input,
        input_text=(input_text or dumps(input)) if resume is None else resume.input_text,
        observe=observe,
    )
    frame = Frame(run, {})
    if resume is None:
        _begin(frame, context)
    else:
        _begin_again(frame, resume, context)
    outcome = await _within(
        asyncio.ensure_future(_outcome(machine.top, frame, resume)),
        _limit(machine, clock, resume),
        stop,
    )
    _record_end(outcome, frame)
    return outcome


def _begin(frame: Frame, context: Mapping[str, Any]) -> None:
    """The execution starts now."""
    execution = {
        "Input": frame.run.input,
        "StartTime": timestamp(frame.run.clock.now()),
        **context["Execution"],
    }
    frame.context = _context(context, execution)
    started = {**input_details(frame.run.input_text), "roleArn": execution.get("RoleArn")}
    frame.record("ExecutionStarted", started)
    # The first state's event follows none: on AWS, too, its previousEventId is 0.
    frame.previous_id = 0


def _begin_again(frame: Frame, resume: Resume, context: Mapping[str, Any]) -> None:
    """The execution goes on; if it had ended, it is redriven."""
    redrive_count = resume.redrive_count + resume.ended
    execution = {
        **context["Execution"],
        "Input": resume.input,
        "StartTime": timestamp(resume.started_at),
        "RedriveCount": redrive_count,
    }
    frame.context = _context(context, execution)
    if resume.ended:
        frame.previous_id = resume.last_id
        redriven_id = frame.record("ExecutionRedriven", {"redriveCount": redrive_count})
        resume.line.previous_id = redriven_id


def _context(context: Mapping[str, Any], execution: Mapping[str, Any]) -> dict[str, Any]:
    """The context object, its members in AWS's order: a cause that quotes it shows them."""
    ordered = (*_EXECUTION_MEMBERS, *execution)
    members = {name: execution[name] for name in ordered if name in execution}
    return {
        "Execution": members,
        **{name: context[name] for name in context if name != "Execution"},
    }


def _limit(machine: Machine, clock: Clock, resume: Resume | None) -> float:
    """Seconds that the execution may still take; a redrive has as long as a start."""
    limit = float(machine.definition.get("TimeoutSeconds", LONGEST_S))
    if resume is None or resume.ended:
        return limit
    return max(0.0, resume.started_at + limit - clock.now())


async def _outcome(scope: Scope, frame: Frame, resume: Resume | None) -> Outcome:
    """Run the states; an error or a full history is an outcome, too."""
    try:
        line = None if resume is None else resume.line
        return Outcome("SUCCEEDED", output=await walk(frame, scope, frame.run.input, line))
    except StateError as error:
        return Outcome("FAILED", error=error.error or None, cause=error.cause or None)
    except HistoryFull:
        cause = f"The execution reached the maximum number of history events ({MAX_EVENTS})."
        return Outcome("FAILED", error=RUNTIME, cause=cause)


async def _within(states: asyncio.Task[Outcome], limit_s: float, stop: StopSignal) -> Outcome:
    """The outcome of the states, unless a stop or the time limit comes first."""
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        with contextlib.suppress(RuntimeError):  # a stop that comes when the loop has closed
            loop.call_soon_threadsafe(states.cancel)

    unfollow = stop.follow(cancel)
    limit = loop.call_later(limit_s, states.cancel)
    try:
        await asyncio.wait([states])
    except asyncio.CancelledError:  # it is whoever runs the execution who is cancelled
        states.cancel()
        await asyncio.wait([states])
        raise
    finally:
        unfollow()
        limit.cancel()
    if not states.cancelled():
        return states.result()
    if stop.is_set():
        return Outcome("ABORTED", error=stop.error, cause=stop.cause)
    return Outcome("TIMED_OUT")


def _record_end(outcome: Outcome, frame: Frame) -> None:
    if outcome.status == "SUCCEEDED":
        frame.record("ExecutionSucceeded", output_details(frame.run.text(outcome.output)))
        return
    event = {"FAILED": "Failed", "TIMED_OUT": "TimedOut", "ABORTED": "Aborted"}[outcome.status]
    if outcome.status != "FAILED":
        # What ends an execution from without follows no event.
        frame.previous_id = 0
    # Only the history tells the error of an execution that has timed out.
    error = TIMEOUT if outcome.status == "TIMED_OUT" else outcome.error
    frame.record(f"Execution{event}", failure_details(error, outcome.cause))
