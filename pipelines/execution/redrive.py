"""Whether a redrive will do, or only a new execution, or nothing at all; and the redrive itself.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.aws import AwsError
from pipelines.errors import InputError
from pipelines.execution.view import View

# States that a redrive enters again with the same input, to end in them again.
_DECIDED = "Fail"


@dataclass(frozen=True)
class Obstacle:
    """Why an execution cannot, or should not, be redriven.

    Attributes:
        is_final: AWS refuses, or the outcome would be the same; else a person may insist.
        rerun: Whether a new execution is what helps.
    """

    reason: str
    is_final: bool = True
    rerun: bool = True


def obstacle(
    description: Mapping[str, Any], view: View | None, *, is_redeployed: bool
) -> Obstacle | None:
    """Why not to redrive an execution; None: a redrive does it.

    Args:
        description: What DescribeExecution answers.
        view: Its history, if that is known.
        is_redeployed: Whether another definition has been deployed since it started.
    """
    status = description["status"]
    if status == "SUCCEEDED":
        return Obstacle("it succeeded: there is nothing to do again", rerun=False)
    if status in ("RUNNING", "PENDING_REDRIVE"):
        return Obstacle("it is still running", rerun=False)
    last = view.last_state if view is not None else None
    if view is not None and last is not None and last.type == _DECIDED and not _passes_on(view):
        return Obstacle(
            f"it ended in the state {last.name}, by a decision of the state machine's: a redrive "
            "would enter that state again, with the same input"
        )
    if description.get("redriveStatus", "REDRIVABLE") != "REDRIVABLE":
        return Obstacle(description.get("redriveStatusReason") or "AWS does not redrive it")
    if is_redeployed:
        return Obstacle(
            "another definition has been deployed since it started, and a redrive keeps the old "
            "one, with its code and configuration",
            is_final=False,
        )
    return None


def _passes_on(view: View) -> bool:
    """Whether a redrive leads back: the Fail gave a Task's own failure, or ended a Parallel.

    A definition of ours has a Fail in a Parallel for no other reason (steps/stop.py).
    """
    failed = view.failed_state
    if failed is None or failed.type != _DECIDED:
        return failed is not None
    return any(state.type == "Parallel" and state.status == "failed" for state in view.states)


def is_redeployed(stepfunctions: Any, execution_arn: str, state_machine_arn: str) -> bool:
    """Whether the state machine has another definition now than when the execution started.

    Raises:
        AwsError
    """
    then = stepfunctions.describe_state_machine_for_execution(executionArn=execution_arn)
    try:
        now = stepfunctions.describe_state_machine(stateMachineArn=state_machine_arn)
    except AwsError as error:
        if error.code == "StateMachineDoesNotExist":
            return True
        raise
    return bool(json.loads(then["definition"]) != json.loads(now["definition"]))


def redrive(stepfunctions: Any, execution_arn: str) -> None:
    """Let an execution go on at what did not succeed.

    Raises:
        InputError: AWS refuses; nothing has changed.
        AwsError
    """
    try:
        # The token makes two tries of one call, after a lost answer, one redrive.
        stepfunctions.redrive_execution(executionArn=execution_arn, clientToken=str(uuid.uuid4()))
    except AwsError as error:
        if error.code in ("ExecutionNotRedrivable", "ExecutionLimitExceeded"):
            raise InputError(f"the execution cannot be redriven: {error.reason}") from error
        raise
