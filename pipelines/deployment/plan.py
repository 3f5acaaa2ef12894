"""What a change set would do, as data that prints itself in CloudFormation's verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_REPLACED = {"True": " (replaced)", "Conditional": " (perhaps replaced)"}


@dataclass(frozen=True)
class Change:
    """One resource of a change set.

    Attributes:
        action: CloudFormation's: Add, Modify, Remove, …
        resource: the logical id.
        type: the resource's type, such as `AWS::IAM::Role`.
        replacement: CloudFormation's `True`, `False` or `Conditional`; empty if it says nothing.
    """

    action: str
    resource: str
    type: str
    replacement: str = ""

    def __str__(self) -> str:
        return self.line(width=0)

    def line(self, width: int) -> str:
        """The change in a line, with `width` characters for the logical id."""
        replaced = _REPLACED.get(self.replacement, "")
        return f"{self.action:<6} {self.resource:<{width}}  {self.type}{replaced}"


@dataclass(frozen=True)
class Plan:
    """All that a change set would do to one stack.

    Attributes:
        is_empty: CloudFormation found nothing to do. Without it, a plan may still have no
            changes of resources: new outputs or tags are none.
    """

    stack: str
    changes: tuple[Change, ...]
    is_empty: bool = False

    def __str__(self) -> str:
        nothing = "no changes" if self.is_empty else "only outputs or tags change"
        width = max((len(change.resource) for change in self.changes), default=0)
        lines = [change.line(width) for change in self.changes] or [nothing]
        return "\n".join([f"stack {self.stack}", *(f"  {line}" for line in lines)])


def read_plan(stack: str, changes: Iterable[Mapping[str, Any]]) -> Plan:
    """The plan in the `Changes` of DescribeChangeSet."""
    resources = [change["ResourceChange"] for change in changes if "ResourceChange" in change]
    return Plan(
        stack,
        tuple(
            Change(
                action=resource["Action"],
                resource=resource["LogicalResourceId"],
                type=resource["ResourceType"],
                replacement=resource.get("Replacement") or "",
            )
            for resource in resources
        ),
    )
