"""What CloudFormation's events mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.deployment.events import StackEvent, read_event


def event(**changes: Any) -> StackEvent:
    return read_event(
        {
            "EventId": "1",
            "StackId": "arn:stack",
            "LogicalResourceId": "Role",
            "PhysicalResourceId": "role",
            "ResourceType": "AWS::IAM::Role",
            "ResourceStatus": "CREATE_COMPLETE",
            "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
            **changes,
        }
    )


def test_the_stacks_own_event_is_told_from_a_nested_stacks() -> None:
    stack = {"ResourceType": "AWS::CloudFormation::Stack"}

    assert event(**stack, PhysicalResourceId="arn:stack").is_stack
    assert not event(**stack, PhysicalResourceId="arn:nested").is_stack


@pytest.mark.parametrize(
    ("status", "is_end"),
    [
        ("CREATE_IN_PROGRESS", False),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", False),
        ("UPDATE_COMPLETE", True),
        ("CREATE_FAILED", True),
    ],
)
def test_when_a_resource_is_done_with(status: str, is_end: bool) -> None:
    assert event(ResourceStatus=status).is_end is is_end


def test_what_was_cancelled_did_not_fail_of_itself() -> None:
    failed = {"ResourceStatus": "CREATE_FAILED"}

    assert event(**failed, ResourceStatusReason="No such role").is_failure
    assert not event(**failed, ResourceStatusReason="Resource creation cancelled").is_failure


def test_a_reason_of_several_lines_is_one_line() -> None:
    assert event(ResourceStatusReason="a\n  b").reason == "a b"
