"""The Parallel state: branches that run beside each other on the same input."""

from __future__ import annotations

from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.attempts import attempt_until_done
from pipelines.asl.interpreter.lines import LineFailed, abort, together
from pipelines.asl.interpreter.past import Past
from pipelines.asl.interpreter.run import Frame
from pipelines.asl.interpreter.visit import Transition, Visit
from pipelines.asl.model import Scope


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
        if self._started:
            self._frame.record("ParallelStateFailed")

    async def _attempt(self, past: Past) -> list[Any]:
        """The branches' outputs, in their order.

        Raises:
            StateError: a branch failed.
        """
        self._started = past.started
        input = self._visit.arguments()
        if not past.started:
            self._frame.record("ParallelStateStarted")
        self._started = True
        scopes = self._visit.state.scopes
        outputs: list[Any] = [None] * len(scopes)

        async def branch(number: int, scope: Scope, frame: Frame) -> None:
            line = past.lines.get(number)
            try:
                outputs[number] = await frame.run.walk(frame, scope, input, line)
            except StateError as error:
                raise LineFailed(frame, error) from None
            self._frame.previous_id = max(self._frame.previous_id, frame.previous_id)

        frames = [self._frame.within() for _ in scopes]
        self._frame.inner = frames
        try:
            await together(
                branch(number, scope, frame)
                for number, (scope, frame) in enumerate(zip(scopes, frames, strict=True))
            )
        except LineFailed as failed:
            self._frame.previous_id = failed.frame.previous_id
            for frame in frames:
                abort(frame, self._frame.previous_id)
            self._frame.inner = []
            raise failed.error from None
        self._frame.inner = []
        self._frame.record_beside("ParallelStateSucceeded")
        return outputs
