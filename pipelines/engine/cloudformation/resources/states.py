"""AWS::StepFunctions::StateMachine: a definition, with its substitutions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pipelines.engine.cloudformation.intrinsics import text_of
from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    found,
    tag_changes,
)
from pipelines.engine.wire.service import ServiceError

_NO_SUCH = "StateMachineDoesNotExist"
_VARIABLE = re.compile(r"\$\{([a-zA-Z0-9_.:-]+)\}")


class StateMachine(ResourceType):
    """AWS::StepFunctions::StateMachine.

    Logging, tracing and encryption are recorded: the history is always whole, and on this
    machine's disk.
    """

    type = "AWS::StepFunctions::StateMachine"
    named_by = "StateMachineName"
    honoured = frozenset(
        {
            "Definition",
            "DefinitionString",
            "DefinitionSubstitutions",
            "RoleArn",
            "StateMachineName",
            "StateMachineType",
            "Tags",
        }
    )
    recorded = frozenset(
        {"EncryptionConfiguration", "LoggingConfiguration", "TracingConfiguration"}
    )
    required = frozenset({"RoleArn"})
    replacing = frozenset({"StateMachineName", "StateMachineType"})
    attributes = frozenset({"Arn", "Name"})

    def check(self, properties: Properties) -> str | None:
        if ("Definition" in properties) == ("DefinitionString" in properties):
            return "needs exactly one of Definition and DefinitionString"
        return None

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return place.arn("states", f"stateMachine:{name}")

    def exists(self, name: str, place: Place) -> bool:
        arn = self.physical_id(name, {}, place)
        return found(
            lambda: place.call("states", "DescribeStateMachine", stateMachineArn=arn), _NO_SUCH
        )

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags") or []]
        made = place.call(
            "states",
            "CreateStateMachine",
            name=name,
            type=properties.get("StateMachineType", "STANDARD"),
            definition=definition_of(properties),
            roleArn=properties["RoleArn"],
            tags=tags or None,
        )
        return {"Arn": made["stateMachineArn"], "Name": name}

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = self.physical_id(name, new, place)
        place.call(
            "states",
            "UpdateStateMachine",
            stateMachineArn=arn,
            definition=definition_of(new),
            roleArn=new["RoleArn"],
        )
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in to_set]
            place.call("states", "TagResource", resourceArn=arn, tags=tags)
        if to_remove:
            place.call("states", "UntagResource", resourceArn=arn, tagKeys=to_remove)
        return {"Arn": arn, "Name": name}

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        arn = self.physical_id(name, properties, place)
        with absent(_NO_SUCH):
            place.call("states", "DeleteStateMachine", stateMachineArn=arn)


def definition_of(properties: Properties) -> str:
    """The definition as JSON text, its `${Name}` replaced by the substitutions.

    >>> definition_of({"Definition": {"Next": "${Name}"}, "DefinitionSubstitutions": {"Name": 1}})
    '{"Next": "1"}'

    Raises:
        ServiceError: InvalidDefinition, for a variable without a substitution.
    """
    values = properties.get("DefinitionSubstitutions") or {}
    if "DefinitionString" in properties:
        text = _filled(properties["DefinitionString"], values, "DefinitionString")
        try:
            json.loads(text)
        except ValueError as error:
            raise ServiceError(
                "InvalidDefinition", f"DefinitionString is not JSON: {error}"
            ) from None
        return text
    return json.dumps(_substituted(properties["Definition"], values, "Definition"))


def _substituted(value: Any, values: Mapping[str, Any], where: str) -> Any:
    if isinstance(value, str):
        return _filled(value, values, where)
    if isinstance(value, list):
        return [_substituted(each, values, f"{where}[{i}]") for i, each in enumerate(value)]
    if isinstance(value, dict):
        return {
            _filled(key, values, where): _substituted(each, values, f"{where}.{key}")
            for key, each in value.items()
        }
    return value


def _filled(text: str, values: Mapping[str, Any], where: str) -> str:
    missing = [name for name in _VARIABLE.findall(text) if name not in values]
    if missing:
        raise ServiceError(
            "InvalidDefinition",
            f"{where}: ${{{missing[0]}}} has no value in DefinitionSubstitutions.",
        )
    return _VARIABLE.sub(lambda match: text_of(values[match[1]]), text)
