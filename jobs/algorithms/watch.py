"""What watches a fit: it is told how far the fit is, and remembers it, lest the fit be cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

# From an encoded matrix to its scores.
Scorer = Callable[[Any], Any]


class Watch(Protocol):
    """What an algorithm tells while it is fitted."""

    @property
    def is_live(self) -> bool:
        """Whether someone waits for news, or a checkpoint is kept: then stages pay, though each
        may cost something."""

    def resumed(self) -> tuple[int, Any] | None:
        """The iterations and the state that an earlier fit, of the same data, had reached."""

    def reached(self, iterations: int, of: int, score: Scorer, state: Any = None) -> None:
        """So many iterations are done.

        Args:
            iterations, of: done, and to be done.
            score: scores rows as the model does by now.
            state: what a later fit can go on from; None: nothing is kept.
        """


def stages(iterations: int, count: int, after: int = 0) -> list[int]:
    """After which iterations news is told: `count` times, evenly, the last one included.

    >>> stages(100, 4), stages(100, 4, after=50), stages(3, 10)
    ([25, 50, 75, 100], [75, 100], [1, 2, 3])
    """
    ends = {-(-iterations * stage // count) for stage in range(1, count + 1)}
    return sorted(end for end in ends if end > after)
