"""What Step Functions tells EventBridge of its executions: each change of their status.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import Any

from pipelines.engine.arns import region_of
from pipelines.engine.events.bus import EventBus, new_event
from pipelines.engine.executions.files import Execution
from pipelines.engine.executions.redriving import why_not_redrivable
from pipelines.engine.wire.service import ServiceError

DETAIL_TYPE = "Step Functions Execution Status Change"
# Input and output are left out of an event that would be larger with them.
_LARGEST = 248 * 1024

logger = logging.getLogger(__name__)


def status_change(execution: Execution, now: float) -> dict[str, Any]:
    """The event that tells of an execution's status as it is at a time (epoch seconds)."""
    fits = len((execution.input + (execution.output or "")).encode()) <= _LARGEST
    reason = why_not_redrivable(execution, now)
    detail = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": _milliseconds(execution.started),
        "stopDate": _milliseconds(execution.stopped),
        "input": execution.input if fits else None,
        "output": execution.output if fits else None,
        "stateMachineVersionArn": execution.version_arn,
        "stateMachineAliasArn": execution.alias_arn,
        "redriveCount": execution.redrive_count,
        "redriveDate": _milliseconds(execution.redriven),
        "redriveStatus": "REDRIVABLE" if reason is None else "NOT_REDRIVABLE",
        "redriveStatusReason": reason,
        "inputDetails": {"included": fits},
        "outputDetails": None if execution.output is None else {"included": fits},
        "error": execution.error,
        "cause": execution.cause,
    }
    return new_event(
        "aws.states",
        DETAIL_TYPE,
        detail,
        region=region_of(execution.arn),
        resources=[execution.arn],
        at=now,
    )


class StatusChanges:
    """Sends an event for each change that it is told of, in a thread of its own, in order."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._queue: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def __call__(self, execution: Execution) -> None:
        """The execution's status is another one from now on; returns at once."""
        self._queue.put(status_change(execution, time.time()))

    def start(self) -> None:
        """Begin to send, what has happened before first."""
        self._thread = threading.Thread(target=self._send_all, name="events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Returns when everything that happened has been sent."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()

    def _send_all(self) -> None:
        while (event := self._queue.get()) is not None:
            try:
                self._bus.send(event)
            except ServiceError as error:
                # Services by themselves, without a part that keeps rules, have none to match.
                if error.code != "UnknownOperationException":
                    logger.error("the event %s: %s (%s)", event["id"], error.message, error.code)
            except Exception:
                logger.exception("the event %s", event["id"])


def _milliseconds(at: float | None) -> int | None:
    return None if at is None else round(at * 1000)
