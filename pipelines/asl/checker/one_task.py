"""Machines of one Task, as the rules about requests and production show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RETRIED = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 3,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}
"""A retrier for whatever may pass."""


def one_task(resource: str, parameters: Any = None, **fields: Any) -> Mapping[str, Any]:
    """A machine whose only state calls `resource`; sound in all but what is asked for.

    Args:
        resource: From the service on (`sns:publish`), or a whole ARN.
        parameters: None: the Task has none.
        fields: Others of the state; None takes a field away.
    """
    arn = resource if resource.startswith("arn:") else f"arn:aws:states:::{resource}"
    state = {
        "Type": "Task",
        "Resource": arn,
        **({} if parameters is None else {"Parameters": parameters}),
        "TimeoutSeconds": 10_800,
        "Retry": [RETRIED],
        "End": True,
        **fields,
    }
    return {
        "StartAt": "Work",
        "States": {"Work": {name: field for name, field in state.items() if field is not None}},
    }
