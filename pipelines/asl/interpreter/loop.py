"""The event loop of an execution, and its time: the real one, or one that jumps.

On a JumpingClock nobody really waits: when nothing is left to do at this moment, time goes on
to the next timer at once.  With that a wait of seven days takes none, and as long as one thread
takes part everything happens in the same order each time.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import selectors
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

from pipelines.clock import Clock, JumpingClock

_Arguments = TypeVarTuple("_Arguments")


def loop_for(clock: Clock) -> asyncio.AbstractEventLoop:
    """A new event loop whose timers go by this clock."""
    if isinstance(clock, JumpingClock):
        return _JumpingLoop(clock)
    return asyncio.SelectorEventLoop()


class _JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop that tells its clock's time."""

    def __init__(self, clock: JumpingClock) -> None:
        self._jumping_clock = clock
        self._times: list[float] = []
        super().__init__(_JumpingSelector(self._jump))

    def time(self) -> float:
        return self._jumping_clock.now()

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Arguments], object],
        *args: *_Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        heapq.heappush(self._times, when)
        # A loop takes up what is due before, not at its time, and its time will be `when`.
        due = math.nextafter(when, -math.inf)
        return super().call_at(due, callback, *args, context=context)

    def _jump(self) -> bool:
        """Go on to the next alarm or timer; False: there is none.

        A timer that has been called off counts: to stop at its time changes nothing.
        """
        while self._times and self._times[0] <= self.time():
            heapq.heappop(self._times)
        end = self._times[0] if self._times else None
        return self._jumping_clock.advance(end) or end is not None


class _JumpingSelector(selectors.DefaultSelector):
    """Lets time jump where another one would wait for it to pass."""

    def __init__(self, jump: Callable[[], bool]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; if nothing is, time goes on.

        Without a time to go on to, only another thread can end the wait.
        """
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        return super().select(0 if self._jump() else None)
