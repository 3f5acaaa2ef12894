"""Ending an execution."""

from __future__ import annotations

from typing import Any

from pipelines.clock import Clock
from pipelines.signals import Signal

ERROR = "Stopped"


def stop(stepfunctions: Any, execution_arn: str, reason: str = "") -> None:
    """Ask for an execution to be ended; it takes the jobs that it waits for with it.

    Raises:
        AwsError
    """
    stepfunctions.stop_execution(
        executionArn=execution_arn, error=ERROR, cause=reason or "stopped by a person"
    )


def wait_for_the_end(
    stepfunctions: Any, execution_arn: str, clock: Clock, limit_s: float, poll_s: float
) -> str:
    """The status that an execution ends in, or RUNNING, if it has not ended within the limit.

    Raises:
        AwsError
    """
    since = clock.now()
    while True:
        status: str = stepfunctions.describe_execution(executionArn=execution_arn)["status"]
        if status != "RUNNING" or clock.now() - since >= limit_s:
            return status
        clock.wait(poll_s, until=Signal())
