"""Following something for minutes or hours, through a network that comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.aws import AwsError, Connection
from pipelines.clock import Clock
from pipelines.signals import Signal

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 20.0
# A server on this machine that does not answer is gone; a network comes back.
_LIMIT_S = {"aws": 600.0, "local": 5.0}


class Patience:
    """Repeats a call whose error is transient, and says so, until it has failed for too long.

    Only for calls that may be repeated: those that read.
    """

    def __init__(self, connection: Connection, clock: Clock, say: Callable[[str], None]) -> None:
        self._limit_s = _LIMIT_S[connection.where]
        self._clock = clock
        self._say = say

    def call(self, operation: Callable[..., Any], **parameters: Any) -> Any:
        """The answer of `operation`, which may come late.

        Raises:
            AwsError: an error that will not pass, or one that did not.
        """
        since = self._clock.now()
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return operation(**parameters)
            except AwsError as error:
                if not error.transient or self._clock.now() - since >= self._limit_s:
                    raise
                self._say(f"{error} Trying again in {pause_s:.0f} s …")
            self.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._clock.wait(seconds, until=Signal())
