"""Why a Task failed, in the job's own words. Pure.

When a job fails, Step Functions gives the answer of SageMaker's Describe operation, as JSON, for
the cause. The sentence that a person needs is somewhere inside.
"""

from __future__ import annotations

import json
from typing import Any


def reason_of(cause: str) -> str:
    """The sentence in a cause, or the cause itself where it holds nothing better.

    >>> reason_of('{"ProcessingJobStatus": "Failed", "ExitMessage": "no such column: age"}')
    'no such column: age'
    >>> reason_of("The gate wants roc_auc at least 0.945")
    'The gate wants roc_auc at least 0.945'
    """
    try:
        described = json.loads(cause)
    except ValueError:
        return cause
    if not isinstance(described, dict):
        return cause
    return _said(described) or _limit(described) or cause


def _said(described: dict[str, Any]) -> str:
    """FailureReason is SageMaker's, ExitMessage the container's; one often holds the other."""
    failure = str(described.get("FailureReason") or "").strip()
    message = str(described.get("ExitMessage") or "").strip()
    if failure and message and message not in failure:
        return f"{failure}\n{message}"
    return failure or message


def _limit(described: dict[str, Any]) -> str:
    """Of a job that was stopped at its limit, SageMaker tells by its status only."""
    status = described.get("TrainingJobStatus") or described.get("ProcessingJobStatus")
    limits = described.get("StoppingCondition") or {}
    if status != "Stopped" or "MaxRuntimeInSeconds" not in limits:
        return ""
    limit = f"MaxRuntimeInSeconds is {limits['MaxRuntimeInSeconds']}"
    if described.get("SecondaryStatus") == "MaxRuntimeExceeded":
        return f"the job was stopped at its limit: {limit}"
    if described.get("SecondaryStatus") == "MaxWaitTimeExceeded":
        return (
            "the job was stopped, having waited too long for spare capacity: "
            f"MaxWaitTimeInSeconds is {limits.get('MaxWaitTimeInSeconds')}"
        )
    return f"the job was stopped, by hand or at its limit: {limit}"
