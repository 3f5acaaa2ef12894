"""P405, P414, P416: tasks that wait without an end, or not long enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests.actions import is_express
from pipelines.asl.checker.requests.tasks import requests_of
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, State

EXPRESS_LASTS_S = 5 * 60

_ASK = {"QueueUrl": "${Queue}", "MessageBody": {"Token.$": "$$.Task.Token"}}


@rule(
    "P405",
    severity="warning",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html",
    quote="A task that is waiting for a task token will wait until the execution reaches the one "
    "year service quota",
    bad=one_task("sqs:sendMessage.waitForTaskToken", _ASK, TimeoutSeconds=None),
    good=one_task("sqs:sendMessage.waitForTaskToken", _ASK, HeartbeatSeconds=600),
)
def whoever_answers_is_not_waited_for_for_ever(machine: Machine) -> Iterator[Broken]:
    """A task that waits for a callback or for a worker of an activity has HeartbeatSeconds or
    TimeoutSeconds: an answer that gets lost is otherwise waited for up to a year."""
    for request in requests_of(machine):
        waits = request.found.pattern == "waitForTaskToken" or request.found.kind == "activity"
        if waits and not _ends(request.state):
            yield Broken(
                request.state.place,
                "an answer that gets lost is waited for up to a year",
                "add HeartbeatSeconds, or TimeoutSeconds for a person's answer",
            )


def _ends(state: State) -> bool:
    limits = ("TimeoutSeconds", "HeartbeatSeconds")
    return any(limit in state.fields or f"{limit}Path" in state.fields for limit in limits)


def _train(timeout_s: int) -> Any:
    request = {
        "TrainingJobName.$": "States.UUID()",
        "RoleArn": "${JobRoleArn}",
        "AlgorithmSpecification": {"TrainingImage": "${Image}", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://${Bucket}/models"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }  # fmt: skip
    return one_task("sagemaker:createTrainingJob.sync", request, TimeoutSeconds=timeout_s)


@rule(
    "P416",
    severity="warning",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html",
    quote="When the job reaches the time limit, SageMaker ends the job.",
    bad=_train(1800),
    good=_train(5400),
)
def a_task_outlasts_its_job(machine: Machine) -> Iterator[Broken]:
    """A Task that waits for a job (.sync) has a timeout that is longer than the job's own limit
    (StoppingCondition, and a spot job's wait): else the Task fails while the job still may
    succeed, and what stopped it is harder to see."""
    for request in requests_of(machine):
        timeout = request.state.fields.get("TimeoutSeconds")
        condition = request.value.get("StoppingCondition") if request.value else None
        if request.found.pattern != "sync" or not isinstance(condition, dict):
            continue
        limits = [
            limit
            for name in ("MaxRuntimeInSeconds", "MaxWaitTimeInSeconds")
            if isinstance(limit := condition.get(name), int)
        ]
        if limits and isinstance(timeout, int) and timeout <= max(limits):
            yield Broken(
                request.state.at("TimeoutSeconds"),
                f"{timeout:,} s: the job itself may take {max(limits):,}",
                "give the Task some minutes more than its job",
            )


def _children(execution_type: str) -> Any:
    pause = {"Type": "Wait", "Seconds": 600, "End": True}
    config = {"Mode": "DISTRIBUTED", "ExecutionType": execution_type}
    each = {
        "Type": "Map",
        "ItemProcessor": {
            "ProcessorConfig": config, "StartAt": "Pause", "States": {"Pause": pause},
        },
        "MaxConcurrency": 10,
        "ResultPath": None,
        "End": True,
    }  # fmt: skip
    return {"StartAt": "Each", "States": {"Each": each}}


@rule(
    "P414",
    severity="warning",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html",
    quote="Express workflows, however, have at-least-once workflow execution and can run for up to "
    "five minutes.",
    bad=_children("EXPRESS"),
    good=_children("STANDARD"),
)
def an_express_workflow_lasts_five_minutes(machine: Machine) -> Iterator[Broken]:
    """An Express workflow, and the child executions of a Distributed Map whose ExecutionType is
    EXPRESS, end after five minutes: no Wait in them is longer."""
    for state in machine.of_type("Wait"):
        seconds = state.fields.get("Seconds")
        if not isinstance(seconds, int) or isinstance(seconds, bool):
            continue
        if seconds > EXPRESS_LASTS_S and is_express(machine, state.scope):
            yield Broken(
                state.at("Seconds"),
                f"{seconds:,} s: an Express workflow ends after {EXPRESS_LASTS_S}",
            )
