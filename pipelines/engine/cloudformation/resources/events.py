"""AWS::Events::Rule, on the default bus or on one of one's own."""

from __future__ import annotations

import json
from typing import Any

from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    found,
)
from pipelines.engine.supplied.operations import is_allowed

_NO_SUCH = "ResourceNotFoundException"
_DEFAULT_BUS = "default"


class Rule(ResourceType):
    """AWS::Events::Rule that matches events; nothing is scheduled on this machine.

    Roles are recorded: whoever reaches the engine may do everything.
    """

    type = "AWS::Events::Rule"
    named_by = "Name"
    honoured = frozenset({"EventBusName", "EventPattern", "Name", "State", "Targets"})
    recorded = frozenset({"Description", "RoleArn"})
    required = frozenset({"EventPattern"})
    replacing = frozenset({"EventBusName", "Name"})
    attributes = frozenset({"Arn"})
    takes_tags = False

    def check(self, properties: Properties) -> str | None:
        for target in properties.get("Targets") or ():
            # An ARN of what is not made yet is known only when it is; then PutTargets judges it.
            is_known = str(target.get("Arn")).startswith("arn:")
            if is_known and not is_allowed("events", "PutTargets", {"Targets": [target]}):
                return f"has the target {target.get('Id')!r}, to which nothing would be delivered"
        return None

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        bus = self._bus(properties)
        return name if bus == _DEFAULT_BUS else f"{bus}|{name}"

    def exists(self, name: str, place: Place) -> bool:
        return found(lambda: place.call("events", "DescribeRule", Name=name), _NO_SUCH)

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        return self._put(name, {}, properties, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        return self._put(name, old, new, place)

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        bus = self._bus(properties)
        with absent(_NO_SUCH):
            self._remove(name, _ids(properties), bus, place)
            place.call("events", "DeleteRule", Name=name, EventBusName=bus)

    def _put(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        bus = self._bus(new)
        put = place.call(
            "events",
            "PutRule",
            Name=name,
            EventBusName=bus,
            EventPattern=json.dumps(new["EventPattern"]),
            State=new.get("State", "ENABLED"),
        )
        self._remove(name, [each for each in _ids(old) if each not in _ids(new)], bus, place)
        if targets := new.get("Targets"):
            place.call("events", "PutTargets", Rule=name, EventBusName=bus, Targets=targets)
        return {"Arn": str(put["RuleArn"])}

    def _remove(self, name: str, ids: list[str], bus: str, place: Place) -> None:
        if ids:
            place.call("events", "RemoveTargets", Rule=name, EventBusName=bus, Ids=ids)

    def _bus(self, properties: Properties) -> str:
        return str(properties.get("EventBusName") or _DEFAULT_BUS).rpartition("/")[2]


def _ids(properties: Properties) -> list[Any]:
    return [target["Id"] for target in properties.get("Targets") or ()]
