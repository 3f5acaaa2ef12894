"""Work and signals of other threads, for an event loop that must not block."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from pipelines.signals import Signal

T = TypeVar("T")


async def in_thread(work: Callable[[Signal], T]) -> T:
    """Run work that ends soon after its signal is set; cancelled, this waits for that end."""
    stop = Signal()
    result = _start(lambda: work(stop))
    try:
        return await asyncio.shield(result)
    except asyncio.CancelledError:
        stop.set()
        while not result.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([result])
        result.exception()  # what a cancelled task says is not used
        raise


async def abandoned_if_cancelled(work: Callable[[], T]) -> T:
    """Run work that cannot be stopped; cancelled, this does not wait for it."""
    result = _start(work)
    result.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(result)


async def until(signal: Signal) -> None:
    """Wait until a signal is set, whoever sets it."""
    loop, heard = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(heard.set)

    unfollow = signal.follow(tell)
    try:
        await heard.wait()
    finally:
        unfollow()


async def until_certainly(signal: Signal) -> None:
    """Wait until a signal is set, however often we are told to hurry."""
    waiting = asyncio.ensure_future(until(signal))
    while not waiting.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(waiting)


def _start(work: Callable[[], T]) -> asyncio.Future[T]:
    """The future of work that has begun in a thread of its own.

    Not in the loop's pool, which has few threads: one that waits for a message would keep another
    task waiting that runs beside it.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(outcome: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(outcome)  # type: ignore[arg-type]

    def run() -> None:
        outcome, error = None, None
        try:
            outcome = work()
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(tell, outcome, error)

    context = contextvars.copy_context()
    threading.Thread(target=lambda: context.run(run), name="task", daemon=True).start()
    return future
