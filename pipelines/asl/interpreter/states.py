"""The states that call no service and have no lines of states within: five small ones."""

from __future__ import annotations

from dataclasses import replace

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.visit import Transition, Visit


async def run_pass(visit: Visit) -> Transition:
    """Pass: its Result, or its input as Parameters shapes it; with JSONata its Output."""
    if visit.state.language == "JSONata":
        return visit.pass_on()
    arguments = visit.arguments()
    return visit.leave(visit.fields.get("Result", arguments))


async def run_choice(visit: Visit) -> Transition:
    """Choice: its input, at the state that the first true rule names."""
    return visit.choose()


async def run_succeed(visit: Visit) -> Transition:
    """Succeed: its input; the line of states ends."""
    return replace(visit.pass_on(), next=None)


async def run_wait(visit: Visit) -> Transition:
    """Wait: its input, after a number of seconds or at a time."""
    await visit.frame.sleep_until(visit.wait_end())
    return visit.pass_on()


async def run_fail(visit: Visit) -> Transition:
    """Fail: ends the line of states with an error and a cause.

    One that is missing is an empty text to whatever catches the error.

    Raises:
        StateError: always.
    """
    raise StateError(visit.told("Error") or "", visit.told("Cause") or "")
