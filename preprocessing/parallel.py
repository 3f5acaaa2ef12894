"""Work on batches side by side, in order: pyarrow and numpy let go of the interpreter's lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def ordered_map(work: Callable[[A], B], items: Iterable[A], workers: int = 2) -> Iterator[B]:
    """`map`, with the next few results computed in threads while this one is used.

    At most `workers` + 1 items are held at a time, so memory stays bounded.

    >>> list(ordered_map(abs, [-3, 1, -2]))
    [3, 1, 2]
    """
    waiting: deque[Future[B]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
