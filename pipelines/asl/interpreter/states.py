"""The states that call no service: Pass, Choice, Wait, Succeed, Fail."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pipelines.asl.errors import RUNTIME, DataError, StateError
from pipelines.asl.interpreter.choice import choose
from pipelines.asl.interpreter.data_flow import (
    apply_input_path,
    apply_output_path,
    apply_parameters,
    apply_result_path,
    evaluate,
    read_field,
)
from pipelines.asl.interpreter.run import Frame, Transition
from pipelines.asl.json_text import dumps
from pipelines.asl.paths import Scope
from pipelines.asl.timestamps import parse_timestamp

State = Mapping[str, Any]

LONGEST_WAIT_S = 2**31 - 1
"""A Wait for a time further away fails: on AWS 24,855 days pass and 24,856 do not."""


async def run_pass(state: State, data: Any, frame: Frame) -> Transition:
    """Pass: its Result, or its input as Parameters shapes it, at ResultPath."""
    effective = apply_input_path(state, data, frame.context)
    shaped = apply_parameters(state, effective, frame.context, frame.run.chance)
    result = state.get("Result", shaped)
    output = apply_result_path(state, data, result)
    return Transition(state.get("Next"), apply_output_path(state, output, frame.context))


async def run_choice(state: State, data: Any, frame: Frame) -> Transition:
    """Choice: its input, at the state that the first true rule names."""
    effective = apply_input_path(state, data, frame.context)
    output = apply_output_path(state, effective, frame.context)
    return Transition(choose(state, Scope(effective, frame.context)), output)


async def run_succeed(state: State, data: Any, frame: Frame) -> Transition:
    """Succeed: its input; the execution ends."""
    effective = apply_input_path(state, data, frame.context)
    return Transition(None, apply_output_path(state, effective, frame.context))


async def run_wait(state: State, data: Any, frame: Frame) -> Transition:
    """Wait: its input, after a number of seconds or at a time."""
    effective = apply_input_path(state, data, frame.context)
    delay_s = _delay(state, Scope(effective, frame.context), frame.run.clock.now())
    await asyncio.sleep(delay_s)
    return Transition(state.get("Next"), apply_output_path(state, effective, frame.context))


def _delay(state: State, scope: Scope, now: float) -> float:
    """Seconds that a Wait state waits."""
    if "Seconds" in state:
        return float(state["Seconds"])
    if "SecondsPath" in state:
        return float(whole_seconds(state, "SecondsPath", scope))
    if "Timestamp" in state:
        moment, shown = parse_timestamp(state["Timestamp"]), "Timestamp parameter is not"
    else:
        path = state["TimestampPath"]
        value = read_field(path, "TimestampPath", scope)
        moment = parse_timestamp(value)
        shown = "TimestampPath parameter does not reference"
        state = {"Timestamp": f"{path} == {value}"}
    if moment is None:
        raise DataError(
            RUNTIME,
            f"The {shown} a valid ISO-8601 extended offset date-time format string:"
            f" {state['Timestamp']}",
        )
    delay = moment.timestamp() - now
    if delay > LONGEST_WAIT_S:
        raise DataError(RUNTIME, "Wait state delay is too long.")
    return max(0.0, delay)


def whole_seconds(state: State, field: str, scope: Scope) -> int:
    """The number of seconds that a field's path leads to."""
    path = state[field]
    value = read_field(path, field, scope)
    shown = f"{path} == {value if isinstance(value, str) else dumps(value)}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise DataError(RUNTIME, f"The {field} parameter cannot be parsed as a long value: {shown}")
    if value < 0:
        raise DataError(RUNTIME, f"The {field} parameter references a negative value: {shown}")
    return value


async def run_fail(state: State, data: Any, frame: Frame) -> Transition:
    """Fail: ends the execution with an error and a cause, either of which may be missing.

    Raises:
        StateError: always.
    """
    raise StateError(_told(state, "Error", data, frame), _told(state, "Cause", data, frame))


def _told(state: State, field: str, data: Any, frame: Frame) -> str | None:
    """Error or Cause: written, or found by ErrorPath or CausePath."""
    path = state.get(f"{field}Path")
    if path is None:
        return state.get(field)
    value = evaluate(path, f"{field}Path", Scope(data, frame.context), frame.run.chance)
    if not isinstance(value, str):
        raise DataError(RUNTIME, f"The {field}Path '{path}' leads to {dumps(value)}, not a string")
    return value
