"""One execution while it runs, in a thread and an event loop of its own."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipelines.asl.interpreter import (
    Event,
    RealClock,
    Resume,
    StopSignal,
    Tasks,
    resume_point,
    run_execution,
)
from pipelines.asl.interpreter.run import timestamp
from pipelines.engine.arns import arn_parts
from pipelines.engine.executions.files import Execution, ExecutionFiles, ended_by
from pipelines.engine.executions.interruption import (
    ENGINE_STOPPED,
    ChildHistories,
    aborted,
    lost,
)
from pipelines.engine.executions.machine import StateMachine

logger = logging.getLogger(__name__)


class Live:
    """An execution from its start, or from where it goes on, to its end or its interruption.

    Attributes:
        execution: What is known of it: RUNNING.
        events: Its history, for followers who ask for it again and again.
    """

    def __init__(
        self,
        execution: Execution,
        machine: StateMachine,
        files: ExecutionFiles,
        *,
        children: ChildHistories,
        events: list[Event] | None = None,
        resume: Resume | None = None,
    ) -> None:
        self.execution = execution
        self.events: list[Event] = events or []
        self._machine = machine
        self._files = files
        self._children = children
        self._resume = resume
        self._stop = StopSignal()
        self._suspended = False
        self._writing = threading.Lock()
        self._has_ended = False
        self._thread = threading.Thread(name=f"execution-{execution.name}", daemon=True)

    def start(self, tasks: Tasks, ended: Callable[[Execution], None]) -> None:
        """Run it; `ended` is called with how it ended, also if it is still RUNNING: suspended."""
        thread = threading.Thread(
            target=lambda: ended(self._run(tasks)), name=self._thread.name, daemon=True
        )
        self._thread = thread
        thread.start()

    def stop(self, error: str | None, cause: str | None) -> None:
        """Have it aborted; what it started is ended first."""
        with self._writing:
            if self._has_ended:
                return
            asked = replace(self.execution, asked_to_stop=(error, cause))
            self._files.write(asked)  # it is stopped even if the engine ends before it has
            self.execution = asked
        self._stop.stop(error, cause)

    def suspend(self) -> None:
        """Have it stand still where it is: nothing of what now ends is in its history."""
        self._suspended = True
        self._stop.stop(ENGINE_STOPPED)

    def join(self) -> None:
        """Wait until its thread has ended."""
        self._thread.join()

    def _record(self, event: Event) -> None:
        if not self._suspended:
            self._files.append(event)
            self.events.append(event)

    def _run(self, tasks: Tasks) -> Execution:
        try:
            run_execution(
                json.loads(self._machine.definition),
                json.loads(self.execution.input),
                tasks=tasks,
                context=_context(self.execution, self._machine),
                clock=RealClock(),
                history=self._record,
                stop=self._stop,
                input_text=self.execution.input,
                resume=self._resume,
            )
            ended = ended_by(self.execution, self.events[-1]) if self.events else None
            if ended is None:
                assert self._suspended, "an interpreter's last event tells of the end"
                settled = settle(self.execution, self._machine, self._files, self._children)
                ended = settled if isinstance(settled, Execution) else self.execution
        except Exception as error:  # a bug of ours, or a full disk: it has failed all the same
            logger.exception("%s", self.execution.arn)
            ended = replace(
                self.execution,
                status="FAILED",
                stopped=time.time(),
                error="States.Runtime",
                cause=f"The local engine: {type(error).__name__}: {error}",
            )
        with self._writing:
            self._has_ended = True
            try:
                self._files.write(ended)
            except OSError:  # the history tells the next engine all the same
                logger.exception("%s", self.execution.arn)
        self._files.close()
        return ended


def settle(
    execution: Execution,
    machine: StateMachine,
    files: ExecutionFiles,
    children: ChildHistories,
) -> Execution | tuple[list[Event], Resume | None]:
    """What became of an execution that was interrupted, by its history alone.

    Returns:
        The execution as it ended, which is in its history then; or, if it goes on, its events
        and where that is (None: at the beginning).
    """
    files.drop_torn_event()
    events = files.read_events()
    ended = ended_by(execution, events[-1]) if events else None
    if ended is not None:
        redrives = sum(event["type"] == "ExecutionRedriven" for event in events)
        return replace(ended, redrive_count=redrives)
    error, cause = execution.asked_to_stop or (ENGINE_STOPPED, None)
    resume = None
    if execution.asked_to_stop is None:
        if not events:
            return events, None
        definition = json.loads(machine.definition)
        try:
            resume = resume_point(definition, events)
            cause = lost(definition, resume, children)
        except (ValueError, KeyError, LookupError) as problem:
            cause = f"The history cannot be gone on with: {problem}"
        if resume is not None and cause is None:
            return events, resume
    event = aborted(events[-1] if events else None, time.time(), error, cause)
    files.append(event)
    files.close()
    ended = ended_by(execution, event)
    assert ended is not None
    return ended


def _context(execution: Execution, machine: StateMachine) -> dict[str, Any]:
    """The context object's parts that do not change; the interpreter adds the others."""
    redriven = {} if execution.redriven is None else {"RedriveTime": timestamp(execution.redriven)}
    return {
        "Execution": {
            "Id": execution.arn,
            "Name": arn_parts(execution.arn)[2],
            "RoleArn": machine.role_arn,
            "RedriveCount": execution.redrive_count,
            **redriven,
        },
        "StateMachine": {"Id": machine.arn, "Name": machine.name},
    }
