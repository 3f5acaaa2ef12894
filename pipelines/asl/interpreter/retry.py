"""Retry and Catch: which of them acts on an error, and how long a retrier waits."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.asl.errors import ALL, TASK_FAILED, StateError, is_task_failed

DEFAULT_INTERVAL_S = 1
DEFAULT_BACKOFF_RATE = 2.0
DEFAULT_MAX_ATTEMPTS = 3


def matches(names: Sequence[str], error: StateError) -> bool:
    """Whether ErrorEquals names this error.

    States.ALL is every error, States.TaskFailed every one but States.Timeout.  Nothing is for an
    error that is fatal, not even its name.

    >>> matches(["States.TaskFailed"], StateError("S3.NoSuchKeyException"))
    True
    """
    if error.is_fatal:
        return False
    if error.error in names or (error.also is not None and error.also in names):
        return True
    return ALL in names or (TASK_FAILED in names and is_task_failed(error.error))


class Retriers:
    """The retriers of one visit of a state; each counts its own attempts.

    Attributes:
        last: The number of the one that retried last.
    """

    def __init__(self, retriers: Sequence[Mapping[str, Any]], chance: random.Random) -> None:
        self._retriers = retriers
        self._chance = chance
        self._used = [0] * len(retriers)
        self.last: int | None = None

    def count(self, error: StateError | None) -> None:
        """Take into account that this error (None: it is not known) had been retried before."""
        for number, retrier in enumerate(self._retriers):
            left = self._used[number] < retrier.get("MaxAttempts", DEFAULT_MAX_ATTEMPTS)
            if left and (error is None or matches(retrier["ErrorEquals"], error)):
                self._used[number] += 1
                return

    def delay(self, error: StateError) -> float | None:
        """Seconds to wait before the next attempt; None: there is to be none.

        The first retrier that names the error decides, even if it has no attempts left.
        """
        for number, retrier in enumerate(self._retriers):
            if matches(retrier["ErrorEquals"], error):
                used = self._used[number]
                if used >= retrier.get("MaxAttempts", DEFAULT_MAX_ATTEMPTS):
                    return None
                self._used[number] += 1
                self.last = number
                return backoff(retrier, used, self._chance)
        return None


def backoff(retrier: Mapping[str, Any], used: int, chance: random.Random) -> float:
    """Seconds to wait after a failure that `used` earlier retries preceded.

    >>> retrier = {"IntervalSeconds": 3, "MaxDelaySeconds": 10}
    >>> [backoff(retrier, used, random.Random(0)) for used in range(4)]
    [3.0, 6.0, 10.0, 10.0]
    """
    longest = float(retrier.get("MaxDelaySeconds", "inf"))
    rate = float(retrier.get("BackoffRate", DEFAULT_BACKOFF_RATE))
    interval = float(retrier.get("IntervalSeconds", DEFAULT_INTERVAL_S))
    try:
        delay = min(longest, interval * rate**used)
    except OverflowError:
        delay = longest
    if retrier.get("JitterStrategy") == "FULL":
        return chance.uniform(0.0, delay)
    return delay


def find_catcher(catchers: Sequence[Mapping[str, Any]], error: StateError) -> int | None:
    """The number of the first catcher that names the error."""
    named = (number for number, each in enumerate(catchers) if matches(each["ErrorEquals"], error))
    return next(named, None)
