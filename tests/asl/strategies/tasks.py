"""Task states: resources of every form, with requests that their services accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.asl.strategies import expressions as text
from tests.asl.strategies.dice import Dice

_REGION = "us-east-1:123456789012"
_QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"
_TOKEN = {"JSONPath": {"TaskToken.$": "$$.Task.Token"}}
_TOKEN["JSONata"] = {"TaskToken": "{% $states.context.Task.Token %}"}

_FUNCTION = f"arn:aws:lambda:{_REGION}:function:work"
_ACTIVITY = f"arn:aws:states:{_REGION}:activity:work"
_INVOKE = "arn:aws:states:::lambda:invoke"
_SEND = "arn:aws:states:::sqs:sendMessage"
_PUBLISH = "arn:aws:states:::sns:publish"
_START = "arn:aws:states:::states:startExecution"
_GET_ITEM = "arn:aws:states:::dynamodb:getItem"
_GET_OBJECT = "arn:aws:states:::aws-sdk:s3:getObject"

_RESOURCES = [
    *(_FUNCTION, _ACTIVITY, _INVOKE, f"{_INVOKE}.waitForTaskToken"),
    *(_SEND, f"{_SEND}.waitForTaskToken", _PUBLISH, f"{_PUBLISH}.waitForTaskToken"),
    *(_START, f"{_START}.sync", f"{_START}.sync:2", _GET_ITEM, _GET_OBJECT),
]


_SIMPLE = [_FUNCTION, _INVOKE, _SEND, _PUBLISH, _START, _GET_ITEM, _GET_OBJECT]
"""What an Express workflow may call: it waits neither for jobs nor for answers."""


def task_fields(
    dice: Dice, jsonpath: bool, variables: Sequence[str], express: bool
) -> dict[str, Any]:
    """Resource, its request, and timeouts."""
    resource = dice.pick(_SIMPLE if express else _RESOURCES)
    fields: dict[str, Any] = {"Resource": resource}
    request = _request(dice, resource, jsonpath, variables)
    if request is not None:
        fields["Parameters" if jsonpath else "Arguments"] = request
    answered = "waitForTaskToken" in resource or resource == _ACTIVITY
    if answered or dice.once_in(4):
        fields["TimeoutSeconds"] = dice.pick([5, 900, 604_800])
    if answered and dice.once_in(3):
        fields["HeartbeatSeconds"] = 2
    elif not answered and jsonpath and dice.once_in(6):
        fields.pop("TimeoutSeconds", None)
        fields["TimeoutSecondsPath"] = "$.nested.seconds"
    elif not answered and not jsonpath and dice.once_in(6):
        fields["TimeoutSeconds"] = "{% $states.input.nested.seconds %}"
    return fields


def _request(dice: Dice, resource: str, jsonpath: bool, variables: Sequence[str]) -> Any:
    if resource in (_FUNCTION, _ACTIVITY):
        return _payload(dice, jsonpath, variables) if dice.once_in(2) else None
    payload = _payload(dice, jsonpath, variables)
    if "waitForTaskToken" in resource:
        payload |= _TOKEN["JSONPath" if jsonpath else "JSONata"]
    if resource.startswith(_INVOKE):
        return {"FunctionName": _FUNCTION, "Payload": payload}
    if resource.startswith(_SEND):
        return {"QueueUrl": _QUEUE, "MessageBody": payload}
    if resource.startswith(_PUBLISH):
        return {"TopicArn": f"arn:aws:sns:{_REGION}:topic", "Message": payload}
    if resource.startswith(_START):
        machine = f"arn:aws:states:{_REGION}:stateMachine:inner"
        return {"StateMachineArn": machine, "Input": payload}
    if resource == _GET_ITEM:
        return {"TableName": "table", "Key": {"id": {"S": "one"}}}
    return {"Bucket": "bucket", "Key": "key"}


def _payload(dice: Dice, jsonpath: bool, variables: Sequence[str]) -> dict[str, Any]:
    if jsonpath:
        return text.template(dice, variables)
    return {"x": text.jsonata_value(dice, variables)}
