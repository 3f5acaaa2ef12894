"""The event loop of an execution, and its time: the real one, or one that jumps.

On a JumpingClock nobody really waits: when nothing is left to do at this moment, time goes on
to the next timer at once.  With that a wait of seven days takes none, and as long as one thread
takes part everything happens in the same order each time.
"""

from __future__ import annotations

import asyncio
import heapq
import selectors
from collections.abc import Callable
from contextvars import Context
from functools import partial
from itertools import count
from typing import TypeVarTuple

from pipelines.clock import Clock, JumpingClock

_Arguments = TypeVarTuple("_Arguments")


def loop_for(clock: Clock) -> asyncio.AbstractEventLoop:
    """A new event loop whose timers go by this clock."""
    if isinstance(clock, JumpingClock):
        return _JumpingLoop(clock)
    return asyncio.SelectorEventLoop()


class _JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop that tells its clock's time, and keeps its timers itself.

    Timers of the same time go off in the order in which they were set.
    """

    def __init__(self, clock: JumpingClock) -> None:
        self._jumping_clock = clock
        self._timers: list[tuple[float, int, asyncio.TimerHandle, Callable[[], object]]] = []
        self._numbers = count()
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
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        run = partial(self._run_timer, timer, partial(callback, *args))
        due: Callable[[], object] = partial(self.call_soon, run, context=context)
        heapq.heappush(self._timers, (when, next(self._numbers), timer, due))
        return timer

    @staticmethod
    def _run_timer(timer: asyncio.TimerHandle, callback: Callable[[], object]) -> None:
        if not timer.cancelled():
            callback()

    def _jump(self) -> bool:
        """Go on to the next alarm or timer; False: there is none."""
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        end = self._timers[0][0] if self._timers else None
        if self._jumping_clock.advance(end):
            return True
        while self._timers and self._timers[0][0] <= self.time():
            heapq.heappop(self._timers)[3]()
        return end is not None


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
