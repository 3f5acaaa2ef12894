"""What is known of a state machine: a value, and Step Functions' descriptions of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.engine.executions.requests import present


@dataclass(frozen=True)
class Version:
    """What was published of a state machine under a number; `created` is epoch seconds."""

    number: int
    definition: str
    role_arn: str
    revision: str
    created: float
    description: str = ""


@dataclass(frozen=True)
class Alias:
    """A name for one version, or for two that share the executions.

    Attributes:
        routing: The number of each version, and its part of the executions in percent.
    """

    name: str
    routing: dict[str, int]
    description: str
    created: float
    updated: float


@dataclass(frozen=True)
class StateMachine:
    """A state machine; `definition` is JSON text, times are seconds since the epoch.

    Attributes:
        published: The number of the version that was published last.
    """

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
    type: str = "STANDARD"
    versions: dict[str, Version] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    published: int = 0

    def as_version(self, version: Version) -> StateMachine:
        """The state machine as it was when this version was published."""
        return replace(
            self,
            definition=version.definition,
            role_arn=version.role_arn,
            revision=version.revision,
            updated=version.created,
        )


def to_json(machine: StateMachine) -> dict[str, Any]:
    """All of it, as JSON."""
    return {
        **vars(machine),
        "versions": {number: vars(each) for number, each in machine.versions.items()},
        "aliases": {name: vars(each) for name, each in machine.aliases.items()},
    }


def from_json(content: dict[str, Any]) -> StateMachine:
    """The inverse of `to_json`."""
    versions = {number: Version(**each) for number, each in content.get("versions", {}).items()}
    aliases = {name: Alias(**each) for name, each in content.get("aliases", {}).items()}
    return StateMachine(**{**content, "versions": versions, "aliases": aliases})


def describe(machine: StateMachine) -> dict[str, Any]:
    """DescribeStateMachine's response."""
    off = {"level": "OFF", "includeExecutionData": False}
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "status": "ACTIVE",
        "definition": machine.definition,
        "roleArn": machine.role_arn,
        "type": machine.type,
        "creationDate": machine.created,
        "loggingConfiguration": machine.logging or off,
        "tracingConfiguration": machine.tracing or {"enabled": False},
        "revisionId": machine.revision,
    }


def describe_alias(machine: StateMachine, alias: Alias) -> dict[str, Any]:
    """DescribeStateMachineAlias' response."""
    return present(
        {
            "stateMachineAliasArn": f"{machine.arn}:{alias.name}",
            "name": alias.name,
            "description": alias.description or None,
            "routingConfiguration": [
                {"stateMachineVersionArn": f"{machine.arn}:{number}", "weight": weight}
                for number, weight in alias.routing.items()
            ],
            "creationDate": alias.created,
            "updateDate": alias.updated,
        }
    )
