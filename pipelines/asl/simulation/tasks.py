"""Runs the tasks of a simulation: fakes that answer, and the faults around them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.integrations import start_problems
from pipelines.asl.interpreter import (
    NoSuchToken,
    StopSignal,
    TaskCall,
    TaskFailed,
    Tasks,
    TaskTokens,
)
from pipelines.asl.interpreter.distributed import Items, MapRuns
from pipelines.asl.json_text import dumps
from pipelines.asl.resources import is_activity, parse_resource
from pipelines.asl.simulation import own_calls
from pipelines.asl.simulation.answers import Answers, Submitted
from pipelines.asl.simulation.calls import Call
from pipelines.asl.simulation.errors import UnansweredTask
from pipelines.asl.simulation.faults import Fault, Faults, refuse, suffer
from pipelines.asl.simulation.map_runs import SimulatedMapRuns
from pipelines.asl.simulation.matching import find
from pipelines.asl.simulation.objects import SimulatedObjects


class SimulatedTasks:
    """Answers as `tasks` says, suffers the faults, and remembers each call.

    Attributes:
        callbacks: Where what is said with a task token arrives.
        items: S3, and `map_runs` where Map Runs are kept: those of `tasks`, if it has them.
        calls: Every call, in order.
        broken: What a fake raised that is no TaskFailed, while nobody waited for it.
    """

    start_problems = staticmethod(start_problems)

    def __init__(
        self,
        tasks: Mapping[str, Any] | Tasks,
        faults: Sequence[Fault],
        start: float,
        stop: StopSignal,
        items: SimulatedObjects,
        map_runs: SimulatedMapRuns,
    ) -> None:
        self.callbacks = TaskTokens() if isinstance(tasks, Mapping) else tasks.callbacks
        own = None if isinstance(tasks, Mapping) else tasks
        self.items: Items = getattr(own, "items", items)
        self.map_runs: MapRuns = getattr(own, "map_runs", map_runs)
        self.calls: list[Call] = []
        self.broken: BaseException | None = None
        self.faults = Faults(faults)
        self._tasks = tasks
        self._answers = Answers()
        self._start = start
        self._stop = stop
        self._conversations: set[asyncio.Task[None]] = set()

    def supports(self, resource: str) -> str | None:
        """Every resource can be faked."""
        return None if isinstance(self._tasks, Mapping) else self._tasks.supports(resource)

    def has_activity(self, arn: str) -> bool:
        """Every activity can be faked, too; `tasks` of its own may know better."""
        known = getattr(self._tasks, "has_activity", None)
        return known is None or bool(known(arn))

    async def run(self, task: TaskCall) -> Any:
        """As Tasks.run.

        Raises:
            UnansweredTask: nothing says what this task answers.
            TaskFailed: the answer is a failure.
        """
        call = Call.begin(task, self._start, self.callbacks.heartbeat)
        self.calls.append(call)
        faults = self.faults.of(call)
        try:
            refuse(faults, call)
            if not isinstance(self._tasks, Mapping):
                return await self._real(self._tasks, task, call, faults)
            answer = self._answer(self._tasks, call)
            response = answer.response if isinstance(answer, Submitted) else {}
            if call.token is not None:
                if is_activity(call.resource):
                    task.record("ActivityStarted", {})
                self._converse(answer, call, faults)
                return response
            if _pattern(call.resource).startswith("sync"):
                task.record("TaskSubmitted", {"output": dumps(response)})
            result = await self._answered(answer, call, faults)
        except TaskFailed as failure:
            call.failed(failure.error, failure.cause)
            raise
        call.succeeded(result)
        return result

    def _answer(self, tasks: Mapping[str, Any], call: Call) -> Any:
        """What `tasks` has for a call; a fault may do without."""
        key = find(tasks, call.state, call.resource)
        if key is not None:
            return tasks[key]
        return self._own if own_calls.is_own(call.resource) else _unanswered

    def _own(self, request: Any, call: Call) -> Any:
        return own_calls.answer(call.resource, request, self.callbacks)

    async def _answered(self, answer: Any, call: Call, faults: Sequence[Fault]) -> Any:
        return await suffer(faults, call, lambda: self._answers.give(answer, call))

    async def _real(self, tasks: Tasks, task: TaskCall, call: Call, faults: Sequence[Fault]) -> Any:
        result = await suffer(faults, call, lambda: tasks.run(task))
        call.succeeded(result)
        return result

    def _converse(self, answer: Any, call: Call, faults: Sequence[Fault]) -> None:
        """Let whoever has the token answer, beside the execution."""
        conversation = asyncio.ensure_future(self._told(answer, call, faults))
        self._conversations.add(conversation)
        conversation.add_done_callback(self._conversations.discard)

    async def _told(self, answer: Any, call: Call, faults: Sequence[Fault]) -> None:
        token = call.token or ""
        try:
            result = await self._answered(answer, call, faults)
            self.callbacks.succeed(token, result)
            call.succeeded(result)
        except TaskFailed as failure:
            with suppress(NoSuchToken):
                self.callbacks.fail(token, failure.error, failure.cause)
                call.failed(failure.error, failure.cause)
        except NoSuchToken:
            pass  # the answer came too late: after a timeout, or after another one
        except Exception as error:
            self.broken = error
            self._stop.stop()


def _unanswered(request: Any, call: Call) -> Any:
    raise UnansweredTask(call.state, call.resource)


def _pattern(resource: str) -> str:
    try:
        return parse_resource(resource).pattern
    except AslSyntaxError:  # a Lambda function's ARN, an activity's
        return ""
