"""All executions: started, found, stopped, redriven, and going on in the next engine."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import Event, Tasks, resume_point
from pipelines.engine.executions.endings import Endings
from pipelines.engine.executions.files import (
    RUNNING,
    Execution,
    ExecutionFiles,
    all_folders,
    execution_folder,
)
from pipelines.engine.executions.inputs import require_input
from pipelines.engine.executions.interruption import waiting_tokens
from pipelines.engine.executions.live import Live, settle
from pipelines.engine.executions.machine import StateMachine
from pipelines.engine.executions.map_runs import MapRunStore
from pipelines.engine.executions.redriving import require_redrivable, with_token
from pipelines.engine.executions.requests import require_name
from pipelines.engine.executions.tokens import DurableTokens
from pipelines.engine.wire.service import ServiceError


class Executions:
    """All executions of standard state machines. Safe for threads."""

    def __init__(
        self,
        root: Path,
        tasks: Tasks,
        tokens: DurableTokens,
        map_runs: MapRunStore,
        endings: Endings,
        files: Callable[[Path], ExecutionFiles] = ExecutionFiles,
        changed: Callable[[Execution], None] = lambda execution: None,
    ) -> None:
        """Args:
        changed: Told of every execution whose status is another one from now on; returns at once.
        """
        self._root = root
        self._files_in = files
        self._tasks = tasks
        self._tokens = tokens
        self._map_runs = map_runs
        self._endings = endings
        self._changed = changed
        self._lock = threading.Lock()
        self._ended: dict[str, Execution] = {}
        self._live: dict[str, Live] = {}
        self._closed = False
        # Whoever pages through a long history has it read once.
        self._history = lru_cache(maxsize=8)(self._read_history)

    # What others ask for

    def start(
        self, machine: StateMachine, name: str | None, input: str, **more: str | None
    ) -> Execution:
        """Start an execution, or find the running one of this name and input.

        Args:
            more: Other fields of an Execution: `trace_header`, `version_arn`, `alias_arn`.

        Raises:
            ServiceError: InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
        """
        if name is None:
            name = str(uuid.uuid4())
        require_name(name)
        require_input(input)
        arn = f"{machine.arn.replace(':stateMachine:', ':execution:')}:{name}"
        with self._lock:
            self._require_open()
            if arn in self._live and self._live[arn].execution.input == input:
                return self._live[arn].execution
            files = self._files(arn)
            # Where the file system does not tell `A` from `a`, neither do we.
            if arn in self._live or arn in self._ended or files.exist():
                raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
            execution = Execution(
                arn=arn,
                name=name,
                machine_arn=machine.arn,
                input=input,
                started=time.time(),
                **more,  # type: ignore[arg-type]
            )
            files.create(execution, machine)
            self._run(self._new(execution, machine, files))
        return execution

    def get(self, arn: str) -> Execution:
        """An execution by its ARN.

        Raises:
            ServiceError: ExecutionDoesNotExist; InvalidArn, for one of type EXPRESS, of which
                nothing is kept.
        """
        if ":express:" in arn:
            message = "Invalid Arn: 'Resource type not valid in this context: express'"
            raise ServiceError("InvalidArn", message)
        with self._lock:
            if arn in self._live:
                return self._live[arn].execution
            if arn in self._ended:
                return self._ended[arn]
        raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")

    def events(self, arn: str) -> list[Event]:
        """The history so far, oldest first."""
        execution = self.get(arn)
        with self._lock:
            if arn in self._live:
                return self._live[arn].events
        return self._history(arn, execution.last_event_id)

    def machine(self, arn: str) -> StateMachine:
        """The state machine as it was when the execution started."""
        self.get(arn)
        return self._files(arn).read_machine()

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
            if live is not None and not self._closed and live.execution.asked_to_stop is None:
                live.stop(error, cause)
        if live is None:
            return self.get(arn).stopped or execution.started
        return time.time()

    def redrive(self, arn: str, client_token: str | None) -> float:
        """Have an execution go on at the states that did not succeed; since when it does.

        Raises:
            ServiceError: ExecutionDoesNotExist, ExecutionNotRedrivable.
        """
        execution = self.get(arn)
        with self._lock:
            self._require_open()
            now = time.time()
            if client_token in execution.redrive_tokens:
                return execution.redrive_tokens[str(client_token)]
            require_redrivable(execution, now)
            files = self._files(arn)
            events = files.read_events()
            machine = files.read_machine()
            execution = replace(
                execution,
                status=RUNNING,
                stopped=None,
                output=None,
                error=None,
                cause=None,
                redrive_count=execution.redrive_count + 1,
                redriven=now,
                redrive_tokens=with_token(execution.redrive_tokens, client_token, now),
            )
            resume = resume_point(json.loads(machine.definition), events)
            files.write(execution)
            del self._ended[arn]
            self._run(self._new(execution, machine, files, events=events, resume=resume))
        return now

    def exists(self, arn: str) -> bool:
        """Whether there is an execution with this ARN."""
        with self._lock:
            return arn in self._live or arn in self._ended

    def runs(self, arn: str) -> bool:
        """Whether the execution with this ARN runs now."""
        with self._lock:
            return arn in self._live

    def running(self) -> list[str]:
        """The ARNs of the executions that run now."""
        with self._lock:
            return sorted(self._live)

    # The engine's own start and end

    def recover(self) -> None:
        """Read the executions of earlier engines; what one left running goes on, if it can."""
        going_on: list[Live] = []
        for folder in all_folders(self._root):
            files = self._files_in(folder)
            execution = files.read()
            if execution.status == RUNNING:
                machine = files.read_machine()
                settled = settle(execution, machine, files, self._map_runs.open_children)
                if not isinstance(settled, Execution):
                    events, resume = settled
                    if resume is not None:
                        definition = json.loads(machine.definition)
                        children = self._map_runs.open_children
                        self._tokens.expect(
                            waiting_tokens(execution.arn, definition, resume, children)
                        )
                    going_on.append(
                        self._new(execution, machine, files, events=events, resume=resume)
                    )
                    continue
                execution = settled
                files.write(execution)
                self._changed(execution)
            self._ended[execution.arn] = execution
        # One may wait for another's end: all are there before the first goes on.
        with self._lock:
            for live in going_on:
                self._live[live.execution.arn] = live
                self._endings.begins(live.execution.arn)
            for live in going_on:
                live.start(self._tasks, self._has_ended)

    def shutdown(self) -> None:
        """Let every execution stand still; returns when no thread and no process is left."""
        with self._lock:
            self._closed = True
            running = list(self._live.values())
        self._map_runs.suspend()
        for live in running:
            live.suspend()
        for live in running:
            live.join()

    def _new(
        self, execution: Execution, machine: StateMachine, files: ExecutionFiles, **more: Any
    ) -> Live:
        return Live(execution, machine, files, children=self._map_runs.open_children, **more)

    def _run(self, live: Live) -> None:
        """Have it run from now on; called with the lock held."""
        self._live[live.execution.arn] = live
        self._endings.begins(live.execution.arn)
        self._changed(live.execution)
        live.start(self._tasks, self._has_ended)

    def _has_ended(self, execution: Execution) -> None:
        with self._lock:
            self._ended[execution.arn] = execution
            del self._live[execution.arn]
        if execution.status != RUNNING:  # else it stands still, and goes on in the next engine
            self._changed(execution)
        self._endings.has_ended(execution.arn)

    def _require_open(self) -> None:
        if self._closed:
            raise ServiceError("ServiceUnavailable", "The engine is stopping.", status=503)

    def _read_history(self, arn: str, last_event_id: int) -> list[Event]:
        return self._files(arn).read_events()

    def _files(self, arn: str) -> ExecutionFiles:
        return self._files_in(execution_folder(self._root, arn))
