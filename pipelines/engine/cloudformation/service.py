"""CloudFormation's API: what boto3's client asks, answered from the stacks on disk.

An operation on a stack is done when its request is answered; a client that polls, as for AWS,
finds it ended at the first look.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipelines.engine.calls import ACCOUNT, Calls
from pipelines.engine.cloudformation import answers
from pipelines.engine.cloudformation.apply import Operation
from pipelines.engine.cloudformation.changes import NO_CHANGES, changes_of, outputs_change
from pipelines.engine.cloudformation.errors import ValidationError
from pipelines.engine.cloudformation.records import (
    ChangeSet,
    Stack,
    Stacks,
    Wanted,
    new_stack,
)
from pipelines.engine.cloudformation.requests import check_fields, wanted_of
from pipelines.engine.cloudformation.template import read
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire import query
from pipelines.engine.wire.http import Response
from pipelines.engine.wire.service import ServiceError

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"

_EVENTS_IN_A_PAGE = 100

Fields = Mapping[str, Any]


class CloudFormation:
    """The stacks of one engine, in every region."""

    def __init__(self, root: Path, calls: Calls, objects: ObjectStore) -> None:
        self._stacks = Stacks(root)
        self._call = calls.call
        self._objects = objects
        self._lock = threading.RLock()
        self._operations: dict[str, Callable[[Fields, str], dict[str, Any] | None]] = {
            "CreateChangeSet": self._create_change_set,
            "CreateStack": self._create_stack,
            "DeleteChangeSet": self._delete_change_set,
            "DeleteStack": self._delete_stack,
            "DescribeChangeSet": self._describe_change_set,
            "DescribeStackEvents": self._describe_stack_events,
            "DescribeStackResource": self._describe_stack_resource,
            "DescribeStackResources": self._describe_stack_resources,
            "DescribeStacks": self._describe_stacks,
            "ExecuteChangeSet": self._execute_change_set,
            "GetTemplate": self._get_template,
            "ListChangeSets": self._list_change_sets,
            "ListStackResources": self._list_stack_resources,
            "ListStacks": self._list_stacks,
            "UpdateStack": self._update_stack,
            "ValidateTemplate": self._validate_template,
        }

    def respond(self, operation: str, fields: Fields, region: str) -> Response:
        """The answer to a request.

        Raises:
            ServiceError: what CloudFormation says instead; InvalidAction for an operation that
                the engine does not have.
        """
        answer = self._operations.get(operation)
        if answer is None:
            raise ServiceError(
                "InvalidAction", f"The local engine's CloudFormation has no {operation}."
            )
        check_fields(operation, fields)
        with self._lock:
            return query.answer(operation, _NAMESPACE, answer(fields, region))

    def recover(self) -> list[str]:
        """End what a crash cut short; a line for each stack that was concerned."""
        with self._lock:
            done = [self._operation(stack).recover() for stack in self._stacks]
        return [line for line in done if line is not None]

    def statuses(self) -> dict[str, str]:
        """Every stack's status, by name."""
        return {stack.name: stack.status for stack in self._stacks if stack.deleted is None}

    # Change sets

    def _create_change_set(self, fields: Fields, region: str) -> dict[str, Any]:
        kind = fields.get("ChangeSetType", "UPDATE")
        name, set_name = fields["StackName"], fields["ChangeSetName"]
        stack = self._stacks.find(name, region)
        if kind == "CREATE":
            if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
                raise ValidationError(
                    f"Stack [{name}] already exists and cannot be created again with the "
                    f"changeSet [{set_name}]."
                )
            stack = stack or new_stack(name, region)
        else:
            stack = self._updatable(stack, name)
        if any(each.name == set_name for each in stack.change_sets):
            raise ServiceError(
                "AlreadyExistsException", f"ChangeSet {set_name} cannot be created again."
            )
        wanted = wanted_of(fields, stack, self._objects)
        changes = changes_of(stack, wanted)
        empty = not changes and kind == "UPDATE" and not outputs_change(stack, wanted)
        id = uuid.uuid4()
        change_set = ChangeSet(
            id=f"arn:aws:cloudformation:{region}:{ACCOUNT}:changeSet/{set_name}/{id}",
            name=set_name,
            type=kind,
            description=fields.get("Description", ""),
            created=time.time(),
            wanted=wanted,
            status="FAILED" if empty else "CREATE_COMPLETE",
            execution_status="UNAVAILABLE" if empty else "AVAILABLE",
            reason=NO_CHANGES if empty else "",
            changes=changes,
        )
        if not stack.events:
            stack.note(None, "REVIEW_IN_PROGRESS", "User Initiated")
        stack.change_sets.append(change_set)
        self._stacks.save(stack)
        return {"Id": change_set.id, "StackId": stack.id}

    def _describe_change_set(self, fields: Fields, region: str) -> dict[str, Any]:
        return answers.change_set(*self._change_set(fields, region))

    def _list_change_sets(self, fields: Fields, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], region)
        summaries = [answers.change_set_summary(stack, each) for each in stack.change_sets]
        return {"Summaries": summaries}

    def _delete_change_set(self, fields: Fields, region: str) -> dict[str, Any]:
        stack, change_set = self._change_set(fields, region)
        stack.change_sets.remove(change_set)
        self._stacks.save(stack)
        return {}

    def _execute_change_set(self, fields: Fields, region: str) -> dict[str, Any]:
        stack, change_set = self._change_set(fields, region)
        if change_set.execution_status != "AVAILABLE":
            raise ServiceError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{change_set.id}] cannot be executed in its current status of "
                f"[{change_set.status}]",
            )
        # The others were made for a stack that will be no more.
        stack.change_sets = [change_set]
        change_set.execution_status = "EXECUTE_COMPLETE"
        self._operation(stack).deploy(change_set.wanted)
        return {}

    def _change_set(self, fields: Fields, region: str) -> tuple[Stack, ChangeSet]:
        name = fields["ChangeSetName"]
        for stack in self._stacks:
            if fields.get("StackName", stack.name) not in (stack.name, stack.id):
                continue
            for change_set in stack.change_sets:
                if name == change_set.id or (stack.region, change_set.name) == (region, name):
                    return stack, change_set
        raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", status=404)

    # Stacks

    def _create_stack(self, fields: Fields, region: str) -> dict[str, Any]:
        name = fields["StackName"]
        if self._stacks.find(name, region) is not None:
            raise ServiceError("AlreadyExistsException", f"Stack [{name}] already exists")
        stack = new_stack(name, region)
        wanted = wanted_of(fields, stack, self._objects)
        changes_of(stack, wanted)
        self._operation(stack).deploy(wanted)
        return {"StackId": stack.id}

    def _update_stack(self, fields: Fields, region: str) -> dict[str, Any]:
        name = fields["StackName"]
        stack = self._updatable(self._stacks.find(name, region), name)
        wanted = wanted_of(fields, stack, self._objects)
        if not changes_of(stack, wanted) and not outputs_change(stack, wanted):
            raise ValidationError("No updates are to be performed.")
        self._operation(stack).deploy(wanted)
        return {"StackId": stack.id}

    def _delete_stack(self, fields: Fields, region: str) -> None:
        stack = self._stacks.find(fields["StackName"], region)
        if stack is not None and stack.deleted is None:
            self._operation(stack).delete()

    def _describe_stacks(self, fields: Fields, region: str) -> dict[str, Any]:
        if "StackName" in fields:
            return {"Stacks": [answers.stack(self._existing(fields["StackName"], region))]}
        here = [s for s in self._stacks if s.deleted is None and s.region == region]
        return {"Stacks": [answers.stack(each) for each in here]}

    def _list_stacks(self, fields: Fields, region: str) -> dict[str, Any]:
        statuses = fields.get("StackStatusFilter") or []
        here = [s for s in self._stacks if s.region == region]
        return {
            "StackSummaries": [
                answers.stack_summary(each)
                for each in reversed(here)
                if not statuses or each.status in statuses
            ]
        }

    def _describe_stack_events(self, fields: Fields, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], region)
        latest_first = stack.events[::-1]
        start = int(fields.get("NextToken") or 0)
        end = start + _EVENTS_IN_A_PAGE
        return {
            "StackEvents": [answers.event(stack, each) for each in latest_first[start:end]],
            "NextToken": str(end) if end < len(latest_first) else None,
        }

    def _list_stack_resources(self, fields: Fields, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], region)
        summaries = [answers.resource_summary(each) for each in stack.resources.values()]
        return {"StackResourceSummaries": summaries}

    def _describe_stack_resources(self, fields: Fields, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], region)
        only = fields.get("LogicalResourceId")
        return {
            "StackResources": [
                answers.resource(stack, each)
                for each in stack.resources.values()
                if only in (None, each.logical_id)
            ]
        }

    def _describe_stack_resource(self, fields: Fields, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], region)
        resource = stack.resources.get(fields["LogicalResourceId"])
        if resource is None:
            raise ValidationError(
                f"Resource {fields['LogicalResourceId']} does not exist for stack {stack.name}"
            )
        return {"StackResourceDetail": answers.resource_detail(stack, resource)}

    def _get_template(self, fields: Fields, region: str) -> dict[str, Any]:
        if "ChangeSetName" in fields:
            wanted: Wanted | None = self._change_set(fields, region)[1].wanted
        else:
            wanted = self._existing(fields["StackName"], region).wanted
        return {
            "TemplateBody": wanted.template if wanted else "",
            "StagesAvailable": ["Original", "Processed"],
        }

    def _validate_template(self, fields: Fields, region: str) -> dict[str, Any]:
        stack = new_stack("validated", region)
        template = read(wanted_of(fields, stack, self._objects, complete=False).template)
        return answers.validated(template)

    # Helpers

    def _operation(self, stack: Stack) -> Operation:
        return Operation(stack, self._stacks, self._call)

    def _existing(self, name: str, region: str) -> Stack:
        stack = self._stacks.find(name, region)
        if stack is None:
            raise ValidationError(f"Stack with id {name} does not exist")
        return stack

    def _updatable(self, stack: Stack | None, name: str) -> Stack:
        if stack is None or stack.deleted is not None:
            raise ValidationError(f"Stack [{name}] does not exist")
        if stack.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            raise ValidationError(
                f"Stack:{stack.id} is in {stack.status} state and can not be updated."
            )
        return stack
