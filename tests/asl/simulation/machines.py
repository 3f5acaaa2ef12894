"""Small definitions for simulations, and what they call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CREATE_JOB = "arn:aws:states:::sagemaker:createProcessingJob.sync"
INVOKE = "arn:aws:states:::lambda:invoke"
ASK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
PUT_ITEM = "arn:aws:states:::dynamodb:putItem"
SDK_PUT_ITEM = "arn:aws:states:::aws-sdk:dynamodb:putItem"
CREATE_SECRET = "arn:aws:states:::aws-sdk:secretsmanager:createSecret"
START_EXECUTION = "arn:aws:states:::aws-sdk:sfn:startExecution"
SEND_MESSAGE = "arn:aws:states:::sqs:sendMessage"
PUBLISH = "arn:aws:states:::sns:publish"

_QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/questions"
_ITEM = {"TableName": "rows", "Item": {"id": {"S": "7"}}}
_IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/image:1"
_CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    CREATE_JOB: {
        "ProcessingJobName": "job",
        "ProcessingResources": {"ClusterConfig": _CLUSTER},
        "AppSpecification": {"ImageUri": _IMAGE},
        "RoleArn": "arn:aws:iam::000000000000:role/jobs",
    },
    INVOKE: {"FunctionName": "score"},
    ASK: {"QueueUrl": _QUEUE, "MessageBody": {"Token.$": "$$.Task.Token"}},
    PUT_ITEM: _ITEM,
    SDK_PUT_ITEM: _ITEM,
    CREATE_SECRET: {"Name": "secret"},
    START_EXECUTION: {
        "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:other"
    },
    SEND_MESSAGE: {"QueueUrl": _QUEUE, "MessageBody": "text"},
    PUBLISH: {"TopicArn": "arn:aws:sns:us-east-1:000000000000:topic", "Message": "text"},
}
"""A request that each of them takes."""


def machine(**states: Mapping[str, Any]) -> dict[str, Any]:
    """A definition of these states, which starts at the first and goes from each to the next."""
    names = list(states)
    linked: dict[str, Any] = {}
    for name, following in zip(names, [*names[1:], None], strict=True):
        state = dict(states[name])
        if state["Type"] not in ("Choice", "Succeed", "Fail") and "Next" not in state:
            state |= {"End": True} if following is None else {"Next": following}
        linked[name] = state
    return {"StartAt": names[0], "States": linked}


def task(resource: str = INVOKE, **fields: Any) -> dict[str, Any]:
    """A Task state that times out after an hour, unless the fields say otherwise."""
    return {
        "Type": "Task",
        "Resource": resource,
        "Parameters": PARAMETERS.get(resource, {}),
        "TimeoutSeconds": 3600,
        **fields,
    }


RETRY = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 3}
