"""What CloudFormation says while it works on a stack: each resource's status, and the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.aws import AwsError, Connection, pages
from pipelines.patience import Patience

_STACK = "AWS::CloudFormation::Stack"
_POLL_S = {"aws": 2.0, "local": 0.1}
# Of a resource that was given up because another one had failed.
_CANCELLED = ("Resource creation cancelled", "Resource update cancelled")


@dataclass(frozen=True)
class StackEvent:
    """One event of a stack.

    Attributes:
        resource: the logical id; the stack's name if the event is about the stack itself.
        at: when it happened, by CloudFormation's clock.
    """

    id: str
    resource: str
    type: str
    status: str
    reason: str
    at: datetime
    is_stack: bool = False

    @property
    def is_end(self) -> bool:
        """Whether the resource is done with, one way or another."""
        return not self.status.endswith("_IN_PROGRESS")

    @property
    def is_failure(self) -> bool:
        """Whether this is a failure of its own, and not the consequence of another one."""
        return (
            self.status.endswith("_FAILED")
            and not self.is_stack
            and not self.reason.startswith(_CANCELLED)
        )


class Events:
    """The events of one connection's stacks."""

    def __init__(self, connection: Connection, patience: Patience) -> None:
        self._describe = connection.client("cloudformation").describe_stack_events
        self._patience = patience
        self._poll_s = _POLL_S[connection.where]

    def latest(self, stack: str) -> str | None:
        """The id of the stack's newest event; None if there is no such stack."""
        try:
            answer = self._patience.call(self._describe, StackName=stack)
        except AwsError as error:
            if error.code == "ValidationError" and "does not exist" in error.reason:
                return None
            raise
        return next((event["EventId"] for event in answer["StackEvents"]), None)

    def follow(
        self, stack: str, after: str | None, show: Callable[[StackEvent], None]
    ) -> Sequence[StackEvent]:
        """Show every event that comes after the one named, until the stack is at its end.

        The last one of the result is the stack's own. `after` keeps the end of an earlier
        deployment from being taken for the end of this one.
        """
        seen: list[StackEvent] = []
        while True:
            for event in reversed(list(self._newer_than(after, stack))):
                after = event.id
                seen.append(event)
                show(event)
                if event.is_stack and event.is_end:
                    return seen
            self._patience.wait(self._poll_s)

    def _newer_than(self, after: str | None, stack: str) -> Iterator[StackEvent]:
        """Newest first, as CloudFormation lists them."""

        def describe(**parameters: Any) -> Any:
            return self._patience.call(self._describe, **parameters)

        for page in pages(describe, StackName=stack):
            for answer in page["StackEvents"]:
                if answer["EventId"] == after:
                    return
                yield read_event(answer)


def read_event(answer: Mapping[str, Any]) -> StackEvent:
    """One of the `StackEvents` of DescribeStackEvents."""
    return StackEvent(
        id=answer["EventId"],
        resource=answer["LogicalResourceId"],
        type=answer["ResourceType"],
        status=answer["ResourceStatus"],
        reason=" ".join((answer.get("ResourceStatusReason") or "").split()),
        at=answer["Timestamp"],
        # A nested stack has the type, too, but not the id.
        is_stack=answer["ResourceType"] == _STACK
        and answer.get("PhysicalResourceId") == answer["StackId"],
    )
