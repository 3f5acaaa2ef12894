"""Calls of Step Functions' own API that a simulation answers itself: those with a task token.

A branch that answers for another one's token needs no fake.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelines.asl.interpreter import NoSuchToken, TaskFailed, TaskTokens
from pipelines.asl.json_text import dumps
from pipelines.asl.simulation.service_errors import REQUEST_ID

_PREFIX = "aws-sdk:sfn:sendTask"


def is_own(resource: str) -> bool:
    """Whether a resource is SendTaskSuccess, SendTaskFailure or SendTaskHeartbeat.

    >>> is_own("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess")
    True
    """
    name = resource.partition(":::")[2]
    return name.removeprefix(_PREFIX) in ("Success", "Failure", "Heartbeat")


def answer(resource: str, request: Mapping[str, Any], tokens: TaskTokens) -> Any:
    """Say with a token what the request says, and return what the API answers.

    Raises:
        TaskFailed: nobody waits for the token.
    """
    token = str(request.get("TaskToken"))
    try:
        if resource.endswith("Success"):
            tokens.succeed(token, _value(request.get("Output")))
        elif resource.endswith("Failure"):
            tokens.fail(token, request.get("Error"), request.get("Cause"))
        else:
            tokens.heartbeat(token)
    except NoSuchToken:
        raise TaskFailed(
            "Sfn.InvalidTokenException",
            f"Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID:"
            f" {REQUEST_ID})",
        ) from None
    return {}


def _value(output: Any) -> Any:
    """What Output says: it is JSON text, which the integration makes of any other value."""
    return json.loads(output if isinstance(output, str) else dumps(output))
