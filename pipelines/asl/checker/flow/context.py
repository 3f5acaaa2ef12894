"""The context object's type: what `$$.…` and `$states.context` hold in a state.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.asl.checker.flow.types import (
    INTEGER,
    NEVER,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
    object_of,
)
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.model import Scope, State
from pipelines.asl.resources import parse_resource


@dataclass(frozen=True)
class Contexts:
    """The context object's types in one machine.

    Attributes:
        execution_input: The type of the execution's input.
    """

    execution_input: Type

    def of(self, state: State, item: Type | None = None) -> Type:
        """The context object in a state.

        Args:
            state: The state.
            item: The type of the Map's item, in the fields of a Map that are read once an item.
        """
        is_child = _is_in_distributed_map(state.scope)
        fields = dict(_fixed(UNKNOWN if is_child else self.execution_input))
        if item is not None:
            fields["Map"] = Field(_map(item))
        elif is_child or _is_in_map(state.scope):
            fields["Map"] = Field(_map(UNKNOWN), Presence.USUALLY)
        if _may_have_token(state):
            fields["Task"] = Field(object_of({"Token": TEXT}), Presence.USUALLY)
        return Type(object=Object(fields, NEVER))


def _fixed(execution_input: Type) -> Mapping[str, Field]:
    """What every state sees."""
    execution = {
        "Id": Field(TEXT),
        "Input": Field(execution_input),
        "Name": Field(TEXT),
        "RoleArn": Field(TEXT),
        "StartTime": Field(TEXT),
        "RedriveCount": Field(INTEGER),
        "RedriveTime": Field(TEXT, Presence.SOMETIMES),
    }
    state = {"EnteredTime": TEXT, "Name": TEXT, "RetryCount": INTEGER}
    return {
        "Execution": Field(Type(object=Object(execution, NEVER))),
        "State": Field(object_of(state)),
        "StateMachine": Field(object_of({"Id": TEXT, "Name": TEXT})),
    }


def _map(item: Type) -> Type:
    """`$$.Map`; only an item that comes from an object has a key."""
    fields = {
        "Index": Field(INTEGER),
        "Key": Field(TEXT, Presence.USUALLY),
        "Source": Field(TEXT, Presence.USUALLY),
        "Value": Field(item),
    }
    return object_of({"Item": Type(object=Object(fields, NEVER))})


def _is_in_map(scope: Scope) -> bool:
    """Whether the scope lies in a Map, at any depth."""
    while scope.parent is not None:
        if scope.parent.type == "Map":
            return True
        scope = scope.parent.scope
    return False


def _is_in_distributed_map(scope: Scope) -> bool:
    """Whether the scope's states run in a child execution, which has an input of its own."""
    while scope.parent is not None:
        if is_distributed(scope):
            return True
        scope = scope.parent.scope
    return False


def is_distributed(scope: Scope) -> bool:
    """Whether a Map runs the scope as child executions."""
    config = scope.fields.get("ProcessorConfig")
    mode = config.get("Mode") if isinstance(config, Mapping) else None
    return mode not in (None, "INLINE")


@lru_cache(maxsize=1024)
def _has_token(resource: str) -> bool:
    try:
        return parse_resource(resource).pattern == "waitForTaskToken"
    except AslSyntaxError:
        return (
            ":function:" not in resource
        )  # an activity's worker has one; so may what is not known


def _may_have_token(state: State) -> bool:
    """Whether a task token may have been made for the state."""
    resource = state.fields.get("Resource")
    if state.type != "Task" or not isinstance(resource, str):
        return False
    return "${" in resource or _has_token(resource)
