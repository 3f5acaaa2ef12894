"""Executions: each in a thread of its own, interpreted, with a history that outlives the engine."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import Event, RealClock, StopSignal, Tasks, run_execution
from pipelines.asl.json_text import is_too_large
from pipelines.engine.arns import arn_parts
from pipelines.engine.executions.endings import Endings
from pipelines.engine.executions.files import (
    RUNNING,
    Execution,
    ExecutionFiles,
    all_folders,
    ended_by,
    execution_folder,
)
from pipelines.engine.executions.state_machines import StateMachine, require_name
from pipelines.engine.wire.service import ServiceError

ENGINE_STOPPED = "Local.EngineStopped"

logger = logging.getLogger(__name__)


class _Live:
    """An execution that runs, with the events that its followers ask for again and again."""

    def __init__(self, execution: Execution, files: ExecutionFiles) -> None:
        self.execution = execution
        self.files = files
        self.events: list[Event] = []
        self.stop = StopSignal()

    def record(self, event: Event) -> None:
        self.files.append(event)
        self.events.append(event)


class Executions:
    """All executions. Safe for threads."""

    def __init__(self, root: Path, tasks: Tasks, endings: Endings) -> None:
        self._root = root
        self._tasks = tasks
        self._endings = endings
        self._lock = threading.Lock()
        self._ended: dict[str, Execution] = {}
        self._live: dict[str, _Live] = {}
        self._threads: set[threading.Thread] = set()
        self._closed = False

    # What others ask for

    def start(self, machine: StateMachine, name: str | None, input: str) -> Execution:
        """Start an execution, or find the running one of this name and input.

        Raises:
            ServiceError: InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
        """
        if name is None:
            name = str(uuid.uuid4())
        require_name(name)
        value = _parse(input)
        arn = f"{machine.arn.replace(':stateMachine:', ':execution:')}:{name}"
        with self._lock:
            if self._closed:
                raise ServiceError("ServiceUnavailable", "The engine is stopping.", status=503)
            if arn in self._live and self._live[arn].execution.input == input:
                return self._live[arn].execution
            files = ExecutionFiles(execution_folder(self._root, arn))
            # Where the file system does not tell `A` from `a`, neither do we.
            if arn in self._live or arn in self._ended or files.exist():
                raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
            execution = Execution(
                arn=arn, name=name, machine_arn=machine.arn, input=input, started=time.time()
            )
            files.create(execution, machine)
            live = self._live[arn] = _Live(execution, files)
            self._endings.begins(arn)
            thread = threading.Thread(
                target=self._run, args=(live, machine, value), name=f"execution-{name}", daemon=True
            )
            self._threads.add(thread)
        thread.start()
        return execution

    def get(self, arn: str) -> Execution:
        """An execution by its ARN.

        Raises:
            ServiceError: ExecutionDoesNotExist.
        """
        with self._lock:
            if arn in self._live:
                return self._live[arn].execution
            if arn in self._ended:
                return self._ended[arn]
        raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")

    def events(self, arn: str) -> list[Event]:
        """The history so far, oldest first."""
        self.get(arn)
        with self._lock:
            if arn in self._live:
                return self._live[arn].events
        return ExecutionFiles(execution_folder(self._root, arn)).read_events()

    def machine(self, arn: str) -> StateMachine:
        """The state machine as it was when the execution started."""
        self.get(arn)
        return ExecutionFiles(execution_folder(self._root, arn)).read_machine()

    def of_machine(self, machine_arn: str) -> list[Execution]:
        """A state machine's executions, newest first."""
        with self._lock:
            everything = [*self._ended.values(), *(live.execution for live in self._live.values())]
        found = [execution for execution in everything if execution.machine_arn == machine_arn]
        return sorted(found, key=lambda execution: execution.started, reverse=True)

    def stop(self, arn: str, error: str | None, cause: str | None) -> float:
        """Have an execution aborted; the time at which that was asked for.

        What it started is ended first, so that it is RUNNING until no process is left.
        """
        execution = self.get(arn)
        with self._lock:
            live = self._live.get(arn)
        if live is None:
            return self.get(arn).stopped or execution.started
        live.stop.stop(error, cause)
        return time.time()

    def running(self) -> list[str]:
        """The ARNs of the executions that run now."""
        with self._lock:
            return sorted(self._live)

    # The engine's own start and end

    def recover(self) -> None:
        """Read the executions of earlier engines; what one left running is aborted."""
        for folder in all_folders(self._root):
            files = ExecutionFiles(folder)
            execution = files.read()
            if execution.status == RUNNING:
                execution = _abort(execution, files)
            self._ended[execution.arn] = execution

    def shutdown(self) -> None:
        """Abort what runs; returns when all of it has ended."""
        with self._lock:
            self._closed = True
            live, threads = list(self._live.values()), list(self._threads)
        for each in live:
            each.stop.stop(ENGINE_STOPPED, "The local engine was stopped.")
        for thread in threads:
            thread.join()

    # The thread of one execution

    def _run(self, live: _Live, machine: StateMachine, input: Any) -> None:
        execution = live.execution
        try:
            run_execution(
                json.loads(machine.definition),
                input,
                tasks=self._tasks,
                context=_context(execution, machine),
                clock=RealClock(),
                history=live.record,
                stop=live.stop,
            )
            ended = ended_by(execution, live.events[-1])
            assert ended is not None, "an interpreter's last event tells of the end"
        except Exception as error:  # a bug of ours, or a full disk: it has failed all the same
            logger.exception("%s", execution.arn)
            ended = replace(
                execution,
                status="FAILED",
                stopped=time.time(),
                error="States.Runtime",
                cause=f"The local engine: {type(error).__name__}: {error}",
            )
        try:
            live.files.write(ended)
        finally:
            live.files.close()
            with self._lock:
                self._ended[ended.arn] = ended
                del self._live[ended.arn]
                self._threads.discard(threading.current_thread())
            self._endings.has_ended(ended.arn)


def _abort(execution: Execution, files: ExecutionFiles) -> Execution:
    """Bring an execution to an end that the engine did not see: its last event counts."""
    files.drop_torn_event()
    events = files.read_events()
    ended = ended_by(execution, events[-1]) if events else None
    if ended is None:
        last_id = events[-1]["id"] if events else 0
        event = {
            "timestamp": time.time(),
            "type": "ExecutionAborted",
            "id": last_id + 1,
            "previousEventId": last_id,
            "executionAbortedEventDetails": {
                "error": ENGINE_STOPPED,
                "cause": "The local engine stopped while the execution ran.",
            },
        }
        files.append(event)
        files.close()
        ended = ended_by(execution, event)
    assert ended is not None
    files.write(ended)
    return ended


def _context(execution: Execution, machine: StateMachine) -> dict[str, Any]:
    return {
        "Execution": {
            "Id": execution.arn,
            "Name": arn_parts(execution.arn)[2],
            "RoleArn": machine.role_arn,
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": machine.arn, "Name": machine.name},
    }


def _parse(input: str) -> Any:
    if is_too_large(input):
        raise ServiceError("InvalidExecutionInput", "The input has more than 262144 bytes.")
    try:
        return json.loads(input, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ServiceError(
            "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
        ) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
