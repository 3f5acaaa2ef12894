"""State machines: their definitions, as files, and Step Functions' operations on them.

.local/state-machines/<region>/<name>.json
"""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import Tasks
from pipelines.engine.calls import request_region
from pipelines.engine.executions.machine import StateMachine, describe, from_json, to_json
from pipelines.engine.executions.requests import Request, paginate, require_name, require_role
from pipelines.engine.executions.runnable import why_not_runnable
from pipelines.engine.files import folder_name, read_json, write_json
from pipelines.engine.wire.service import ServiceError
from pipelines.regions import partition


class StateMachines:
    """All state machines, and the operations that make, change and show them."""

    def __init__(self, root: Path, account: str, tasks: Tasks) -> None:
        self._folder = root / "state-machines"
        self._account = account
        self._tasks = tasks
        self.lock = threading.RLock()
        self._machines: dict[str, StateMachine] = {}
        for path in sorted(self._folder.glob("*/*.json")):
            machine = from_json(read_json(path))
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

    def qualified(self, arn: str) -> tuple[StateMachine, dict[str, str | None]]:
        """The state machine that an ARN means, which may be a version's or an alias's.

        Returns:
            It as it was published, and `version_arn` and `alias_arn`, if it was asked for by one.

        Raises:
            ServiceError: StateMachineDoesNotExist.
        """
        base, _, qualifier = arn.rpartition(":")
        if base not in self._machines:
            return self.get(arn), {}
        machine = self._machines[base]
        alias = machine.aliases.get(qualifier)
        if alias is not None:
            numbers, weights = list(alias.routing), list(alias.routing.values())
            [qualifier] = random.choices(numbers, weights)
        version = machine.versions.get(qualifier)
        if version is None:
            return self.get(arn), {}
        arns = {"version_arn": f"{base}:{qualifier}", "alias_arn": arn if alias else None}
        return machine.as_version(version), arns

    def save(self, machine: StateMachine) -> None:
        """Keep a state machine, on disk first; called with the lock held."""
        path = self._path(machine)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, to_json(machine))
        self._machines[machine.arn] = machine

    def _create(self, request: Request) -> dict[str, Any]:
        name, definition = str(request.get("name", "")), str(request.get("definition", ""))
        require_name(name)
        require_role(str(request.get("roleArn")))
        type = str(request.get("type", "STANDARD"))
        self._require_runnable(definition, type)
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
            type=type,
        )
        with self.lock:
            existing = self._machines.get(machine.arn)
            if existing is None:
                self.save(machine)
                existing = machine
        # As AWS has it, another role or other tags do not make it another machine.
        same = (existing.definition, existing.logging, existing.tracing, existing.type)
        if same != (machine.definition, machine.logging, machine.tracing, machine.type):
            raise ServiceError(
                "StateMachineAlreadyExists", f"State Machine Already Exists: '{machine.arn}'"
            )
        return {"stateMachineArn": existing.arn, "creationDate": existing.created}

    def _update(self, request: Request) -> dict[str, Any]:
        names = {
            "definition": "definition",
            "roleArn": "role_arn",
            "loggingConfiguration": "logging",
            "tracingConfiguration": "tracing",
        }
        changes = {ours: request[theirs] for theirs, ours in names.items() if theirs in request}
        with self.lock:
            machine = self.get(str(request.get("stateMachineArn")))
            if not changes and "encryptionConfiguration" not in request:
                raise ServiceError(
                    "MissingRequiredParameter",
                    "Either the definition, the role ARN, the LoggingConfiguration, or the"
                    " TracingConfiguration must be specified",
                )
            if "roleArn" in request:
                require_role(request["roleArn"])
            if "definition" in request:
                self._require_runnable(str(request["definition"]), machine.type)
            revision = str(uuid.uuid4())
            machine = replace(machine, updated=time.time(), revision=revision, **changes)
            self.save(machine)
        return {"updateDate": machine.updated, "revisionId": machine.revision}

    def _delete(self, request: Request) -> dict[str, Any]:
        arn = str(request.get("stateMachineArn"))
        with self.lock:
            machine = self._machines.pop(arn, None)
            if machine is not None:
                self._path(machine).unlink(missing_ok=True)
        return {}

    def _describe(self, request: Request) -> dict[str, Any]:
        arn = str(request.get("stateMachineArn"))
        machine, _ = self.qualified(arn)
        return {**describe(machine), "stateMachineArn": arn}

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
                    "type": machine.type,
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
        with self.lock:
            machine = self._tagged(request)
            self.save(replace(machine, tags={**machine.tags, **tags}))
        return {}

    def _untag(self, request: Request) -> dict[str, Any]:
        gone = set(request.get("tagKeys", ()))
        with self.lock:
            machine = self._tagged(request)
            tags = {key: value for key, value in machine.tags.items() if key not in gone}
            self.save(replace(machine, tags=tags))
        return {}

    def _tagged(self, request: Request) -> StateMachine:
        arn = str(request.get("resourceArn"))
        if arn not in self._machines:
            raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")
        return self._machines[arn]

    def _require_runnable(self, definition: str, type: str) -> None:
        try:
            content = json.loads(definition)
        except (ValueError, RecursionError) as error:
            raise _invalid_definition(f"it is not JSON: {error}") from None
        problems = why_not_runnable(content, type, self._tasks)
        if problems:
            raise _invalid_definition("; ".join(problems))

    def _path(self, machine: StateMachine) -> Path:
        region = machine.arn.split(":")[3]
        return self._folder / region / f"{folder_name(machine.name)}.json"


def _invalid_definition(problem: str) -> ServiceError:
    return ServiceError("InvalidDefinition", f"Invalid State Machine Definition: {problem}")
