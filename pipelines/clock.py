"""Time for an execution: the real one, and one that jumps, so that a test of an hour takes none.

Whatever waits in the interpreter waits here, on a signal and with a limit; nothing polls.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol

from pipelines.signals import Signal

Cancel = Callable[[], None]


class Clock(Protocol):
    """What tells the time, waits, and rings."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def wait(self, seconds: float | None, until: Signal) -> bool:
        """Wait until the signal is set (True), or at most `seconds` (False; None: no limit)."""

    def alarm(self, at: float, action: Callable[[], None]) -> Cancel:
        """Call `action` once at the time `at`, from any thread; the result calls that off."""


class RealClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def wait(self, seconds: float | None, until: Signal) -> bool:
        return until.wait(seconds)

    def alarm(self, at: float, action: Callable[[], None]) -> Cancel:
        timer = threading.Timer(max(0.0, at - self.now()), action)
        timer.daemon = True  # an execution that outlives its process has nobody left to tell
        timer.start()
        return timer.cancel


class JumpingClock:
    """Stands still until somebody waits, then jumps to the next alarm or to the end of the wait.

    Deterministic as long as one thread uses it.  A fake task that takes five minutes is
    ``clock.wait(300, call.cancel)``.

    >>> clock, rings = JumpingClock(1000.0), []
    >>> ring = clock.alarm(1060.0, lambda: rings.append(clock.now()))
    >>> clock.wait(3600, until=Signal()), clock.now(), rings
    (False, 4600.0, [1060.0])
    """

    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._cancelled: set[int] = set()
        self._numbers = count()

    def now(self) -> float:
        return self._now

    def wait(self, seconds: float | None, until: Signal) -> bool:
        """As Clock.wait; without a limit and without an alarm to wait for it raises.

        Raises:
            RuntimeError: nothing could ever end this wait.
        """
        end = None if seconds is None else self._now + seconds
        while not until.is_set():
            if not self.advance(end):
                if end is None:
                    raise RuntimeError("nothing is left that could end this wait")
                return until.is_set()
        return True

    def advance(self, end: float | None) -> bool:
        """Jump to the next alarm and ring it; to `end`, if that comes before it.

        Returns:
            Whether there was an alarm to ring.
        """
        if self._alarms and (end is None or self._alarms[0][0] <= end):
            at, number, action = heapq.heappop(self._alarms)
            if number not in self._cancelled:
                self._now = max(self._now, at)
                action()
            return True
        if end is not None:
            self._now = max(self._now, end)
        return False

    def alarm(self, at: float, action: Callable[[], None]) -> Cancel:
        number = next(self._numbers)
        heapq.heappush(self._alarms, (at, number, action))
        return lambda: self._cancelled.add(number)
