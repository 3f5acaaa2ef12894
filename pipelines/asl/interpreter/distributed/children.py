"""The child executions of a Map Run: each an execution of its own, with its own history."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.distributed.map_run import Child, MapRun
from pipelines.asl.interpreter.distributed.seam import MapRuns
from pipelines.asl.interpreter.history import Event, details_of
from pipelines.asl.interpreter.run import Frame
from pipelines.asl.model import Scope
from pipelines.signals import StopSignal

EXPRESS_LIMIT_S = 300
"""The quota on the time that an Express execution takes: five minutes."""

EXCEEDED = "States.ExceedToleratedFailureThreshold"

_STATUSES: dict[str, Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]] = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


class Children:
    """Runs the children of a Map Run, so many at a time as it allows.

    Args:
        frame: The Map state's.
        scope: What each child runs: the ItemProcessor.
        redriven: Whether those that had ended without success are to run again.
    """

    def __init__(
        self,
        run: MapRun,
        frame: Frame,
        scope: Scope,
        map_runs: MapRuns,
        *,
        redriven: bool = False,
    ) -> None:
        self._run = run
        self._place = scope.place
        self._redriven = redriven
        self._frame = frame
        self._definition = {**scope.fields, "QueryLanguage": scope.machine_language}
        self._map_runs = map_runs
        self._stop = StopSignal()

    async def work_off(self) -> None:
        """Run all of them to their ends.

        Raises:
            StateError: more of them failed than is tolerated; the others were stopped.
        """
        loop = asyncio.get_running_loop()
        # Each child says when it has ended (itself), an update that there was one (None).
        told: asyncio.Queue[asyncio.Task[Child] | None] = asyncio.Queue()

        def changed() -> None:
            with contextlib.suppress(RuntimeError):  # an update that comes when the loop is closed
                loop.call_soon_threadsafe(told.put_nowait, None)

        self._run.tell_changes(changed)
        left = iter([child for child in self._run.children if child.outcome is None])
        running: set[asyncio.Task[Child]] = set()
        try:
            while True:
                while len(running) < self._run.at_once and (child := next(left, None)):
                    running.add(self._begin(child, told.put_nowait))
                if not running:
                    return
                ended = await told.get()
                if ended is not None:
                    running.remove(ended)
                    self._run.end(ended.result())
                if self._run.exceeds():
                    raise StateError(
                        EXCEEDED, "The specified tolerated failure threshold was exceeded"
                    )
        finally:
            self._run.tell_changes(lambda: None)
            self._stop.set()
            await _all_ended(running)

    def _begin(
        self, child: Child, ended: Callable[[asyncio.Task[Child]], None]
    ) -> asyncio.Task[Child]:
        task = asyncio.ensure_future(self._execute(child))
        task.add_done_callback(ended)
        return task

    async def _execute(self, child: Child) -> Child:
        # An execution has Maps, and a Map executions.
        from pipelines.asl.interpreter.execution import execute
        from pipelines.asl.interpreter.resume import resume_point

        run = self._frame.run
        limit = {"TimeoutSeconds": EXPRESS_LIMIT_S} if child.express else {}
        definition = {**self._definition, **limit}
        past = self._map_runs.past_of(self._run, child)
        if past and self._had_ended(child, past):
            return child
        # What is of type EXPRESS begins anew.
        resume = resume_point(definition, past) if past and not child.express else None
        child.started_at = past[0]["timestamp"] if resume else run.clock.now()
        events = self._map_runs.child_started(self._run, child)
        child.outcome = await execute(
            definition,
            child.input,
            tasks=run.tasks,
            context=self._context(child),
            clock=run.clock,
            history=events,
            stop=self._stop,
            chance=run.chance,
            resume=resume,
            observe=lambda place: run.observe((*self._place, *place)),
        )
        child.ended_at = run.clock.now()
        self._map_runs.child_ended(self._run, child)
        return child

    def _had_ended(self, child: Child, past: Sequence[Event]) -> bool:
        """Take over how the child had ended, unless it is to be redriven."""
        from pipelines.asl.interpreter.execution import Outcome

        last = past[-1]
        status = _STATUSES.get(last["type"])
        if status is None or (status != "SUCCEEDED" and self._redriven):
            return False
        details = details_of(last)
        output = json.loads(details["output"]) if status == "SUCCEEDED" else None
        error = None if status == "TIMED_OUT" else details.get("error")
        child.outcome = Outcome(status, output, error, details.get("cause"))
        child.started_at, child.ended_at = past[0]["timestamp"], last["timestamp"]
        return True

    def _context(self, child: Child) -> dict[str, Any]:
        """The context object of a child: it knows nothing of the Map's."""
        around = self._frame.context
        execution = {
            "Id": child.arn,
            "Name": child.name,
            "RoleArn": around["Execution"].get("RoleArn"),
            "RedriveCount": 0,
        }
        name = child.state_machine_arn.rpartition(":")[2]
        return {
            "Execution": execution,
            "StateMachine": {"Id": child.state_machine_arn, "Name": name},
        }


async def _all_ended(children: set[asyncio.Task[Child]]) -> None:
    """Return when all of them have ended, whatever happens meanwhile; they have been stopped.

    Raises:
        asyncio.CancelledError: we were cancelled ourselves; it is raised in the end.
    """
    cancelled = False
    while not all(child.done() for child in children):
        try:
            await asyncio.wait(children)
        except asyncio.CancelledError:
            cancelled = True
    for child in children:
        if not child.cancelled():
            child.exception()  # looked at, lest asyncio complains that nobody did
    if cancelled:
        raise asyncio.CancelledError
