"""Signals: something that is set once, that can be waited for, and that tells its followers."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Signal:
    """A threading.Event that also calls whoever follows it.

    With `follow`, a thread that waits for a process can be told of a stop without polling,
    and several signals can set one.

    >>> stop, cancel = Signal(), Signal()
    >>> unfollow = stop.follow(cancel.set)
    >>> stop.set()
    >>> cancel.is_set()
    True
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._followers: dict[int, Callable[[], None]] = {}
        self._next = 0

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set (True) or `timeout` seconds have gone by (False)."""
        return self._event.wait(timeout)

    def set(self) -> None:
        """Set it, and call each follower in this thread; setting it again does nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            followers = list(self._followers.values())
            self._followers.clear()
        for follower in followers:
            follower()

    def follow(self, action: Callable[[], None]) -> Callable[[], None]:
        """Call `action` once when it is set, at once if it is; the result ends the following."""
        with self._lock:
            if not self._event.is_set():
                number = self._next
                self._next += 1
                self._followers[number] = action
                return lambda: self._unfollow(number)
        action()
        return lambda: None

    def _unfollow(self, number: int) -> None:
        with self._lock:
            self._followers.pop(number, None)


class StopSignal(Signal):
    """What StopExecution sets: the execution ends ABORTED with this error and cause."""

    def __init__(self) -> None:
        super().__init__()
        self.error: str | None = None
        self.cause: str | None = None

    def stop(self, error: str | None = None, cause: str | None = None) -> None:
        if not self.is_set():
            self.error, self.cause = error, cause
            self.set()
