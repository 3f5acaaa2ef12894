"""The time that moto tells: that of the request it answers, so that a replay tells the same.

Most of moto asks `moto.core.utils.utcnow`, which asks the module `datetime` that it imported; some
services ask the module `time`. Those names are what is replaced: time-machine would move the clock
under the engine's other threads as well.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from moto.core import utils

_now: float | None = None


class _Datetime(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        if _now is None:
            return datetime.datetime.now(tz)
        return datetime.datetime.fromtimestamp(_now, tz)


class _DatetimeModule(ModuleType):
    datetime = _Datetime

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)


class _TimeModule(ModuleType):
    def time(self) -> float:
        return time.time() if _now is None else _now

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def install() -> None:
    """Let moto ask this clock. Does nothing the second time."""
    # A name in someone else's module, which its types do not offer.
    setattr(utils, "datetime", _DatetimeModule("datetime"))  # noqa: B010


def install_in(module: ModuleType) -> None:
    """Let a service's module that asks the time itself ask this clock."""
    if getattr(module, "time", None) is time:
        setattr(module, "time", _TimeModule("time"))  # noqa: B010


@contextmanager
def stopped_at(seconds: float) -> Iterator[None]:
    """Let moto's clock stand at a time in epoch seconds. One thread at a time."""
    global _now
    _now = seconds
    try:
        yield
    finally:
        _now = None
