"""Running a Distributed Map in a test: S3 is a dict, and Map Runs are kept in lists."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter import Event, JumpingClock, Outcome, StopSignal, run_execution
from pipelines.asl.interpreter.distributed import Child, MapRun
from pipelines.asl.interpreter.resume import resume_point
from tests.asl.interpreter.executions import CONTEXT, START, FakeTasks

MACHINE = "arn:aws:states:eu-central-1:000000000000:stateMachine:demo"


class FakeItems:
    """Objects by bucket and key; `requests` is what was asked for."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.requests: list[Mapping[str, Any]] = []

    def read(self, request: Mapping[str, Any]) -> Iterator[bytes]:
        self.requests.append(request)
        found = self.objects.get((request["Bucket"], request["Key"]))
        if found is None:
            raise StateError("S3.NoSuchKeyException", "The specified key does not exist.")
        return iter([found[:5], found[5:]])

    def list(self, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for (bucket, key), body in sorted(self.objects.items()):
            if bucket == request["Bucket"] and key.startswith(request.get("Prefix", "")):
                yield {
                    "ETag": f'"{len(body)}"',
                    "Key": key,
                    "LastModified": START,
                    "Size": len(body),
                    "StorageClass": "STANDARD",
                }

    def write(self, bucket: str, key: str, body: bytes) -> None:
        if bucket == "forbidden":
            raise StateError("S3.S3Exception", "Access Denied")
        self.objects[bucket, key] = body

    def json(self, bucket: str, key: str) -> Any:
        return json.loads(self.objects[bucket, key])


class FakeMapRuns:
    """Keeps Map Runs, and the histories of their children by the children's ARNs.

    Attributes:
        told: What it was told, in words.
        seen: Called whenever a child begins.
        killed: Whether the process that keeps it is no more.
    """

    def __init__(self) -> None:
        self.runs: list[MapRun] = []
        self.histories: dict[str, list[Event]] = {}
        self.told: list[str] = []
        self.seen: Callable[[MapRun], Any] = lambda run: None
        self.killed = False

    def started(self, run: MapRun) -> None:
        self.runs.append(run)
        self.told.append("started")

    def past_of(self, run: MapRun, child: Child) -> Sequence[Event]:
        return list(self.histories.get(child.arn, ()))

    def child_started(self, run: MapRun, child: Child) -> Callable[[Event], None]:
        self.seen(run)
        record = self.histories.setdefault(child.arn, []).append
        return lambda event: None if self.killed else record(event)

    def child_ended(self, run: MapRun, child: Child) -> None:
        self.told.append(child.status)

    def ended(self, run: MapRun) -> None:
        self.told.append(f"ended {run.status}")


@dataclass
class MapTasks(FakeTasks):
    """Tasks with S3 and Map Runs; without answers left, a task echoes its parameters."""

    items: FakeItems = field(default_factory=FakeItems)
    map_runs: FakeMapRuns = field(default_factory=FakeMapRuns)

    async def run(self, call: Any) -> Any:
        if not self.answers:
            self.calls.append(call)
            return call.parameters
        return await super().run(call)


@dataclass
class Mapped:
    """What came of one execution with a Distributed Map."""

    outcome: Outcome
    events: list[Event]
    tasks: MapTasks

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def run(self) -> MapRun:
        return self.tasks.map_runs.runs[-1]

    def details(self, type: str) -> dict[str, Any]:
        """The details of the one event of this type."""
        [event] = [each for each in self.events if each["type"] == type]
        [name] = [name for name in event if name.endswith("Details")]
        details: dict[str, Any] = event[name]
        return details

    @property
    def inputs(self) -> list[Any]:
        """The inputs of the children."""
        return [child.input for child in self.run.children]


class Killed(Exception):
    """The process is no more; these are the events that it left."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__(len(events))
        self.events = events


def distributed(processor: Mapping[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A Map state in DISTRIBUTED mode; its children pass their input on, unless it is said."""
    execution_type = fields.pop("ExecutionType", "STANDARD")
    state = {
        "Type": "Map",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
            "StartAt": "Each",
            "States": {"Each": processor or {"Type": "Pass", "End": True}},
        },
        **fields,
    }
    return state if "Next" in state else {**state, "End": True}


def run_map(
    state: Mapping[str, Any],
    input: Any = None,
    *,
    language: str = "JSONPath",
    tasks: MapTasks | None = None,
    stop: StopSignal | None = None,
    past: Sequence[Event] = (),
    killed_at: int | None = None,
    **states: Any,
) -> Mapped:
    """Run a machine whose first state is this Map.

    Args:
        past: The events after which it goes on.
        killed_at: The event after which the process is killed.

    Raises:
        Killed: it was.
    """
    events: list[Event] = list(past)
    tasks = tasks or MapTasks()
    definition = {"QueryLanguage": language, "StartAt": "Map", "States": {"Map": state, **states}}

    def keep(event: Event) -> None:
        if len(events) == killed_at:
            tasks.map_runs.killed = True
            raise Killed(events)
        events.append(event)

    outcome = run_execution(
        definition,
        {} if input is None else input,
        tasks=tasks,
        context=CONTEXT,
        clock=JumpingClock(START),
        history=keep,
        stop=stop or StopSignal(),
        chance=random.Random(0),
        resume=resume_point(definition, past) if past else None,
    )
    return Mapped(outcome, events, tasks)


def stored(**objects: Any) -> MapTasks:
    """Tasks with objects in the bucket `data`: by key, bytes, text, or what becomes JSON."""
    tasks = MapTasks()
    for key, value in objects.items():
        if not isinstance(value, bytes):
            value = (value if isinstance(value, str) else json.dumps(value)).encode()
        tasks.items.objects["data", key.replace("__", ".")] = value
    return tasks


def reader(key: str, **config: Any) -> dict[str, Any]:
    """An ItemReader of the object with this key in the bucket `data`."""
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "data", "Key": key},
        "ReaderConfig": config,
    }
