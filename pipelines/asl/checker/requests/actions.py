"""P201, P216: what a Resource calls is there, in the way that it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests.tasks import requests_of, resource_of
from pipelines.asl.findings import Broken, rule
from pipelines.asl.integrations import Problem
from pipelines.asl.model import Machine, Scope

_SOURCE = "https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html"
_ITEM = {"TableName": "runs", "Key": {"id": {"S": "1"}}}


@rule(
    "P201",
    source=_SOURCE,
    quote="Standard Workflows and Express Workflows support the same integrations but not the "
    "same integration patterns.",
    bad=one_task("dynamodb:query", {"TableName": "runs"}),
    good=one_task("dynamodb:getItem", _ITEM),
)
def a_resource_calls_what_there_is(machine: Machine) -> Iterator[Broken]:
    """A service integration names an action that its service has and that Step Functions
    offers, beginning with a small letter, with a pattern (.sync, .sync:2, .waitForTaskToken)
    that the action has. The AWS SDK integrations have no .sync. AWS refuses anything else:
    "The resource provided … is not recognized"."""
    for state in machine.of_type("Task"):
        found = resource_of(state)
        if isinstance(found, Problem):
            yield Broken(state.at("Resource"), found.message, found.remedy)


def _express(processor: str) -> dict[str, object]:
    job = one_task("sns:publish", {"TopicArn": "${Topic}", "Message.$": "$"})
    waits = one_task(
        "sqs:sendMessage.waitForTaskToken",
        {"QueueUrl": "${Queue}", "MessageBody": {"Token.$": "$$.Task.Token"}},
        HeartbeatSeconds=600,
    )
    inner = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": processor},
        **(waits if processor == "EXPRESS" else job),
    }
    each = {
        "Type": "Map",
        "ItemProcessor": inner,
        "MaxConcurrency": 10,
        "ResultPath": None,
        "End": True,
    }
    return {"StartAt": "Each", "States": {"Each": each}}


@rule(
    "P216",
    source=_SOURCE,
    quote="Express Workflows only support Request Response integrations.",
    bad=_express("EXPRESS"),
    good=_express("STANDARD"),
)
def an_express_workflow_waits_for_nothing(machine: Machine) -> Iterator[Broken]:
    """An Express workflow, and the child executions of a Distributed Map whose ExecutionType is
    EXPRESS, can neither run a job (.sync), nor wait for a callback (.waitForTaskToken), nor call an
    activity, nor have a Distributed Map."""
    remedy = "make it STANDARD, or call without waiting"
    for request in requests_of(machine):
        if not is_express(machine, request.state.scope):
            continue
        if request.found.pattern or request.found.kind == "activity":
            what = f".{request.found.pattern}" if request.found.pattern else "an activity"
            message = f"{what} is not supported in an Express workflow"
            yield Broken(request.state.at("Resource"), message, remedy)
    for state in machine.of_type("Map"):
        if is_express(machine, state.scope) and any(map(_is_distributed, state.scopes)):
            message = "a Distributed Map is not supported in an Express workflow"
            yield Broken(state.place, message, "make it STANDARD, or the Map INLINE")


def is_express(machine: Machine, scope: Scope) -> bool:
    """Whether the states of a scope run in an Express workflow."""
    if _is_distributed(scope):
        return bool(scope.fields["ProcessorConfig"].get("ExecutionType") == "EXPRESS")
    if scope.parent is None:
        return machine.type == "EXPRESS"
    return is_express(machine, scope.parent.scope)


def _is_distributed(scope: Scope) -> bool:
    config = scope.fields.get("ProcessorConfig")
    return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"
