"""Stacks and their change sets on disk.

.local/stacks/<name>.<id>.json      a stack, written anew at every step
.local/stacks/<name>.<id>.events    its history, a line for each event, only ever added to
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.engine.calls import ACCOUNT


@dataclass
class Resource:
    """A resource that a stack owns.

    Attributes:
        physical_id: What Ref gives.
        properties: Resolved, with the stack's tags.
        attributes: What Fn::GetAtt gives, by name.
        depends: Logical ids of the resources it needs.
        retain: Whether it stays when the stack lets go of it.
        updated: Epoch seconds.
    """

    logical_id: str
    type: str
    name: str
    physical_id: str
    properties: dict[str, Any]
    attributes: dict[str, str] = field(default_factory=dict)
    depends: list[str] = field(default_factory=list)
    retain: bool = False
    status: str = "CREATE_IN_PROGRESS"
    reason: str = ""
    updated: float = 0.0


@dataclass(frozen=True)
class Event:
    """One line of a stack's history; `at` in epoch seconds."""

    id: str
    at: float
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    properties: str = ""


@dataclass
class Wanted:
    """What a stack is to be: a template and what fills it."""

    template: str
    parameters: dict[str, str]
    tags: dict[str, str]
    capabilities: list[str]


@dataclass
class ChangeSet:
    """A change set; `changes` in the form that DescribeChangeSet gives."""

    id: str
    name: str
    type: str
    description: str
    created: float
    wanted: Wanted
    status: str
    execution_status: str
    reason: str
    changes: list[dict[str, Any]]


@dataclass
class Undo:
    """What takes one step of an operation back: delete what it made, restore what was there."""

    logical_id: str
    made: bool
    before: Resource | None


@dataclass
class Stack:
    """A stack.

    Attributes:
        undo: The steps of the operation under way, for a rollback, also after a crash.
        before: What the stack was before the operation under way; None for a new one.
        obsolete: Replaced or removed resources that are still to be deleted.
    """

    id: str
    name: str
    region: str
    created: float
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    updated: float | None = None
    deleted: float | None = None
    description: str = ""
    wanted: Wanted | None = None
    outputs: list[dict[str, str]] = field(default_factory=list)
    resources: dict[str, Resource] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    change_sets: list[ChangeSet] = field(default_factory=list)
    undo: list[Undo] = field(default_factory=list)
    before: Wanted | None = None
    obsolete: list[Resource] = field(default_factory=list)

    def note(self, resource: Resource | None, status: str, reason: str = "") -> None:
        """Set the status of a resource, or of the stack, and put it down in the history."""
        now = time.time()
        if resource is None:
            self.status, self.reason = status, reason
            subject = (self.name, self.id, "AWS::CloudFormation::Stack", "")
        else:
            resource.status, resource.reason, resource.updated = status, reason, now
            properties = json.dumps(resource.properties)
            subject = (resource.logical_id, resource.physical_id, resource.type, properties)
        logical_id, physical_id, type, properties = subject
        self.events.append(
            Event(str(uuid.uuid4()), now, logical_id, physical_id, type, status, reason, properties)
        )


def new_stack(name: str, region: str) -> Stack:
    """An empty stack, under review."""
    arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/{uuid.uuid4()}"
    return Stack(id=arn, name=name, region=region, created=time.time())


class Stacks:
    """Every stack, deleted ones included, in memory and on disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        self._stacks: dict[str, Stack] = {}
        # How many of a stack's events are on the disk.
        self._written: dict[str, int] = {}
        for file in sorted(root.glob("*.json")):
            stack = _from_json(json.loads(file.read_text(encoding="utf-8")))
            stack.events = _events(file.with_suffix(".events"))
            self._stacks[stack.id] = stack
            self._written[stack.id] = len(stack.events)

    def __iter__(self) -> Iterator[Stack]:
        return iter(sorted(self._stacks.values(), key=lambda stack: stack.created))

    def find(self, name: str, region: str) -> Stack | None:
        """A stack that is not deleted, by its name; or any, by its id."""
        for stack in self:
            if stack.id == name:
                return stack
            if (stack.name, stack.region) == (name, region) and stack.deleted is None:
                return stack
        return None

    def save(self, stack: Stack) -> None:
        """Put a stack on the disk as it is now."""
        self._stacks[stack.id] = stack
        path = self._path(stack)
        written = self._written.get(stack.id, 0)
        with path.with_suffix(".events").open("a", encoding="utf-8") as file:
            for event in stack.events[written:]:
                file.write(json.dumps(asdict(event)) + "\n")
        self._written[stack.id] = len(stack.events)
        new = path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(asdict(replace(stack, events=[])), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)

    def _path(self, stack: Stack) -> Path:
        return self._root / f"{stack.name}.{stack.id.rpartition('/')[2]}.json"


def _events(path: Path) -> list[Event]:
    """The history that there is; a line that a crash cut short is removed."""
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    if end < len(data):
        os.truncate(path, end)
    return [Event(**json.loads(line)) for line in data[:end].splitlines()]


def _from_json(fields: dict[str, Any]) -> Stack:
    def wanted(value: dict[str, Any] | None) -> Wanted | None:
        return None if value is None else Wanted(**value)

    def resource(value: dict[str, Any] | None) -> Resource | None:
        return None if value is None else Resource(**value)

    fields["wanted"], fields["before"] = wanted(fields["wanted"]), wanted(fields["before"])
    fields["resources"] = {name: Resource(**each) for name, each in fields["resources"].items()}
    fields["change_sets"] = [
        ChangeSet(**{**each, "wanted": Wanted(**each["wanted"])}) for each in fields["change_sets"]
    ]
    fields["undo"] = [
        Undo(**{**each, "before": resource(each["before"])}) for each in fields["undo"]
    ]
    fields["obsolete"] = [Resource(**each) for each in fields["obsolete"]]
    return Stack(**fields)
