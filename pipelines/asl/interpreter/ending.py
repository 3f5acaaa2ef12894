"""Ending what runs beside: nothing is left behind, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def end(futures: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel what is not done, and return when all of it has ended; how it ended is not told.

    Raises:
        asyncio.CancelledError: we were cancelled ourselves; it is raised in the end.
    """
    waiting = list(futures)
    cancelled = False
    for future in waiting:
        future.cancel()
    while not all(future.done() for future in waiting):
        try:
            await asyncio.wait(waiting)
        except asyncio.CancelledError:
            cancelled = True
    for future in waiting:
        if not future.cancelled():
            future.exception()  # looked at, lest asyncio complains that nobody did
    if cancelled:
        raise asyncio.CancelledError
