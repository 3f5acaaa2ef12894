"""Executions of state machines of type EXPRESS: short, at least once, and without a history.

As on AWS nobody can list or describe them; the engine's log tells of those that failed.
"""

from __future__ import annotations

import json
import logging
import math
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from pipelines.asl.interpreter import Outcome, RealClock, StopSignal, Tasks, run_execution
from pipelines.asl.json_text import dumps
from pipelines.engine.executions.inputs import require_input
from pipelines.engine.executions.interruption import ENGINE_STOPPED
from pipelines.engine.executions.machine import StateMachine
from pipelines.engine.executions.requests import require_name
from pipelines.engine.wire.service import ServiceError

LONGEST_S = 300
"""The quota on the time that one takes."""
_MEMORY_MB = 64
_BILLED_MS = 100

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Begun:
    """An Express execution; `started` is in seconds since the epoch.

    Attributes:
        text: The input as it was written.
    """

    arn: str
    name: str
    started: float
    input: Any
    text: str


class ExpressExecutions:
    """Runs Express executions. Safe for threads."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._lock = threading.Lock()
        self._running: dict[str, tuple[StopSignal, threading.Thread]] = {}
        self._closed = False

    def start(self, machine: StateMachine, name: str | None, input: str) -> Begun:
        """Start one that nobody waits for.

        Raises:
            ServiceError: InvalidName, InvalidExecutionInput.
        """
        begun = _begin(machine, name, input)
        self._thread(machine, begun, lambda outcome: None)
        return begun

    def run(self, machine: StateMachine, name: str | None, input: str) -> dict[str, Any]:
        """Run one to its end; StartSyncExecution's response.

        Raises:
            ServiceError: InvalidName, InvalidExecutionInput.
        """
        begun = _begin(machine, name, input)
        outcomes: list[Outcome] = []
        self._thread(machine, begun, outcomes.append).join()
        [outcome] = outcomes
        stopped = time.time()
        billed = math.ceil((stopped - begun.started) * 1000 / _BILLED_MS) * _BILLED_MS
        response = {
            "executionArn": begun.arn,
            "stateMachineArn": machine.arn,
            "name": begun.name,
            "startDate": begun.started,
            "stopDate": stopped,
            # An engine that stops is no client's doing: there is no ABORTED here.
            "status": "FAILED" if outcome.status == "ABORTED" else outcome.status,
            "input": input,
            "inputDetails": {"included": True},
            "billingDetails": {
                "billedMemoryUsedInMB": _MEMORY_MB,
                "billedDurationInMilliseconds": billed,
            },
        }
        if outcome.status == "SUCCEEDED":
            return {
                **response,
                "output": dumps(outcome.output),
                "outputDetails": {"included": True},
            }
        told = {"error": outcome.error, "cause": outcome.cause}
        return {**response, **{name: text for name, text in told.items() if text is not None}}

    def running(self) -> list[str]:
        """The ARNs of those that run now."""
        with self._lock:
            return sorted(self._running)

    def shutdown(self) -> None:
        """Stop all of them; returns when they have ended."""
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        for stop, _ in running:
            stop.stop(ENGINE_STOPPED, "The local engine was stopped.")
        for _, thread in running:
            thread.join()

    def _thread(self, machine: StateMachine, begun: Begun, tell: Any) -> threading.Thread:
        stop = StopSignal()

        def run() -> None:
            try:
                outcome = self._execute(machine, begun, stop)
                if outcome.status != "SUCCEEDED":
                    logger.info("%s: %s %s", begun.arn, outcome.status, outcome.error)
                tell(outcome)
            finally:
                with self._lock:
                    del self._running[begun.arn]

        thread = threading.Thread(target=run, name=f"express-{begun.name}", daemon=True)
        with self._lock:
            if self._closed:
                raise ServiceError("ServiceUnavailable", "The engine is stopping.", status=503)
            self._running[begun.arn] = (stop, thread)
        thread.start()
        return thread

    def _execute(self, machine: StateMachine, begun: Begun, stop: StopSignal) -> Outcome:
        definition = json.loads(machine.definition)
        limit = min(float(definition.get("TimeoutSeconds", LONGEST_S)), LONGEST_S)
        try:
            return run_execution(
                {**definition, "TimeoutSeconds": limit},
                begun.input,
                tasks=self._tasks,
                context={
                    "Execution": {
                        "Id": begun.arn,
                        "Name": begun.name,
                        "RoleArn": machine.role_arn,
                        "RedriveCount": 0,
                    },
                    "StateMachine": {"Id": machine.arn, "Name": machine.name},
                },
                clock=RealClock(),
                history=lambda event: None,
                stop=stop,
                input_text=begun.text,
            )
        except Exception as error:  # a bug of ours: it has failed all the same
            logger.exception("%s", begun.arn)
            cause = f"The local engine: {type(error).__name__}: {error}"
            return Outcome("FAILED", error="States.Runtime", cause=cause)


def _begin(machine: StateMachine, name: str | None, input: str) -> Begun:
    name = str(uuid.uuid4()) if name is None else name
    require_name(name)
    value = require_input(input)
    arn = f"{machine.arn.replace(':stateMachine:', ':express:')}:{name}:{uuid.uuid4()}"
    return Begun(arn, name, time.time(), value, input)
