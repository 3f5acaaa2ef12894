"""Versions and aliases of state machines: Step Functions' operations on them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipelines.engine.executions.machine import Alias, StateMachine, Version, describe_alias
from pipelines.engine.executions.requests import (
    Request,
    arn_of,
    invalid,
    paginate,
    present,
    require_name,
)
from pipelines.engine.executions.state_machines import StateMachines
from pipelines.engine.wire.service import ServiceError


class VersionOperations:
    """Publishes versions, and names them."""

    def __init__(self, machines: StateMachines) -> None:
        self._machines = machines
        self.operations: Mapping[str, Callable[[Request], dict[str, Any]]] = {
            **machines.operations,
            "CreateStateMachine": self._create,
            "CreateStateMachineAlias": self._create_alias,
            "DeleteStateMachineAlias": self._delete_alias,
            "DeleteStateMachineVersion": self._delete_version,
            "DescribeStateMachineAlias": self._describe_alias,
            "ListStateMachineAliases": self._list_aliases,
            "ListStateMachineVersions": self._list_versions,
            "PublishStateMachineVersion": self._publish,
            "UpdateStateMachine": self._update,
            "UpdateStateMachineAlias": self._update_alias,
        }

    def _create(self, request: Request) -> dict[str, Any]:
        _require_publish(request)
        response = self._machines.operations["CreateStateMachine"](request)
        return {**response, **self._published(request, response["stateMachineArn"])}

    def _update(self, request: Request) -> dict[str, Any]:
        _require_publish(request)
        response = self._machines.operations["UpdateStateMachine"](request)
        return {**response, **self._published(request, str(request.get("stateMachineArn")))}

    def _published(self, request: Request, arn: str) -> dict[str, Any]:
        if not request.get("publish"):
            return {}
        version = self._new_version(arn, request.get("versionDescription"))
        return {"stateMachineVersionArn": f"{arn}:{version.number}"}

    def _publish(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "stateMachineArn")
        revision = self._machines.get(arn).revision
        if request.get("revisionId") not in (None, revision):
            raise ServiceError("ConflictException", f"The revision is {revision}.")
        version = self._new_version(arn, request.get("description"))
        return {
            "creationDate": version.created,
            "stateMachineVersionArn": f"{arn}:{version.number}",
        }

    def _new_version(self, arn: str, description: str | None) -> Version:
        """The version that was published last, if it is what there is now; else a new one."""
        with self._machines.lock:
            machine = self._machines.get(arn)
            last = machine.versions.get(str(machine.published))
            if last is not None and last.revision == machine.revision:
                return last
            version = Version(
                number=machine.published + 1,
                definition=machine.definition,
                role_arn=machine.role_arn,
                revision=machine.revision,
                created=time.time(),
                description=description or "",
            )
            versions = {**machine.versions, str(version.number): version}
            self._machines.save(replace(machine, versions=versions, published=version.number))
            return version

    def _list_versions(self, request: Request) -> dict[str, Any]:
        machine = self._machines.get(arn_of(request, "stateMachineArn"))
        page, rest = paginate(list(machine.versions.values())[::-1], request)
        versions = [
            {
                "stateMachineVersionArn": f"{machine.arn}:{each.number}",
                "creationDate": each.created,
            }
            for each in page
        ]
        return {"stateMachineVersions": versions, **rest}

    def _delete_version(self, request: Request) -> dict[str, Any]:
        arn, _, number = arn_of(request, "stateMachineVersionArn").rpartition(":")
        with self._machines.lock:
            machine = self._machines.get(arn)
            users = [each.name for each in machine.aliases.values() if number in each.routing]
            if users:
                raise ServiceError(
                    "ConflictException",
                    f"Version to be deleted must not be referenced by an alias: {users}",
                )
            versions = {key: each for key, each in machine.versions.items() if key != number}
            self._machines.save(replace(machine, versions=versions))
        return {}

    # Aliases

    def _create_alias(self, request: Request) -> dict[str, Any]:
        name = str(request.get("name", ""))
        require_name(name)
        if re.fullmatch(r"\d+", name):
            raise invalid("An alias's name must not be a number.")
        routing = request.get("routingConfiguration") or ()
        if not routing:
            raise invalid("routingConfiguration names no version.")
        arn = str(routing[0].get("stateMachineVersionArn")).rpartition(":")[0]
        with self._machines.lock:
            machine, now = self._machines.get(arn), time.time()
            alias = Alias(
                name=name,
                routing=_routing(machine, routing),
                description=request.get("description", ""),
                created=now,
                updated=now,
            )
            existing = machine.aliases.get(name)
            if existing is not None and existing.routing != alias.routing:
                raise ServiceError(
                    "ConflictException", f"Failed to create alias because it exists: '{name}'"
                )
            if existing is None:
                self._save(machine, alias)
        return {
            "stateMachineAliasArn": f"{arn}:{name}",
            "creationDate": (existing or alias).created,
        }

    def _update_alias(self, request: Request) -> dict[str, Any]:
        with self._machines.lock:
            machine, alias = self._alias(request)
            routing = request.get("routingConfiguration")
            alias = replace(
                alias,
                routing=alias.routing if routing is None else _routing(machine, routing),
                description=request.get("description", alias.description),
                updated=time.time(),
            )
            self._save(machine, alias)
        return {"updateDate": alias.updated}

    def _describe_alias(self, request: Request) -> dict[str, Any]:
        return describe_alias(*self._alias(request))

    def _delete_alias(self, request: Request) -> dict[str, Any]:
        with self._machines.lock:
            machine, alias = self._alias(request)
            aliases = {name: each for name, each in machine.aliases.items() if name != alias.name}
            self._machines.save(replace(machine, aliases=aliases))
        return {}

    def _list_aliases(self, request: Request) -> dict[str, Any]:
        machine = self._machines.get(arn_of(request, "stateMachineArn"))
        page, rest = paginate(list(machine.aliases.values()), request)
        aliases = [
            present(
                {
                    "stateMachineAliasArn": f"{machine.arn}:{each.name}",
                    "creationDate": each.created,
                }
            )
            for each in page
        ]
        return {"stateMachineAliases": aliases, **rest}

    def _alias(self, request: Request) -> tuple[StateMachine, Alias]:
        arn = arn_of(request, "stateMachineAliasArn")
        base, _, name = arn.rpartition(":")
        machine = self._machines.get(base)
        if name not in machine.aliases:
            raise ServiceError("ResourceNotFound", f"Request references a resource: '{arn}'")
        return machine, machine.aliases[name]

    def _save(self, machine: StateMachine, alias: Alias) -> None:
        aliases = {**machine.aliases, alias.name: alias}
        self._machines.save(replace(machine, aliases=aliases))


def _require_publish(request: Request) -> None:
    if "versionDescription" in request and not request.get("publish"):
        raise invalid("Version description can only be set when publish is set to true")


def _routing(machine: StateMachine, routing: Any) -> dict[str, int]:
    """The part of the executions of each version, by its number.

    Raises:
        ServiceError: ValidationException, ResourceNotFound.
    """
    parts: dict[str, int] = {}
    for each in routing:
        base, _, number = str(each.get("stateMachineVersionArn")).rpartition(":")
        if base != machine.arn or number not in machine.versions:
            raise ServiceError(
                "ResourceNotFound", f"There is no version '{each.get('stateMachineVersionArn')}'"
            )
        parts[number] = int(each.get("weight", 0))
    if not 1 <= len(parts) <= 2 or sum(parts.values()) != 100:
        raise invalid("Sum of routing configuration weights must equal 100, of one or two versions")
    return parts
