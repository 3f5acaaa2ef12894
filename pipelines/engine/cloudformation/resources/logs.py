"""AWS::Logs::LogGroup."""

from __future__ import annotations

from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    tag_changes,
)

_NO_SUCH = "ResourceNotFoundException"


class LogGroup(ResourceType):
    """AWS::Logs::LogGroup. Nothing on this machine is encrypted: the key is recorded."""

    type = "AWS::Logs::LogGroup"
    named_by = "LogGroupName"
    honoured = frozenset({"LogGroupName", "RetentionInDays", "Tags"})
    recorded = frozenset({"KmsKeyId"})
    replacing = frozenset({"LogGroupName"})
    attributes = frozenset({"Arn"})

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return name

    def exists(self, name: str, place: Place) -> bool:
        groups = place.call("logs", "DescribeLogGroups", logGroupNamePrefix=name)["logGroups"]
        return any(group["logGroupName"] == name for group in groups)

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
        place.call("logs", "CreateLogGroup", logGroupName=name, tags=tags or None)
        return self._retain(name, {}, properties, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = place.arn("logs", f"log-group:{name}")
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            tags = {tag["Key"]: tag["Value"] for tag in to_set}
            place.call("logs", "TagResource", resourceArn=arn, tags=tags)
        if to_remove:
            place.call("logs", "UntagResource", resourceArn=arn, tagKeys=to_remove)
        return self._retain(name, old, new, place)

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent(_NO_SUCH):
            place.call("logs", "DeleteLogGroup", logGroupName=name)

    def _retain(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        days = new.get("RetentionInDays")
        if days is not None:
            place.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=int(days))
        elif "RetentionInDays" in old:
            place.call("logs", "DeleteRetentionPolicy", logGroupName=name)
        return {"Arn": place.arn("logs", f"log-group:{name}:*")}
