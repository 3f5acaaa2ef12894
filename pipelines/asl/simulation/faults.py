"""Faults that a test puts into an execution: the task fails, hangs, is throttled, answers garbage.

    faults=[fail("Train", "SageMaker.AmazonSageMakerException", times=2), delay("Evaluate", 600)]

A fault is for the calls of a state, of a resource, or of all (`"*"`); for those of one attempt
only; and for the first so many of them.  Several that are for one call work together, in their
order: a delay and then a failure.  What a service refuses, it refuses at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter import TaskFailed
from pipelines.asl.simulation.answers import FOREVER_S
from pipelines.asl.simulation.calls import Call
from pipelines.asl.simulation.errors import SimulationError
from pipelines.asl.simulation.matching import names
from pipelines.asl.simulation.service_errors import denied, throttled

Proceed = Callable[[], Awaitable[Any]]
"""Gives what the task would answer without this fault."""

Effect = Callable[[Call, Proceed], Awaitable[Any]]


@dataclass(frozen=True, eq=False)
class Fault:
    """Something that goes wrong with a task.

    Attributes:
        what: In words: ``fail 'Train' with Busy``.
        where: A state's name, a resource, or `*`.
        times: For how many calls it is; None: for all.
        attempt: For this attempt only (1 is the first); None: for any.
        refuses: What the service answers in place of starting the task, if it refuses to.
        effect: What it does to the answer, if the task is started.
    """

    what: str
    where: str
    times: int | None = None
    attempt: int | None = None
    refuses: Callable[[Call], StateError] | None = field(default=None, repr=False)
    effect: Effect | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in ("times", "attempt"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise SimulationError(f"{self.what}: {name} is at least 1, not {number}")
        if self.times is not None and self.attempt is not None:
            raise SimulationError(
                f"{self.what}: a fault is for its first calls (times) or for one attempt, not both"
            )

    def __str__(self) -> str:
        often = "" if self.times is None else f", {self.times} time{'s' * (self.times != 1)}"
        return f"{self.what}{f', attempt {self.attempt}' if self.attempt else ''}{often}"


def fail(
    where: str,
    error: str,
    cause: str = "",
    *,
    times: int | None = None,
    attempt: int | None = None,
) -> Fault:
    """The task fails with this error.

    An error of a service's API (``SageMaker.AmazonSageMakerException``: a name with a dot that
    is none of States') comes before a job or a message is there; any other is how it ends.
    """
    failure = TaskFailed(error, cause)
    what = f"fail {where!r} with {error}"
    if "." in error and not error.startswith("States."):
        return Fault(what, where, times, attempt, refuses=lambda call: failure)
    return Fault(what, where, times, attempt, effect=_raising(failure))


def throttle(where: str, *, times: int | None = None, attempt: int | None = None) -> Fault:
    """The service refuses the call because it comes too soon, with the error of its own."""
    refuses = _of_resource(throttled)
    return Fault(f"throttle {where!r}", where, times, attempt, refuses=refuses)


def deny(where: str, *, times: int | None = None, attempt: int | None = None) -> Fault:
    """The state machine's role lacks the permission, as the service says it."""
    return Fault(f"deny {where!r}", where, times, attempt, refuses=_of_resource(denied))


def hang(where: str, *, times: int | None = None, attempt: int | None = None) -> Fault:
    """The task never ends, nor sends a heartbeat: a timeout or the execution's end ends it."""
    return Fault(f"hang {where!r}", where, times, attempt, effect=_hanging)


def time_out(where: str, *, times: int | None = None, attempt: int | None = None) -> Fault:
    """The task takes longer than its state allows; one without a timeout is refused."""

    async def effect(call: Call, proceed: Proceed) -> Any:
        if call.timeout_s is None and call.heartbeat_s is None:
            raise SimulationError(
                f"the state {call.state!r} cannot time out: it has no TimeoutSeconds and no"
                " HeartbeatSeconds (hang() is for a task that never ends)"
            )
        return await _hanging(call, proceed)

    return Fault(f"time out {where!r}", where, times, attempt, effect=effect)


def garbage(
    where: str, value: Any = ..., *, times: int | None = None, attempt: int | None = None
) -> Fault:
    """The task succeeds with this value; without one, with one of another type than it should."""

    async def effect(call: Call, proceed: Proceed) -> Any:
        return _of_another_type(await proceed()) if value is ... else value

    return Fault(f"garbage from {where!r}", where, times, attempt, effect=effect)


def delay(
    where: str, seconds: float, *, times: int | None = None, attempt: int | None = None
) -> Fault:
    """The answer comes so much later.

    Raises:
        SimulationError: `seconds` is no number from 0 on.
    """
    if not isinstance(seconds, int | float) or not seconds >= 0:
        raise SimulationError(f"delay {where!r}: seconds are a number from 0 on, not {seconds!r}")

    async def effect(call: Call, proceed: Proceed) -> Any:
        await call.sleep(seconds)
        return await proceed()

    return Fault(f"delay {where!r} by {seconds:g} s", where, times, attempt, effect=effect)


class Faults:
    """The faults of one simulation, and how often each has come about."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._fired: dict[Fault, int] = dict.fromkeys(faults, 0)

    def of(self, call: Call) -> list[Fault]:
        """Those that are for a call, which they come about with."""
        found = [
            fault
            for fault, fired in self._fired.items()
            if names(fault.where, call.state, call.resource)
            and fault.attempt in (None, call.attempt)
            and (fault.times is None or fired < fault.times)
        ]
        for fault in found:
            self._fired[fault] += 1
        return found

    @property
    def unfired(self) -> tuple[Fault, ...]:
        """Those that never came about."""
        return tuple(fault for fault, fired in self._fired.items() if not fired)


def refuse(faults: Sequence[Fault], call: Call) -> None:
    """Raise what the first of the faults that refuse a call answers.

    Raises:
        TaskFailed: the service did not take the request.
    """
    for fault in faults:
        if fault.refuses is not None:
            failure = fault.refuses(call)
            raise TaskFailed(failure.error, failure.cause)


async def suffer(faults: Sequence[Fault], call: Call, proceed: Proceed) -> Any:
    """What a call answers, with the faults around it, the first outermost."""
    around = [fault.effect for fault in faults if fault.effect is not None]
    if not around:
        return await proceed()
    rest = [fault for fault in faults if fault.effect is not None][1:]
    return await around[0](call, lambda: suffer(rest, call, proceed))


def _of_resource(error: Callable[[str], StateError]) -> Callable[[Call], StateError]:
    return lambda call: error(call.resource)


def _raising(failure: TaskFailed) -> Effect:
    async def effect(call: Call, proceed: Proceed) -> Any:
        raise TaskFailed(failure.error, failure.cause)

    return effect


async def _hanging(call: Call, proceed: Proceed) -> Any:
    await call.sleep(FOREVER_S)


def _of_another_type(value: Any) -> Any:
    """A value that is no more like another than it must be.

    >>> [_of_another_type(value) for value in ({"Body": "1"}, [1, 2], "x", 1, True, None)]
    ['garbage', {'garbage': True}, 0, 'garbage', 'garbage', 'garbage']
    """
    if isinstance(value, list):
        return {"garbage": True}
    if isinstance(value, str):
        return 0
    return "garbage"
