"""Assertions on a simulated execution; what they say when they fail tells the way it took."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.asl.findings import nearest
from pipelines.asl.model import Machine, Place, show
from pipelines.asl.simulation import Simulation, SimulationError
from pipelines.asl.simulation.matching import names, require_known

_ANY = object()


def assert_succeeded(run: Simulation, output: Any = _ANY) -> None:
    """It SUCCEEDED, with this output if one is given."""
    if run.status != "SUCCEEDED":
        raise AssertionError(f"the execution should have SUCCEEDED\n{describe(run)}")
    if output is not _ANY:
        _assert_equal("the output of the execution", run.output, output, run)


def assert_failed(run: Simulation, error: str | None = None, cause: str | None = None) -> None:
    """It FAILED, with this error, and a cause that contains this text, if they are given."""
    if run.status != "FAILED":
        raise AssertionError(f"the execution should have FAILED\n{describe(run)}")
    if error is not None and run.error != error:
        raise AssertionError(f"the error should have been {error}\n{describe(run)}")
    if cause is not None and cause not in (run.cause or ""):
        raise AssertionError(f"the cause should have contained {cause!r}\n{describe(run)}")


def assert_path(run: Simulation, states: Sequence[str]) -> None:
    """It entered exactly these states, in this order."""
    if run.states != list(states):
        raise AssertionError(f"the path should have been {_arrows(states)}\n{describe(run)}")


def assert_passed(run: Simulation, states: Sequence[str]) -> None:
    """It entered these states in this order, and perhaps others between them."""
    path = iter(run.states)
    for number, state in enumerate(states):
        if state not in path:
            after = f" after {states[number - 1]!r}" if number else ""
            raise AssertionError(f"the path should have passed {state!r}{after}\n{describe(run)}")


def assert_not_entered(run: Simulation, *states: str) -> None:
    """It entered none of these states."""
    for state in states:
        _require_state(run, state, "assert_not_entered()")
        if state in run.states:
            raise AssertionError(f"the path should not have entered {state!r}\n{describe(run)}")


def assert_input(run: Simulation, state: str, expected: Any) -> None:
    """The state's last input was this."""
    _assert_equal(f"the input of {state!r}", run.input_of(state), expected, run)


def assert_output(run: Simulation, state: str, expected: Any) -> None:
    """The state's last output was this."""
    _assert_equal(f"the output of {state!r}", run.output_of(state), expected, run)


def assert_request(
    run: Simulation, state: str, expected: Any = _ANY, *, containing: Any = _ANY
) -> None:
    """What the last attempt of a Task sent was this, or contains this.

    An object contains one with some of its members; a list contains one with some of its items,
    in the same order; anything else has to be equal.
    """
    if expected is _ANY and containing is _ANY:
        raise SimulationError("assert_request() is to be told the request, or what it contains")
    request = run.request_of(state)
    if expected is not _ANY:
        _assert_equal(f"the request of {state!r}", request, expected, run)
    if containing is not _ANY and not _contains(request, containing):
        raise AssertionError(
            f"the request of {state!r} should have contained {_shown(containing)}, and was"
            f" {_shown(request)}\n{describe(run)}"
        )


def assert_calls(run: Simulation, states: Sequence[str]) -> None:
    """The Task states called their services in exactly this order, every attempt a call."""
    called = [call.state for call in run.calls]
    if called != list(states):
        raise AssertionError(
            f"the calls should have been {_arrows(states)}, and were {_arrows(called)}\n"
            f"{describe(run)}"
        )


def assert_called(run: Simulation, where: str, times: int | None = None) -> None:
    """A state, or a resource like `sns:publish`, was called (so many times).

    Raises:
        SimulationError: the machine has no such Task state: nothing was ever to be called.
    """
    require_known([where], run.definition, "the assertion")
    found = sum(1 for call in run.calls if names(where, call.state, call.resource))
    if found != times and (times is not None or not found):
        wanted = "at least once" if times is None else f"{times} times"
        raise AssertionError(
            f"{where} should have been called {wanted}, and was {found} times\n{describe(run)}"
        )


def assert_not_called(run: Simulation, where: str) -> None:
    """Neither a state nor a resource of this name was called: no such side effect."""
    assert_called(run, where, times=0)


def assert_attempts(run: Simulation, state: str, times: int) -> None:
    """The Task state was attempted so many times: once, and its retries."""
    _require_state(run, state, "assert_attempts()")
    calls = run.calls_of(state)
    if len(calls) != times:
        errors = ", ".join(str(call.error or call.ended or "cut off") for call in calls)
        raise AssertionError(
            f"{state!r} should have been attempted {times} times, and was {len(calls)} times"
            f" ({errors})\n{describe(run)}"
        )


def assert_took(
    run: Simulation, seconds: float | None = None, *, at_most: float | None = None
) -> None:
    """So many seconds passed in the execution, to the millisecond, or at most so many."""
    if seconds is not None and abs(run.seconds - seconds) > 0.001:
        raise AssertionError(
            f"it should have taken {seconds:g} s, and took {run.seconds:g} s\n{describe(run)}"
        )
    if at_most is not None and run.seconds > at_most:
        raise AssertionError(
            f"it should have taken at most {at_most:g} s, and took {run.seconds:g} s\n"
            f"{describe(run)}"
        )


def describe(run: Simulation) -> str:
    """The way that an execution took and how it ended, in a few lines."""
    lines = [f"path: {_arrows(run.states)}"]
    for call in run.calls:
        how = f"failed with {call.error}: {call.cause}" if call.error else call.ended or "cut off"
        lines.append(f"  {call.at_s:>8g} s  {call.state}, attempt {call.attempt}: {how}")
    ended = run.status if run.error is None else f"{run.status} with {run.error}: {run.cause}"
    return "\n".join([*lines, f"ended: {ended}, after {run.seconds:g} s"])


def _require_state(run: Simulation, state: str, what: str) -> None:
    """Refuse a misspelt name: that nothing happened in such a state is always true."""
    names = [each.name for each in Machine(run.definition).states]
    if state not in names:
        raise SimulationError(
            f"{what} names {state!r}, and the machine has no such state{nearest(state, names)}"
        )


def _assert_equal(what: str, actual: Any, expected: Any, run: Simulation) -> None:
    if actual == expected:
        return
    found = [
        f"  {show(place) if place else 'it'}: {_shown(mine)}, expected {_shown(wanted)}"
        for place, mine, wanted in _differences(actual, expected, ())
    ]
    raise AssertionError("\n".join([f"{what} is not as expected", *found, describe(run)]))


def _differences(actual: Any, expected: Any, place: Place) -> Iterator[tuple[Place, Any, Any]]:
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        for key in [*expected, *(key for key in actual if key not in expected)]:
            both = actual.get(key, _ANY), expected.get(key, _ANY)
            yield from _differences(*both, (*place, key))
    elif isinstance(actual, list) and isinstance(expected, list) and len(actual) == len(expected):
        for number, both in enumerate(zip(actual, expected, strict=True)):
            yield from _differences(*both, (*place, number))
    elif actual != expected:
        yield place, actual, expected


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(whole, Mapping) and isinstance(part, Mapping):
        return all(key in whole and _contains(whole[key], value) for key, value in part.items())
    if isinstance(whole, list) and isinstance(part, list):
        items = iter(whole)
        return all(any(_contains(item, each) for item in items) for each in part)
    return bool(whole == part)


def _arrows(states: Sequence[str]) -> str:
    return " → ".join(states) or "nothing"


def _shown(value: Any) -> str:
    if value is _ANY:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 500 else f"{text[:497]}..."
