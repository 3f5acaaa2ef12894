"""Change sets: made, read, executed, deleted.

CloudFormation reports a change set without changes as FAILED, and says in a text that nothing
failed. There are two such texts; everything else that is FAILED is a failure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.aws import AwsError, Connection, pages
from pipelines.deployment.plan import Plan, read_plan
from pipelines.deployment.stack import IN_REVIEW, Stack
from pipelines.errors import DeploymentError
from pipelines.patience import Patience

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
INLINE_LIMIT = 51_200

_NO_CHANGES = (
    "The submitted information didn't contain changes",
    "No updates are to be performed",
)
_POLL_S = {"aws": 1.0, "local": 0.05}


@dataclass(frozen=True)
class Request:
    """What a stack should become.

    Attributes:
        template: the template's text, or its URL if `is_url`: CloudFormation takes a template of
            at most `INLINE_LIMIT` bytes in the request.
    """

    stack: str
    template: str
    is_url: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def change_set_name(self) -> str:
        """The same for the same request, so that a second attempt finds what the first left."""
        content = json.dumps(
            [self.template, self.parameters, self.tags], sort_keys=True, default=dict
        )
        return f"deploy-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


class ChangeSets:
    """The change sets of one connection."""

    def __init__(self, connection: Connection, patience: Patience) -> None:
        self._cloudformation = connection.client("cloudformation")
        self._patience = patience
        self._poll_s = _POLL_S[connection.where]

    def make(self, request: Request, stack: Stack | None) -> Plan:
        """Make a change set for a stack that can be deployed to, and read what it would do.

        Without changes, it is deleted again and the plan is empty.

        Raises:
            DeploymentError: CloudFormation does not take the template; nothing has changed.
        """
        creates = stack is None or stack.status == IN_REVIEW
        try:
            self._create(request, "CREATE" if creates else "UPDATE")
            answer = self._wait(request)
        except AwsError as error:
            if error.code not in ("ValidationError", "InsufficientCapabilitiesException"):
                raise
            raise self._not_taken(request, error.reason) from error
        if answer["Status"] == "CREATE_COMPLETE":
            changes = [
                change
                for page in pages(self._cloudformation.describe_change_set, **self._names(request))
                for change in page.get("Changes") or []
            ]
            return read_plan(request.stack, changes)
        self.delete(request)
        reason = str(answer.get("StatusReason", ""))
        if any(text in reason for text in _NO_CHANGES):
            return Plan(request.stack, (), is_empty=True)
        if stack is None:
            # Ours, and empty: the name in review would only puzzle whoever finds it.
            self._cloudformation.delete_stack(StackName=request.stack)
        raise self._not_taken(request, reason or answer["Status"])

    def execute(self, request: Request) -> None:
        """Let CloudFormation begin; returns at once."""
        self._cloudformation.execute_change_set(**self._names(request))

    def delete(self, request: Request) -> None:
        """Take the change set away; the stack stays as it is."""
        self._cloudformation.delete_change_set(**self._names(request))

    def _create(self, request: Request, type: str) -> None:
        parameters = dict(
            **self._names(request),
            ChangeSetType=type,
            Description="Made by python -m pipelines deploy",
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in request.parameters.items()
            ],
            Tags=[{"Key": key, "Value": value} for key, value in request.tags.items()],
        )
        parameters["TemplateURL" if request.is_url else "TemplateBody"] = request.template
        try:
            self._cloudformation.create_change_set(**parameters)
        except AwsError as error:
            if error.code != "AlreadyExistsException":
                raise
            # Left by a deployment that was interrupted: it may be older than the stack is now.
            self.delete(request)
            self._cloudformation.create_change_set(**parameters)

    def _wait(self, request: Request) -> Mapping[str, Any]:
        while True:
            answer: Mapping[str, Any] = self._patience.call(
                self._cloudformation.describe_change_set, **self._names(request)
            )
            if answer["Status"] in ("CREATE_COMPLETE", "FAILED"):
                return answer
            self._patience.wait(self._poll_s)

    def _names(self, request: Request) -> dict[str, Any]:
        return {"StackName": request.stack, "ChangeSetName": request.change_set_name}

    def _not_taken(self, request: Request, reason: str) -> DeploymentError:
        return DeploymentError(
            f"CloudFormation does not take the template of stack {request.stack}: {reason}",
            hint="The stack has not been changed.",
        )
