"""A Map Run: the child executions of one attempt at a Distributed Map, counted as AWS counts."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pipelines.asl.interpreter.execution import Outcome

MOST_AT_ONCE = 10_000
"""How many child executions run at a time when MaxConcurrency sets no limit."""
_NO_LIMIT = 2**31 - 1
"""What DescribeMapRun says then."""

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]
_COUNTED = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timedOut"}


@dataclass
class Child:
    """One child execution.

    Attributes:
        index: Its number among the children of the Map Run, from 0.
        arn: Its own ARN, and `name` the name in it.
        state_machine_arn: Its state machine's: the parent's, with the label.
        input: A JSON value, and `items` the number of items in it.
        express: Whether its ExecutionType is EXPRESS.
        started_at: In seconds since the epoch, like `ended_at`; None: it has not.
        outcome: How it ended; None: it has not.
    """

    index: int
    arn: str
    name: str
    state_machine_arn: str
    input: Any
    items: int
    express: bool
    started_at: float | None = None
    ended_at: float | None = None
    outcome: Outcome | None = None

    @property
    def status(self) -> str:
        """PENDING, RUNNING, or the status of its outcome."""
        if self.outcome is not None:
            return self.outcome.status
        return "PENDING" if self.started_at is None else "RUNNING"


@dataclass
class MapRun:
    """One Map Run, from MapRunStarted to its end.

    Attributes:
        arn: The Map Run's ARN, and `execution_arn` that of the execution it is part of.
        max_concurrency: MaxConcurrency as the definition has it; 0: AWS's own limit.
        tolerated_failure_count: How many items may fail; None: it is not said.
        tolerated_failure_percentage: Which part of them, from 0 to 100; None: it is not said.
        children: All of them, those to come included.
        redrive_count: How often it has been redriven.
    """

    arn: str
    execution_arn: str
    max_concurrency: int
    tolerated_failure_count: int | None
    tolerated_failure_percentage: float | None
    started_at: float
    status: Status = "RUNNING"
    ended_at: float | None = None
    children: list[Child] = field(default_factory=list)
    redrive_count: int = 0
    _items: int = 0
    _failed_items: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _changed: Callable[[], None] = lambda: None

    @property
    def id(self) -> str:
        """The last part of its ARN, which names the folder of its results."""
        return self.arn.rpartition(":")[2]

    @property
    def at_once(self) -> int:
        """How many children may run at a time now."""
        return self.max_concurrency or MOST_AT_ONCE

    def count(self, *statuses: str) -> int:
        """How many items the children with these statuses have."""
        return sum(child.items for child in self.children if child.status in statuses)

    def plan(self, children: list[Child]) -> None:
        """Know the children, none of which has begun."""
        self.children = children
        self._items = sum(child.items for child in children)

    def end(self, child: Child) -> None:
        """Count a child that has its outcome."""
        if child.status in ("FAILED", "TIMED_OUT"):
            self._failed_items += child.items

    def exceeds(self) -> bool:
        """Whether more items have failed than is tolerated; if nothing is said, none is."""
        failed, count = self._failed_items, self.tolerated_failure_count
        percentage = self.tolerated_failure_percentage
        if count is None and percentage is None:
            return failed > 0
        return (count is not None and failed > count) or (
            percentage is not None and failed * 100 > percentage * self._items
        )

    def update(
        self,
        *,
        max_concurrency: int | None = None,
        tolerated_failure_count: int | None = None,
        tolerated_failure_percentage: float | None = None,
    ) -> None:
        """UpdateMapRun, from any thread: what is not None changes while the Map Run goes on."""
        with self._lock:
            if max_concurrency is not None:
                self.max_concurrency = max_concurrency
            if tolerated_failure_count is not None:
                self.tolerated_failure_count = tolerated_failure_count
            if tolerated_failure_percentage is not None:
                self.tolerated_failure_percentage = tolerated_failure_percentage
            changed = self._changed
        changed()

    def tell_changes(self, changed: Callable[[], None]) -> None:
        """Call this after each update, in the thread that makes it."""
        with self._lock:
            self._changed = changed

    def describe(self) -> dict[str, Any]:
        """What DescribeMapRun answers; dates are in seconds since the epoch."""
        described: dict[str, Any] = {
            "mapRunArn": self.arn,
            "executionArn": self.execution_arn,
            "status": self.status,
            "startDate": self.started_at,
            "maxConcurrency": self.max_concurrency or _NO_LIMIT,
            "toleratedFailurePercentage": float(self.tolerated_failure_percentage or 0.0),
            "toleratedFailureCount": self.tolerated_failure_count or 0,
            "itemCounts": self._counts(lambda child: child.items),
            "executionCounts": self._counts(lambda child: 1),
            "redriveCount": self.redrive_count,
        }
        if self.ended_at is not None:
            described["stopDate"] = self.ended_at
        return described

    def _counts(self, weight: Callable[[Child], int]) -> dict[str, int]:
        counts = dict.fromkeys(_COUNTS, 0)
        for child in list(self.children):
            name = _COUNTED.get(child.status, child.status.lower())
            counts[name] += weight(child)
            counts["total"] += weight(child)
        counts["resultsWritten"] = counts["succeeded"] + counts["failed"] + counts["timedOut"]
        return counts


_COUNTS = (
    "pending",
    "running",
    "succeeded",
    "failed",
    "timedOut",
    "aborted",
    "total",
    "resultsWritten",
    "failuresNotRedrivable",
    "pendingRedrive",
)


def map_run_arn(execution_arn: str, state_machine_arn: str, seed: str, label: str = "") -> str:
    """The ARN of a new Map Run: ``arn:…:mapRun:<machine>/<label>:<id>``.

    It follows from the history alone, so that it is the same when the execution goes on in
    another process.

    Args:
        execution_arn: The execution that the Map Run is part of, and `state_machine_arn` its
            state machine.
        seed: What tells this Map Run from the others of the execution.
        label: The state's Label; empty: it has none, and one is made.
    """
    machine = state_machine_arn.partition("/")[0].replace(":stateMachine:", ":mapRun:")
    origin = f"{execution_arn}#{seed}"
    return f"{machine}/{label or _id(origin, 'label')}:{_id(origin, 'run')}"


def child_of(run_arn: str, index: int, input: Any, items: int, *, express: bool) -> Child:
    """The child of a Map Run with this number, which has not begun.

    >>> arn = "arn:aws:states:us-east-1:1:mapRun:demo/Each:5a"
    >>> child_of(arn, 0, None, 1, express=False).state_machine_arn
    'arn:aws:states:us-east-1:1:stateMachine:demo/Each'
    """
    around = run_arn.rpartition(":")[0]
    name = _id(run_arn, str(index))
    arn = f"{around.replace(':mapRun:', ':express:' if express else ':execution:')}:{name}"
    if express:
        arn += f":{_id(run_arn, f'{index} express')}"
    machine = around.replace(":mapRun:", ":stateMachine:")
    return Child(index, arn, name, machine, input, items, express)


def _id(origin: str, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{origin}#{what}"))
