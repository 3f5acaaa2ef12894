"""Small definitions for simulations, and what they call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CREATE_JOB = "arn:aws:states:::sagemaker:createProcessingJob.sync"
INVOKE = "arn:aws:states:::lambda:invoke"
ASK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


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
    parameters = {
        INVOKE: {"FunctionName": "score"},
        ASK: {
            "QueueUrl": "https://queue",
            "MessageBody": {"Token.$": "$$.Task.Token"},
        },
    }.get(resource, {})
    return {
        "Type": "Task",
        "Resource": resource,
        "Parameters": parameters,
        "TimeoutSeconds": 3600,
        **fields,
    }


RETRY = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 3}
