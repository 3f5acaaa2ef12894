"""The context object's type: what `$$.…` and `$states.context` hold in a state.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.asl.checker.flow.values.queries import Step
from pipelines.asl.checker.flow.values.reading import Reading, read
from pipelines.asl.checker.flow.values.types import (
    INTEGER,
    NEVER,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Text,
    Type,
    object_of,
)
from pipelines.asl.model import Scope, State

_ARN = Type(text=Text(frozenset({("arn:", None)})))
_TIME = Type(text=Text(frozenset({(None, ":", None)})))
"""A time like 2026-03-14T01:59:00.123Z, whose colons are what a name may not have."""


class Contexts:
    """The context object's types in one machine, whose executions have this input."""

    def __init__(self, execution_input: Type) -> None:
        self.execution_input = execution_input
        self._made: dict[tuple[Scope, bool], Type] = {}
        self._read: dict[tuple[Scope, bool, tuple[Step, ...]], Reading] = {}

    def of(self, state: State, item: Type | None = None) -> Type:
        """The context object in a state.

        Args:
            state: The state.
            item: The type of the Map's item, in the fields of a Map that are read once an item.
        """
        key = (state.scope, state.type == "Task")  # as recorded: with .sync there is a token too
        if key not in self._made:
            self._made[key] = self._make(*key)
        made = self._made[key]
        if item is None or made.object is None:
            return made
        return Type(object=made.object.with_field("Map", _map(item)))

    def read(self, state: State, steps: tuple[Step, ...], item: Type | None = None) -> Reading:
        """What a path into the context object finds: the same in all states of a kind."""
        if item is not None:
            return read(self.of(state, item), steps)
        key = (state.scope, state.type == "Task", steps)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = read(self.of(state), steps)
        return found

    def _make(self, scope: Scope, is_task: bool) -> Type:
        is_child = _is_in_distributed_map(scope)
        fields = _fixed(UNKNOWN if is_child else self.execution_input)
        if is_child or _is_in_map(scope):
            fields["Map"] = Field(_map(UNKNOWN), Presence.USUALLY)
        if is_task:
            fields["Task"] = Field(object_of({"Token": TEXT}), Presence.USUALLY)
        return Type(object=Object(fields, NEVER))


_EXECUTION = {
    "Id": Field(_ARN),
    "Input": Field(UNKNOWN),
    "Name": Field(TEXT),
    "RoleArn": Field(_ARN),
    "StartTime": Field(_TIME),
    "RedriveCount": Field(INTEGER),
    "RedriveTime": Field(_TIME, Presence.SOMETIMES),
}
_STATE = {
    "EnteredTime": Field(_TIME),
    "Name": Field(TEXT),
    "RetryCount": Field(INTEGER, Presence.USUALLY),  # where there can be retries
}
_EVERYWHERE = {
    "State": Field(Type(object=Object(_STATE, NEVER))),
    "StateMachine": Field(object_of({"Id": _ARN, "Name": TEXT})),
}


def _fixed(execution_input: Type) -> dict[str, Field]:
    """What every state sees."""
    execution = Object({**_EXECUTION, "Input": Field(execution_input)}, NEVER)
    return {"Execution": Field(Type(object=execution)), **_EVERYWHERE}


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
