"""The Map state: iterations over the items of an array, in the execution itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.attempts import attempt_until_done
from pipelines.asl.interpreter.distributed import is_distributed, run_distributed_map
from pipelines.asl.interpreter.lines import LineFailed, abort, together
from pipelines.asl.interpreter.past import Line, Past
from pipelines.asl.interpreter.run import Frame, go_on
from pipelines.asl.interpreter.visit import Transition, Visit
from pipelines.asl.jsonata import QUERY_EVALUATION_ERROR

MOST_AT_ONCE = 40
"""How many iterations of an inline Map run at a time when MaxConcurrency sets no limit."""


async def run_map(visit: Visit) -> Transition:
    """Map: the list of its iterations' outputs."""
    if is_distributed(visit.state):
        return await run_distributed_map(visit)
    return await _InlineMap(visit).run()


class _InlineMap:
    """One visit of a Map state whose iterations are part of the execution."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._frame = visit.frame
        self._started = False

    async def run(self) -> Transition:
        return await attempt_until_done(self._visit, self._attempt, self._give_up)

    def _give_up(self, error: StateError) -> None:
        # A Map that a path kept from starting has not failed: the execution has.
        if error.error == QUERY_EVALUATION_ERROR or (self._started and not error.is_fatal):
            self._frame.fail("MapStateFailed")

    async def _attempt(self, past: Past) -> list[Any]:
        """The iterations' outputs, in the order of their items.

        Raises:
            StateError: an iteration failed, or there is no array to go through.
        """
        if past.failure is not None:
            raise past.failure
        self._started = past.started
        at_once = int(self._visit.number("MaxConcurrency")) or MOST_AT_ONCE
        items = self._visit.items()
        if not past.started:
            self._frame.record("MapStateStarted", {"length": len(items)})
        # What is tolerated has no effect here, but has to be right.
        self._visit.number("ToleratedFailureCount")
        self._visit.number("ToleratedFailurePercentage")
        self._started = True
        iterations = _Iterations(self._visit, items, past)
        try:
            await iterations.run(at_once)
        except LineFailed as failed:
            iterations.fail(failed)
            self._frame.inner = []
            raise failed.error from None
        # What cancels them has to know them, to record what is given up.
        self._frame.inner = []
        if not past.succeeded:
            self._frame.record_beside("MapStateSucceeded")
        return iterations.outputs


class _Iterations:
    """The iterations of one attempt."""

    def __init__(self, visit: Visit, items: list[Any], past: Past) -> None:
        self.outputs: list[Any] = [None] * len(items)
        self._visit = visit
        self._frame = visit.frame
        self._started_id = visit.frame.previous_id
        self._items = items
        self._past = past
        self._left: Iterator[int] = iter(range(len(items)))

    async def run(self, at_once: int) -> None:
        """Run them all; if one is known to have failed, that one alone is to fail again."""
        for index, line in self._past.lines.items():
            if line.failed:
                await self._one(index, self._started_id)
        await together(self._some() for _ in range(min(at_once, len(self._items))))

    async def _some(self) -> None:
        """Run one iteration after the other until none is left to begin."""
        follows_id = self._started_id
        for index in self._left:
            follows_id = await self._one(index, follows_id)

    async def _one(self, index: int, follows_id: int) -> int:
        """Run an iteration that follows an event; returns the one that the next has to follow."""
        line = self._past.lines.get(index)
        item = {"Index": index, "Value": self._items[index]}
        frame = self._frame.within(index, Map={"Item": item})
        frame.previous_id = follows_id if line is None else line.previous_id
        try:
            # An ItemSelector that fails does so before its iteration has started.
            input = None if line and line.state else self._visit.item_input(frame, item["Value"])
            self._frame.inner.append(frame)
            if line is None:
                frame.record("MapIterationStarted", self._details(frame))
            self.outputs[index] = await self._run(frame, line, input)
        except StateError as error:
            raise LineFailed(frame, frame.reported(error)) from None
        self._frame.inner.remove(frame)
        # The next iteration follows the last state of this one, the Map's end its success.
        follows_id = frame.previous_id
        if line is None or not line.succeeded:
            self._frame.previous_id = frame.record("MapIterationSucceeded", self._details(frame))
        return follows_id

    async def _run(self, frame: Frame, line: Line | None, input: Any) -> Any:
        if line is None or line.state is None:
            await go_on()
        [scope] = self._visit.state.scopes
        return await frame.run.walk(frame, scope, input, line)

    def fail(self, failed: LineFailed) -> None:
        """Record that one iteration failed and the others are given up, in the items' order."""
        previous_id = self._frame.previous_id = failed.frame.previous_id
        if self._past.line_failed or failed.error.is_fatal:
            return
        for frame in sorted(self._frame.inner, key=lambda frame: frame.index or 0):
            event = "MapIterationFailed" if frame is failed.frame else "MapIterationAborted"
            frame.run.history.record(event, self._details(frame), previous_id)
            abort(frame, previous_id)

    def _details(self, frame: Frame) -> dict[str, Any]:
        return {"name": self._visit.state.name, "index": frame.index}
