"""P401, P402: a job whose name a second attempt, or a redrive, meets again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.one_task import RETRIED, one_task
from pipelines.asl.checker.requests.tasks import Request, requests_of
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, Place, State

NAMES = {
    "createHyperParameterTuningJob": "HyperParameterTuningJobName",
    "createLabelingJob": "LabelingJobName",
    "createModelCustomizationJob": "JobName",
    "createProcessingJob": "ProcessingJobName",
    "createTrainingJob": "TrainingJobName",
    "createTransformJob": "TransformJobName",
    "startTranscriptionJob": "TranscriptionJobName",
}
"""Jobs whose name may be used once in an account and region, ever, and what holds the name."""

_EVERY_ATTEMPT = re.compile(
    r"RetryCount|States\.UUID|States\.MathRandom|\$(?:uuid|random|millis|now)\("
)
"""What differs in every attempt of a Task."""
_EVERY_REDRIVE = re.compile(
    r"RedriveCount|States\.UUID|States\.MathRandom|EnteredTime|\$(?:uuid|random|millis|now)\("
)
"""What differs when a redrive enters the Task again; RetryCount begins at 0 anew."""
_IN_USE = "SageMaker.ResourceInUseException"
"""What the integration makes of the API's ResourceInUse, which only another name helps."""
_AFTER_THE_START = {"States.ALL", "States.TaskFailed", "States.Timeout", _IN_USE}
"""Errors that can come when the job is there already; an API's other refusals make no job."""


def _job(name: str, *, retries: bool = True) -> Any:
    request = {
        "TransformJobName.$": name,
        "ModelName": "churn",
        "TransformInput": {
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://${Bucket}/people"}
            }
        },
        "TransformOutput": {"S3OutputPath": "s3://${Bucket}/scores"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    api = {**RETRIED, "ErrorEquals": ["SageMaker.AmazonSageMakerException"]}
    retry = RETRIED if retries else api
    return one_task("sagemaker:createTransformJob.sync", request, Retry=[retry])


_GOOD = _job("States.Format('{}-{}-{}', $.id, $$.Execution.RedriveCount, $$.State.RetryCount)")


@rule(
    "P401",
    severity="warning",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html",
    quote="The name must be unique within an AWS Region in an AWS account.",
    bad=_job("States.Format('scores-{}', $$.Execution.Name)"),
    good=_GOOD,
)
def a_second_attempt_has_a_name_of_its_own(machine: Machine) -> Iterator[Broken]:
    """A job that a Retry may start again after it has run gets a name that differs in every
    attempt, from $$.State.RetryCount or a UUID: otherwise the second attempt fails with
    SageMaker.ResourceInUseException, and nobody is told what the first one failed with. So does
    every execution but the first when the name is a constant."""
    for request, place, name in _names(machine):
        if not _is_computed(name, place, request.state):
            yield Broken(
                place,
                f"{name!r} is the same in every execution: all but the first fail",
                "make it of $$.Execution.Name or a UUID, and $$.State.RetryCount",
            )
        elif not _EVERY_ATTEMPT.search(name) and _retries_after_the_start(request.state):
            yield Broken(
                place,
                "a second attempt meets the name of the first, which is in use",
                "put $$.State.RetryCount into the name",
            )


@rule(
    "P402",
    severity="warning",
    source="https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html",
    quote="When you redrive an execution, it continues the failed execution from the unsuccessful "
    "step and uses the same input.",
    bad=_job("States.Format('{}-{}', $.id, $$.State.RetryCount)"),
    good=_GOOD,
)
def a_redrive_has_a_name_of_its_own(machine: Machine) -> Iterator[Broken]:
    """A redrive of a failed execution begins to count the attempts at 0 again, so that a job's
    name which differs in every attempt, but not in every redrive ($$.Execution.RedriveCount or a
    UUID made there), is in use already."""
    for _, place, name in _names(machine):
        if _EVERY_ATTEMPT.search(name) and not _EVERY_REDRIVE.search(name):
            yield Broken(
                place,
                "a redrive meets the name of the first attempt, which is in use",
                "put $$.Execution.RedriveCount into the name",
            )


def _names(machine: Machine) -> Iterator[tuple[Request, Place, str]]:
    for request in requests_of(machine):
        member = NAMES.get(request.found.action)
        value = request.value
        if member is None or value is None:
            continue
        for key in (member, f"{member}.$"):
            if isinstance(value.get(key), str):
                yield request, (*request.place, key), value[key]


def _is_computed(name: str, place: Place, state: State) -> bool:
    if state.language == "JSONata":
        return name.startswith("{%")
    return str(place[-1]).endswith(".$")


def _retries_after_the_start(state: State) -> bool:
    return any(
        retrier.get("MaxAttempts") != 0
        and isinstance(names := retrier.get("ErrorEquals"), list)
        and not _AFTER_THE_START.isdisjoint(map(str, names))
        for _, retrier in state.objects("Retry")
    )
