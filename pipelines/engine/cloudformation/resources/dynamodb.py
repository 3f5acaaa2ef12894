"""AWS::DynamoDB::Table."""

from __future__ import annotations

from typing import Any

from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    found,
    tag_changes,
)

_NO_SUCH = "ResourceNotFoundException"


class Table(ResourceType):
    """AWS::DynamoDB::Table, with its keys and indexes.

    Capacity, backups and encryption are recorded: nothing here is metered, and all of it is kept.
    So is the time to live: AWS deletes an item some days after its time, here it stays.
    """

    type = "AWS::DynamoDB::Table"
    named_by = "TableName"
    honoured = frozenset(
        {
            "AttributeDefinitions",
            "GlobalSecondaryIndexes",
            "KeySchema",
            "LocalSecondaryIndexes",
            "TableName",
            "Tags",
        }
    )
    recorded = frozenset(
        {
            "BillingMode",
            "DeletionProtectionEnabled",
            "PointInTimeRecoverySpecification",
            "ProvisionedThroughput",
            "SSESpecification",
            "TableClass",
            "TimeToLiveSpecification",
        }
    )
    required = frozenset({"AttributeDefinitions", "KeySchema"})
    replacing = frozenset(
        {
            "AttributeDefinitions",
            "GlobalSecondaryIndexes",
            "KeySchema",
            "LocalSecondaryIndexes",
            "TableName",
        }
    )
    attributes = frozenset({"Arn"})

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return name

    def exists(self, name: str, place: Place) -> bool:
        return found(lambda: place.call("dynamodb", "DescribeTable", TableName=name), _NO_SUCH)

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        shape = ("AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes")
        made = place.call(
            "dynamodb",
            "CreateTable",
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=_without_capacity(properties.get("GlobalSecondaryIndexes")),
            Tags=properties.get("Tags") or None,
            **{each: properties.get(each) for each in shape},
        )
        return {"Arn": made["TableDescription"]["TableArn"]}

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = place.arn("dynamodb", f"table/{name}")
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            place.call("dynamodb", "TagResource", ResourceArn=arn, Tags=to_set)
        if to_remove:
            place.call("dynamodb", "UntagResource", ResourceArn=arn, TagKeys=to_remove)
        return {"Arn": arn}

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent(_NO_SUCH):
            place.call("dynamodb", "DeleteTable", TableName=name)


def _without_capacity(indexes: Any) -> Any:
    if not indexes:
        return None
    return [
        {key: value for key, value in index.items() if key != "ProvisionedThroughput"}
        for index in indexes
    ]
