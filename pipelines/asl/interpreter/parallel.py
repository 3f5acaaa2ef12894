"""The Parallel state: branches that run beside each other on the same input."""

from __future__ import annotations

from typing import Any

from pipelines.asl.errors import QUERY_EVALUATION_ERROR, StateError
from pipelines.asl.interpreter.attempts import attempt_until_done
from pipelines.asl.interpreter.lines import LineFailed, abort, together
from pipelines.asl.interpreter.past import Past
from pipelines.asl.interpreter.run import Frame
from pipelines.asl.interpreter.visit import Transition, Visit


async def run_parallel(visit: Visit) -> Transition:
    """Parallel: the list of its branches' outputs."""
    return await _Parallel(visit).run()


class _Parallel:
    """One visit of a Parallel state."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._frame = visit.frame
        self._started = False

    async def run(self) -> Transition:
        return await attempt_until_done(self._visit, self._attempt, self._give_up)

    def _give_up(self, error: StateError) -> None:
        if error.error == QUERY_EVALUATION_ERROR or (self._started and not error.is_fatal):
            self._frame.fail("ParallelStateFailed")

    async def _attempt(self, past: Past) -> list[Any]:
        """The branches' outputs, in their order.

        Raises:
            StateError: a branch failed.
        """
        if past.failure is not None:
            raise past.failure
        self._started = past.started
        input = self._visit.arguments()
        if not past.started:
            self._frame.record("ParallelStateStarted")
        self._started = True
        branches = _Branches(self._visit, input, past)
        try:
            await branches.run()
        except LineFailed as failed:
            branches.fail(failed)
            self._frame.inner = []
            raise failed.error from None
        # What cancels them has to know them, to record what is given up.
        self._frame.inner = []
        if not past.succeeded:
            self._frame.record_beside("ParallelStateSucceeded")
        return branches.outputs


class _Branches:
    """The branches of one attempt."""

    def __init__(self, visit: Visit, input: Any, past: Past) -> None:
        self._frame = visit.frame
        self._input = input
        self._past = past
        self._scopes = visit.state.scopes
        self.outputs: list[Any] = [None] * len(self._scopes)

    async def run(self) -> None:
        """Run them all; if one is known to have failed, that one alone is to fail again."""
        lines = self._past.lines
        failed = [number for number, line in lines.items() if line.failed]
        self._frame.inner = frames = [self._frame.within() for _ in self._scopes]
        for number in failed:
            await self._run(number, frames[number])
        others = [number for number in lines if number not in failed]
        others += [number for number in range(len(frames)) if number not in lines]
        await together(self._run(number, frames[number]) for number in others)

    async def _run(self, number: int, frame: Frame) -> None:
        line = self._past.lines.get(number)
        try:
            scope = self._scopes[number]
            self.outputs[number] = await frame.run.walk(frame, scope, self._input, line)
        except StateError as error:
            raise LineFailed(frame, error) from None
        self._frame.previous_id = max(self._frame.previous_id, frame.previous_id)

    def fail(self, failed: LineFailed) -> None:
        """Record that the branches are given up, because one failed."""
        previous_id = self._frame.previous_id = failed.frame.previous_id
        if not self._past.line_failed and not failed.error.is_fatal:
            for frame in self._frame.inner:
                abort(frame, previous_id)
