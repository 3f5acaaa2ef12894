"""Room on Python's stack for what follows the nesting of a text."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def with_room(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function gives; in a thread of its own, with an empty stack, if the caller's is too
    full.  So it is never the caller who decides how deep a text may be nested.

    Raises:
        RecursionError: an empty stack is too small for it, too.
    """
    try:
        return function(*args, **kwargs)
    except RecursionError:
        with ThreadPoolExecutor(max_workers=1) as threads:
            return threads.submit(function, *args, **kwargs).result()
