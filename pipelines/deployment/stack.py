"""What CloudFormation has under a stack's name, and whether it can be deployed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.aws import AwsError, Connection
from pipelines.errors import DeploymentError

# A first deployment that failed and was undone leaves an empty stack, which cannot be updated.
EMPTY_SHELL = "ROLLBACK_COMPLETE"
# A change set of type CREATE has made the name, and nothing else.
IN_REVIEW = "REVIEW_IN_PROGRESS"

_READY = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
_DELETE = "aws cloudformation delete-stack --stack-name {name} --region {region}"
_REMEDIES = {
    "CREATE_FAILED": _DELETE,
    "ROLLBACK_FAILED": _DELETE,
    "DELETE_FAILED": _DELETE,
    "UPDATE_FAILED": "aws cloudformation rollback-stack --stack-name {name} --region {region}",
    "UPDATE_ROLLBACK_FAILED": (
        "aws cloudformation continue-update-rollback --stack-name {name} --region {region}"
    ),
}


@dataclass(frozen=True)
class Stack:
    """A stack as DescribeStacks shows it."""

    name: str
    id: str
    status: str
    outputs: Mapping[str, str] = field(default_factory=dict)


def find_stack(connection: Connection, name: str) -> Stack | None:
    """The stack of that name or id; None if there is none.

    Raises:
        AwsError
    """
    try:
        answer = connection.client("cloudformation").describe_stacks(StackName=name)
    except AwsError as error:
        # This code stands for much else, too; the text is the only difference.
        if error.code == "ValidationError" and "does not exist" in error.reason:
            return None
        raise
    return read_stack(answer["Stacks"][0])


def read_stack(answer: Mapping[str, Any]) -> Stack:
    """One of the `Stacks` of DescribeStacks."""
    outputs = {item["OutputKey"]: item["OutputValue"] for item in answer.get("Outputs") or []}
    return Stack(answer["StackName"], answer["StackId"], answer["StackStatus"], outputs)


def check_deployable(stack: Stack | None, region: str) -> None:
    """Refuse a stack that a change set cannot be made for.

    Raises:
        DeploymentError: with the command that gets the stack out of its state.
    """
    if stack is None or stack.status in _READY or stack.status in (EMPTY_SHELL, IN_REVIEW):
        return
    if stack.status.endswith("_IN_PROGRESS"):
        raise DeploymentError(
            f"stack {stack.name} is busy: {stack.status}",
            hint="Somebody else is deploying, or a deployment that was interrupted goes on. "
            "Wait for its end, then deploy again.",
        )
    remedy = _REMEDIES.get(stack.status, _DELETE).format(name=stack.name, region=region)
    raise DeploymentError(
        f"stack {stack.name} is stuck in {stack.status}",
        hint=f"Get it out of there, then deploy again: {remedy}",
    )
