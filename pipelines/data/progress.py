"""How long work says how far it is, to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

# Called with the bytes that were done since the last call, or before it; negative to take back.
Advance = Callable[[int], None]


class Progress(Protocol):
    """What is shown while data are fetched and uploaded."""

    def say(self, line: str) -> None:
        """Something happened that has no length."""

    def bytes(self, what: str, total: int) -> AbstractContextManager[Advance]:
        """`total` bytes of work are about to be done."""


class Quiet:
    """Shows nothing."""

    def say(self, line: str) -> None:
        pass

    @contextmanager
    def bytes(self, what: str, total: int) -> Iterator[Advance]:
        yield lambda count: None
