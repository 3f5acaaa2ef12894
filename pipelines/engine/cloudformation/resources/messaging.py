"""AWS::SNS::Topic and AWS::SQS::Queue."""

from __future__ import annotations

import json

from pipelines.engine.calls import ACCOUNT
from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    found,
    tag_changes,
)

_NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


class Topic(ResourceType):
    """AWS::SNS::Topic, without the subscriptions that it could hold itself."""

    type = "AWS::SNS::Topic"
    named_by = "TopicName"
    honoured = frozenset({"DisplayName", "Tags", "TopicName"})
    recorded = frozenset({"KmsMasterKeyId"})
    replacing = frozenset({"TopicName"})
    attributes = frozenset({"TopicArn", "TopicName"})

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return place.arn("sns", name)

    def exists(self, name: str, place: Place) -> bool:
        arn = self.physical_id(name, {}, place)
        return found(lambda: place.call("sns", "GetTopicAttributes", TopicArn=arn), "NotFound")

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        place.call("sns", "CreateTopic", Name=name, Tags=properties.get("Tags"))
        return self._set(name, properties, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = self.physical_id(name, new, place)
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            place.call("sns", "TagResource", ResourceArn=arn, Tags=to_set)
        if to_remove:
            place.call("sns", "UntagResource", ResourceArn=arn, TagKeys=to_remove)
        return self._set(name, new, place)

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent("NotFound"):
            place.call("sns", "DeleteTopic", TopicArn=self.physical_id(name, properties, place))

    def _set(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        arn = self.physical_id(name, properties, place)
        place.call(
            "sns",
            "SetTopicAttributes",
            TopicArn=arn,
            AttributeName="DisplayName",
            AttributeValue=properties.get("DisplayName", ""),
        )
        return {"TopicArn": arn, "TopicName": name}


class Queue(ResourceType):
    """AWS::SQS::Queue, of the standard kind."""

    type = "AWS::SQS::Queue"
    named_by = "QueueName"
    _SETTINGS = (
        ("DelaySeconds", 0),
        ("MessageRetentionPeriod", 345_600),
        ("ReceiveMessageWaitTimeSeconds", 0),
        ("VisibilityTimeout", 30),
    )
    honoured = frozenset({name for name, _ in _SETTINGS} | {"QueueName", "RedrivePolicy", "Tags"})
    recorded = frozenset({"SqsManagedSseEnabled"})
    replacing = frozenset({"QueueName"})
    attributes = frozenset({"Arn", "QueueName", "QueueUrl"})

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return f"https://sqs.{place.region}.amazonaws.com/{ACCOUNT}/{name}"

    def exists(self, name: str, place: Place) -> bool:
        return found(lambda: place.call("sqs", "GetQueueUrl", QueueName=name), *_NO_QUEUE)

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
        settings = self._settings(properties)
        place.call("sqs", "CreateQueue", QueueName=name, Attributes=settings, tags=tags or None)
        return self._attributes(name, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        url = self.physical_id(name, new, place)
        settings = self._settings(new)
        if "RedrivePolicy" in old:
            settings.setdefault("RedrivePolicy", "")
        place.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes=settings)
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            tags = {tag["Key"]: tag["Value"] for tag in to_set}
            place.call("sqs", "TagQueue", QueueUrl=url, Tags=tags)
        if to_remove:
            place.call("sqs", "UntagQueue", QueueUrl=url, TagKeys=to_remove)
        return self._attributes(name, place)

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent(*_NO_QUEUE):
            place.call("sqs", "DeleteQueue", QueueUrl=self.physical_id(name, properties, place))

    def _settings(self, properties: Properties) -> dict[str, str]:
        settings = {name: str(properties.get(name, default)) for name, default in self._SETTINGS}
        if "RedrivePolicy" in properties:
            settings["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
        return settings

    def _attributes(self, name: str, place: Place) -> dict[str, str]:
        return {
            "Arn": place.arn("sqs", name),
            "QueueName": name,
            "QueueUrl": self.physical_id(name, {}, place),
        }
