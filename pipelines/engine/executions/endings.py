"""The ends of executions, for whoever waits for one."""

from __future__ import annotations

import threading

from pipelines.signals import Signal


class Endings:
    """A signal for each execution that somebody waits for. Safe for threads.

    >>> endings = Endings()
    >>> endings.begins("arn")
    >>> waiting = endings.of("arn")
    >>> endings.has_ended("arn")
    >>> waiting.is_set(), endings.of("arn").is_set()
    (True, True)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, Signal] = {}

    def begins(self, arn: str) -> None:
        """An execution runs from now on."""
        with self._lock:
            self._running[arn] = Signal()

    def of(self, arn: str) -> Signal:
        """Set when the execution ends, or now, if it does not run."""
        with self._lock:
            signal = self._running.get(arn)
        if signal is None:
            signal = Signal()
            signal.set()
        return signal

    def has_ended(self, arn: str) -> None:
        """Its end can be described."""
        with self._lock:
            signal = self._running.pop(arn, None)
        if signal is not None:
            signal.set()
