"""State machines: their definitions, as files, and Step Functions' operations on them.

.local/state-machines/<region>/<name>.json
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import Tasks
from pipelines.asl.interpreter.supported import unsupported
from pipelines.engine.calls import request_region
from pipelines.engine.files import folder_name, read_json, write_json
from pipelines.engine.wire.service import ServiceError
from pipelines.regions import partition

Request = Mapping[str, Any]
MAX_PAGE = 1000
# White space, brackets, wildcards, some special and the control characters, by AWS's account.
_BAD_CHARACTERS = re.compile(
    r'[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]'
)


@dataclass(frozen=True)
class StateMachine:
    """A state machine; `definition` is JSON text, times are seconds since the epoch."""

    arn: str
    name: str
    definition: str
    role_arn: str
    created: float
    updated: float
    revision: str
    logging: dict[str, Any] | None = None
    tracing: dict[str, Any] | None = None
    tags: dict[str, str] = field(default_factory=dict)


class StateMachines:
    """All state machines, and the operations that make, change and show them."""

    def __init__(self, root: Path, account: str, tasks: Tasks) -> None:
        self._folder = root / "state-machines"
        self._account = account
        self._tasks = tasks
        self._lock = threading.Lock()
        self._machines: dict[str, StateMachine] = {}
        for path in sorted(self._folder.glob("*/*.json")):
            machine = StateMachine(**read_json(path))
            self._machines[machine.arn] = machine
        self.operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "CreateStateMachine": self._create,
            "DeleteStateMachine": self._delete,
            "DescribeStateMachine": self._describe,
            "ListStateMachines": self._list,
            "ListTagsForResource": self._list_tags,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "UpdateStateMachine": self._update,
        }

    def get(self, arn: str) -> StateMachine:
        """A state machine by its ARN.

        Raises:
            ServiceError: StateMachineDoesNotExist.
        """
        machine = self._machines.get(arn)
        if machine is None:
            raise ServiceError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return machine

    def _create(self, request: Request) -> dict[str, Any]:
        name, definition = str(request.get("name", "")), str(request.get("definition", ""))
        require_name(name)
        if request.get("type", "STANDARD") != "STANDARD":
            raise ServiceError(
                "ValidationException", "The local engine runs state machines of type STANDARD only."
            )
        self._require_runnable(definition)
        region, now = request_region.get(), time.time()
        machine = StateMachine(
            arn=f"arn:{partition(region)}:states:{region}:{self._account}:stateMachine:{name}",
            name=name,
            definition=definition,
            role_arn=str(request.get("roleArn", "")),
            created=now,
            updated=now,
            revision=str(uuid.uuid4()),
            logging=request.get("loggingConfiguration"),
            tracing=request.get("tracingConfiguration"),
            tags={tag["key"]: tag["value"] for tag in request.get("tags") or ()},
        )
        with self._lock:
            existing = self._machines.get(machine.arn)
            if existing is None:
                self._save(machine)
                existing = machine
        # As AWS has it, another role or other tags do not make it another machine.
        same = (existing.definition, existing.logging, existing.tracing)
        if same != (machine.definition, machine.logging, machine.tracing):
            raise ServiceError(
                "StateMachineAlreadyExists", f"State Machine Already Exists: '{machine.arn}'"
            )
        return {"stateMachineArn": existing.arn, "creationDate": existing.created}

    def _update(self, request: Request) -> dict[str, Any]:
        if "definition" in request:
            self._require_runnable(str(request["definition"]))
        names = {
            "definition": "definition",
            "roleArn": "role_arn",
            "loggingConfiguration": "logging",
            "tracingConfiguration": "tracing",
        }
        changes = {ours: request[theirs] for theirs, ours in names.items() if theirs in request}
        with self._lock:
            machine = self.get(str(request.get("stateMachineArn")))
            revision = str(uuid.uuid4())
            machine = replace(machine, updated=time.time(), revision=revision, **changes)
            self._save(machine)
        return {"updateDate": machine.updated, "revisionId": machine.revision}

    def _delete(self, request: Request) -> dict[str, Any]:
        arn = str(request.get("stateMachineArn"))
        with self._lock:
            machine = self._machines.pop(arn, None)
            if machine is not None:
                self._path(machine).unlink(missing_ok=True)
        return {}

    def _describe(self, request: Request) -> dict[str, Any]:
        return describe(self.get(str(request.get("stateMachineArn"))))

    def _list(self, request: Request) -> dict[str, Any]:
        region = request_region.get()
        machines = [each for each in self._machines.values() if each.arn.split(":")[3] == region]
        machines.sort(key=lambda machine: machine.created, reverse=True)
        page, rest = paginate(machines, request)
        return {
            "stateMachines": [
                {
                    "stateMachineArn": machine.arn,
                    "name": machine.name,
                    "type": "STANDARD",
                    "creationDate": machine.created,
                }
                for machine in page
            ],
            **rest,
        }

    def _list_tags(self, request: Request) -> dict[str, Any]:
        tags = self._tagged(request).tags
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _tag(self, request: Request) -> dict[str, Any]:
        tags = {tag["key"]: tag["value"] for tag in request.get("tags", ())}
        with self._lock:
            machine = self._tagged(request)
            self._save(replace(machine, tags={**machine.tags, **tags}))
        return {}

    def _untag(self, request: Request) -> dict[str, Any]:
        gone = set(request.get("tagKeys", ()))
        with self._lock:
            machine = self._tagged(request)
            tags = {key: value for key, value in machine.tags.items() if key not in gone}
            self._save(replace(machine, tags=tags))
        return {}

    def _tagged(self, request: Request) -> StateMachine:
        arn = str(request.get("resourceArn"))
        if arn not in self._machines:
            raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")
        return self._machines[arn]

    def _require_runnable(self, definition: str) -> None:
        try:
            content = json.loads(definition)
        except ValueError as error:
            raise _invalid(f"it is not JSON: {error}") from None
        problems = unsupported(content, self._tasks)
        if problems:
            raise _invalid("; ".join(problems))

    def _save(self, machine: StateMachine) -> None:
        path = self._path(machine)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, vars(machine))
        self._machines[machine.arn] = machine

    def _path(self, machine: StateMachine) -> Path:
        region = machine.arn.split(":")[3]
        return self._folder / region / f"{folder_name(machine.name)}.json"


def _invalid(problem: str) -> ServiceError:
    return ServiceError("InvalidDefinition", f"Invalid State Machine Definition: {problem}")


def describe(machine: StateMachine) -> dict[str, Any]:
    """DescribeStateMachine's response."""
    off = {"level": "OFF", "includeExecutionData": False}
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "status": "ACTIVE",
        "definition": machine.definition,
        "roleArn": machine.role_arn,
        "type": "STANDARD",
        "creationDate": machine.created,
        "loggingConfiguration": machine.logging or off,
        "tracingConfiguration": machine.tracing or {"enabled": False},
        "revisionId": machine.revision,
    }


def require_name(name: str) -> None:
    """Hold a name to the rules for state machines and executions.

    Raises:
        ServiceError: InvalidName.
    """
    if not 1 <= len(name) <= 80 or _BAD_CHARACTERS.search(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")


def paginate(items: list[Any], request: Request) -> tuple[list[Any], dict[str, str]]:
    """A page of a list, and the `nextToken` if there is more.

    Raises:
        ServiceError: InvalidToken.
    """
    token = str(request.get("nextToken") or 0)
    if not token.isdecimal():
        raise ServiceError("InvalidToken", f"Invalid Token: '{token}'")
    start = int(token)
    end = start + min(request.get("maxResults") or 100, MAX_PAGE)
    return items[start:end], ({"nextToken": str(end)} if end < len(items) else {})
