"""AWS in memory, as far as a deployment goes: CloudFormation, S3, STS."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.aws import AwsError, Connection
from pipelines.environment.model import Environment

ACCOUNT = "123456789012"
REGION = "eu-west-1"
NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)


def refused(code: str, reason: str = "") -> AwsError:
    return AwsError(f"{code}: {reason}", code=code, reason=reason)


def environment(**changes: Any) -> Environment:
    """An environment `demo-dev` on AWS; `changes` are keys of its configuration."""
    compute = {"instance_type": "ml.m5.large", "volume_gb": 5, "max_runtime_s": 60}
    return Environment.model_validate(
        {
            "name": "dev",
            "project": "demo",
            "region": REGION,
            "image": {"training": {"framework": "sklearn", "version": "1.4-2"}},
            "data": {
                "training": "s3://${bucket}/train.csv",
                "inference": "s3://${bucket}/people.csv",
                "test_fraction": 0.2,
            },
            "features": {"label": {"column": "income", "positive": "high"}},
            "model": {"algorithm": "hist_gradient_boosting"},
            "gate": {"metric": "roc_auc", "at_least": 0.7},
            "approval": "automatic",
            "steps": {step: compute for step in ("preprocess", "train", "evaluate", "predict")},
            "tags": {"team": "a"},
            **changes,
        }
    )


class Sts:
    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": ACCOUNT}


class S3:
    """Buckets with their region, and every object that was put, in order."""

    class meta:
        endpoint_url = f"https://s3.{REGION}.amazonaws.com"

    def __init__(self) -> None:
        self.buckets = {"our-bucket": REGION}
        self.owners: dict[str, str] = {}
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.puts: list[str] = []
        self.fails_at: str | None = None

    def head_bucket(self, Bucket: str, ExpectedBucketOwner: str) -> dict[str, Any]:
        if Bucket not in self.buckets:
            raise refused("404", "Not Found")
        if self.owners.get(Bucket, ACCOUNT) != ExpectedBucketOwner:
            raise refused("403", "Forbidden")
        return {"BucketRegion": self.buckets[Bucket]}

    def create_bucket(
        self, Bucket: str, CreateBucketConfiguration: dict[str, str] | None = None
    ) -> None:
        where = CreateBucketConfiguration or {"LocationConstraint": "us-east-1"}
        self.buckets[Bucket] = where["LocationConstraint"]

    def head_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise refused("404", "Not Found")
        return {"Metadata": self.metadata[Key]}

    def put_object(
        self, Bucket: str, Key: str, Body: bytes, ChecksumSHA256: str, Metadata: dict[str, str]
    ) -> None:
        if self.fails_at and Key.endswith(self.fails_at):
            raise refused("InternalError", "We failed")
        self.objects[Key] = Body
        self.metadata[Key] = Metadata
        self.puts.append(Key)


@dataclass
class StackInMemory:
    name: str
    id: str
    status: str
    content: tuple[Any, ...] = ()
    resources: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    shown: int = 0


class CloudFormation:
    """Stacks, change sets and events; templates are JSON.

    Events come to light one at a time, as they would over minutes. An output's value is a text,
    in which `{Name}` is a parameter. What a test sets:

    Attributes:
        failures: logical id → reason, of resources that fail when a change set is executed.
        refusals: stack → reason, of change sets that end FAILED.
        hiccups: errors that the next calls of describe_stack_events raise.
    """

    def __init__(self, s3: S3) -> None:
        self._s3 = s3
        self.stacks: dict[str, StackInMemory] = {}
        self.gone: list[StackInMemory] = []
        self.change_sets: dict[tuple[str, str], dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        self.executed: list[str] = []
        self.failures: dict[str, str] = {}
        self.refusals: dict[str, str] = {}
        self.no_changes = NO_CHANGES
        self.hiccups: list[AwsError] = []
        self._now = datetime(2026, 1, 1, tzinfo=UTC)
        self._count = 0

    # What a test begins with.

    def with_stack(self, name: str, status: str) -> StackInMemory:
        stack = StackInMemory(
            name, f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/1", status
        )
        self.stacks[name] = stack
        self._event(stack, name, status)
        stack.shown = 1
        return stack

    # CloudFormation's operations.

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        stack = self._stack(StackName)
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in stack.outputs.items()]
        return {
            "Stacks": [
                {
                    "StackName": stack.name,
                    "StackId": stack.id,
                    "StackStatus": stack.status,
                    "Outputs": outputs,
                }
            ]
        }

    def create_change_set(self, **request: Any) -> None:
        name, key = request["StackName"], (request["StackName"], request["ChangeSetName"])
        if key in self.change_sets:
            raise refused("AlreadyExistsException", "ChangeSet cannot be created")
        self.requests.append(request)
        if request["ChangeSetType"] == "CREATE":
            if name not in self.stacks:
                self.with_stack(name, "REVIEW_IN_PROGRESS")
        elif name not in self.stacks or self.stacks[name].status == "ROLLBACK_COMPLETE":
            raise refused("ValidationError", f"Stack {name} cannot be updated")
        self.change_sets[key] = {"Status": "CREATE_PENDING", "request": request}

    def describe_change_set(
        self, StackName: str, ChangeSetName: str, NextToken: str | None = None
    ) -> dict[str, Any]:
        change_set = self.change_sets[StackName, ChangeSetName]
        if change_set["Status"] == "CREATE_PENDING":
            change_set["Status"] = "CREATE_IN_PROGRESS"
            return dict(change_set)
        stack, content = self.stacks[StackName], self._content(change_set["request"])
        if StackName in self.refusals:
            return {"Status": "FAILED", "StatusReason": self.refusals[StackName]}
        if stack.content == content:
            return {"Status": "FAILED", "StatusReason": self.no_changes}
        changes = self._changes(stack, content[0]["Resources"])
        # One change a page: whoever reads only the first page sees too little.
        at = int(NextToken or 0)
        answer: dict[str, Any] = {"Status": "CREATE_COMPLETE", "Changes": changes[at : at + 1]}
        return answer | ({"NextToken": str(at + 1)} if at + 1 < len(changes) else {})

    def delete_change_set(self, StackName: str, ChangeSetName: str) -> None:
        del self.change_sets[StackName, ChangeSetName]

    def execute_change_set(self, StackName: str, ChangeSetName: str) -> None:
        request = self.change_sets.pop((StackName, ChangeSetName))["request"]
        stack, content = self.stacks[StackName], self._content(request)
        self.executed.append(StackName)
        verb = "CREATE" if request["ChangeSetType"] == "CREATE" else "UPDATE"
        self._event(stack, StackName, f"{verb}_IN_PROGRESS")
        resources = content[0]["Resources"]
        for name in resources:
            self._event(stack, name, f"{verb}_IN_PROGRESS", resources[name]["Type"])
        failing = [name for name in resources if name in self.failures]
        if failing:
            for name in failing:
                self._event(
                    stack, name, f"{verb}_FAILED", resources[name]["Type"], self.failures[name]
                )
            for name in resources.keys() - failing:
                self._event(
                    stack,
                    name,
                    f"{verb}_FAILED",
                    resources[name]["Type"],
                    f"Resource {'creation' if verb == 'CREATE' else 'update'} cancelled",
                )
            back = "ROLLBACK" if verb == "CREATE" else "UPDATE_ROLLBACK"
            self._event(stack, StackName, f"{back}_IN_PROGRESS", reason="The following failed")
            self._event(stack, StackName, f"{back}_COMPLETE")
            return
        for name in resources:
            self._event(stack, name, f"{verb}_COMPLETE", resources[name]["Type"])
        if verb == "UPDATE":
            self._event(stack, StackName, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        self._event(stack, StackName, f"{verb}_COMPLETE")
        stack.content, stack.resources = content, resources
        parameters = {p["ParameterKey"]: p["ParameterValue"] for p in request["Parameters"]}
        stack.outputs = {
            key: output["Value"].format(**parameters)
            for key, output in content[0].get("Outputs", {}).items()
        }

    def describe_stack_events(self, StackName: str, NextToken: str | None = None) -> dict[str, Any]:
        if self.hiccups:
            raise self.hiccups.pop(0)
        stack = self._stack(StackName)
        if NextToken is None and stack.shown < len(stack.events):
            stack.shown += 1
            shown = stack.events[stack.shown - 1]
            if shown["PhysicalResourceId"] == stack.id:
                stack.status = shown["ResourceStatus"]
        newest_first = stack.events[: stack.shown][::-1]
        at = int(NextToken or 0)
        answer: dict[str, Any] = {"StackEvents": newest_first[at : at + 2]}
        return answer | ({"NextToken": str(at + 2)} if at + 2 < len(newest_first) else {})

    def delete_stack(self, StackName: str) -> None:
        stack = self._stack(StackName)
        self._event(stack, stack.name, "DELETE_IN_PROGRESS")
        self._event(stack, stack.name, "DELETE_COMPLETE")
        self.gone.append(self.stacks.pop(stack.name))

    # Within.

    def _stack(self, name: str) -> StackInMemory:
        for stack in [*self.stacks.values(), *self.gone]:
            if name == stack.id or (name == stack.name and name in self.stacks):
                return stack
        raise refused("ValidationError", f"Stack with id {name} does not exist")

    def _content(self, request: dict[str, Any]) -> tuple[Any, ...]:
        text = request.get("TemplateBody")
        if text is None:
            key = request["TemplateURL"].removeprefix(f"{S3.meta.endpoint_url}/our-bucket/")
            text = self._s3.objects[key].decode()
        elif len(text) > 51_200:
            raise refused("ValidationError", "templateBody is longer than 51200")
        return json.loads(text), request["Parameters"], request["Tags"]

    def _changes(self, stack: StackInMemory, new: dict[str, Any]) -> list[dict[str, Any]]:
        old = stack.resources
        actions = [("Add", name, new[name]) for name in new if name not in old]
        actions += [
            ("Modify", name, new[name]) for name in new if name in old and new[name] != old[name]
        ]
        actions += [("Remove", name, old[name]) for name in old if name not in new]
        return [
            {
                "Type": "Resource",
                "ResourceChange": {
                    "Action": action,
                    "LogicalResourceId": name,
                    "ResourceType": resource["Type"],
                    **({"Replacement": "True"} if action == "Modify" else {}),
                },
            }
            for action, name, resource in actions
        ]

    def _event(
        self,
        stack: StackInMemory,
        resource: str,
        status: str,
        type: str = "AWS::CloudFormation::Stack",
        reason: str = "",
    ) -> None:
        self._count += 1
        self._now += timedelta(seconds=2)
        stack.events.append(
            {
                "EventId": str(self._count),
                "StackId": stack.id,
                "LogicalResourceId": resource,
                "PhysicalResourceId": stack.id if resource == stack.name else resource,
                "ResourceType": type,
                "ResourceStatus": status,
                "Timestamp": self._now,
                **({"ResourceStatusReason": reason} if reason else {}),
            }
        )


class Aws:
    """The three services, and a connection to them."""

    def __init__(self) -> None:
        self.s3 = S3()
        self.cloudformation = CloudFormation(self.s3)
        self.connection = Connection(
            REGION,
            {"s3": self.s3, "cloudformation": self.cloudformation, "sts": Sts()}.__getitem__,
        )
