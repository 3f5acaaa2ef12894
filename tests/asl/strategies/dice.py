"""Many small decisions out of few draws: what makes thousands of examples a minute possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

_Option = TypeVar("_Option")
_BYTES = st.binary(min_size=48, max_size=48)
_KEYS = ["a", "b", "text", "n", "list", "nested", "a key", "out"]
_SCALARS: list[Any] = [
    *(None, True, False, 0, 1, 7, -3, 0.5, -1.25, 1e6, 2**53, 1e300),
    *("", "a", "text", "two words", "naïve 🐍", '{"x": 1}', "1", "'{}\\"),
]


class Dice:
    """Decides with bytes that Hypothesis draws: each zero is the first option, the simplest."""

    def __init__(self, draw: Callable[[st.SearchStrategy[bytes]], bytes]) -> None:
        self._draw = draw
        self._bytes = iter(b"")

    def _byte(self) -> int:
        for byte in self._bytes:
            return byte
        self._bytes = iter(self._draw(_BYTES))
        return next(self._bytes)

    def pick(self, options: Sequence[_Option]) -> _Option:
        """One of at most 256 options."""
        return options[self._byte() % len(options)]

    def number(self, first: int, last: int) -> int:
        return first + self._byte() % (last - first + 1)

    def once_in(self, n: int) -> bool:
        """True once in `n` times."""
        return self._byte() % n == n - 1

    def scalar(self) -> Any:
        """A text, a number, a boolean or null."""
        return self.pick(_SCALARS)

    def json(self, depth: int = 2) -> Any:
        """A small JSON value."""
        kind = self.number(0, 4) if depth else 0
        if kind == 3:
            return [self.json(depth - 1) for _ in range(self.number(0, 2))]
        if kind == 4:
            return {self.pick(_KEYS): self.json(depth - 1) for _ in range(self.number(0, 2))}
        return self.scalar()
