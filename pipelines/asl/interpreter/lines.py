"""Lines of states beside each other: the branches of a Parallel, the iterations of a Map."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.ending import end
from pipelines.asl.interpreter.run import Frame


class LineFailed(Exception):
    """A line of states failed: which one, and with what error."""

    def __init__(self, frame: Frame, error: StateError) -> None:
        super().__init__(error)
        self.frame = frame
        self.error = error


async def together(lines: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """Run all of them to their ends; if one fails, the others end, at once if its error is fatal.

    Raises:
        LineFailed: the first that was raised.  Anything else that a line raises comes through.
    """
    failed: list[BaseException] = []

    async def run(line: Coroutine[Any, Any, Any]) -> None:
        try:
            await line
        except Exception as error:
            failed.append(error)
            if isinstance(error, LineFailed) and error.error.is_fatal:
                for task in tasks:
                    if task is not asyncio.current_task():
                        task.cancel()
            raise

    lines = list(lines)
    tasks = [asyncio.ensure_future(run(line)) for line in lines]
    try:
        if tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await end(tasks)
        for line in lines:
            line.close()  # one that was ended before it began would be missed otherwise
    if failed:
        raise failed[0]


def abort(frame: Frame, previous_id: int) -> None:
    """Record that what runs in this line is given up, the outer before the inner.

    On AWS even the state whose failure is the reason is aborted.
    """
    history = frame.run.history
    if frame.visiting and frame.state is not None and frame.state.type in _ABORTED:
        history.record(f"{frame.state.type}StateAborted", None, previous_id)
    for line in frame.inner:
        abort(line, previous_id)
    frame.inner.clear()


_ABORTED = frozenset({"Map", "Parallel", "Task", "Wait"})
"""The types of states that take time, for which there are such events."""
