"""The time that moto tells: that of the request it answers, so that a replay tells the same.

Everything in moto that the engine uses asks `moto.core.utils.utcnow`, which asks the module
`datetime` that it imported. That one name is what is replaced: time-machine would move the clock
under the engine's other threads as well.
"""

from __future__ import annotations

import datetime
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


class _Module(ModuleType):
    datetime = _Datetime

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)


def install() -> None:
    """Let moto ask this clock. Does nothing the second time."""
    # A name in someone else's module, which its types do not offer.
    setattr(utils, "datetime", _Module("datetime"))  # noqa: B010


@contextmanager
def stopped_at(seconds: float) -> Iterator[None]:
    """Let moto's clock stand at a time in epoch seconds. One thread at a time."""
    global _now
    _now = seconds
    try:
        yield
    finally:
        _now = None
