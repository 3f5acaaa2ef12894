"""P220 to P227: what a service checks across the members of a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests.facts import (
    alternatives,
    doubts,
    dynamodb,
    forms,
    needed,
    numbers,
    together,
    unique,
)
from pipelines.asl.checker.requests.facts.fact import FACTS
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.checker.requests.rules import problems_of
from pipelines.asl.checker.requests.tasks import requests_of
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/"
_IMAGE = "123456789012.dkr.ecr.${Region}.amazonaws.com/churn:1"
_CHANNEL = {
    "ChannelName": "train",
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://${Bucket}/train"}},
}
_TRAINING: dict[str, Any] = {
    "TrainingJobName.$": "States.Format('churn-{}-{}', States.UUID(), $$.State.RetryCount)",
    "RoleArn": "${JobRoleArn}",
    "AlgorithmSpecification": {"TrainingImage": "${Image}", "TrainingInputMode": "File"},
    "InputDataConfig": [_CHANNEL],
    "OutputDataConfig": {"S3OutputPath": "s3://${Bucket}/models"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}


def _training(**changed: Any) -> Any:
    return one_task("sagemaker:createTrainingJob", {**_TRAINING, **changed})


def _spot(**times: int) -> Any:
    return _training(
        EnableManagedSpotTraining=True,
        CheckpointConfig={"S3Uri": "s3://${Bucket}/checkpoints"},
        StoppingCondition={"MaxRuntimeInSeconds": 3600, **times},
    )


def _model(**container: str) -> Any:
    model = {"ModelName": "churn", "ExecutionRoleArn": "${ModelRoleArn}"}
    return one_task("sagemaker:createModel", {**model, "PrimaryContainer": container})


def _transform(source: str) -> Any:
    data = {"S3DataSource": {"S3DataType": source, "S3Uri": "s3://${Bucket}/people"}}
    name = "States.Format('churn-{}-{}', States.UUID(), $$.State.RetryCount)"
    return one_task("sagemaker:createTransformJob", {
        "TransformJobName.$": name,
        "ModelName": "churn",
        "TransformInput": {"DataSource": data},
        "TransformOutput": {"S3OutputPath": "s3://${Bucket}/scores"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    })  # fmt: skip


def _count(values: Any) -> Any:
    return one_task("dynamodb:updateItem", {
        "TableName": "runs",
        "Key": {"id": {"S": "a"}},
        "UpdateExpression": "ADD seen :one",
        "ExpressionAttributeValues": values,
    })  # fmt: skip


@once_per_machine
def _broken(machine: Machine) -> list[tuple[str, Broken]]:
    """Every fact that does not hold, with its rule's id."""
    found: list[tuple[str, Broken]] = []
    misspelt = frozenset(
        (*problem.place[:-1], problem.meant) for problem in problems_of(machine) if problem.meant
    )
    for request in requests_of(machine):
        facts = FACTS.get(request.found.name.replace("aws-sdk:sagemaker:", "sagemaker:"))
        if request.value is not None and facts is not None:
            has_paths = request.state.language == "JSONPath"
            known = Known(request.place, request.value, has_paths, misspelt)
            facts.add_broken(known, found)
    return found


def _of(machine: Machine, id: str) -> Iterator[Broken]:
    return (broken for broken_id, broken in _broken(machine) if broken_id == id)


@rule(
    alternatives.RULE,
    source=_API + "API_AlgorithmSpecification.html",
    quote="If you specify a value for the AlgorithmName parameter, you can't specify a value for "
    "TrainingImage, and vice versa.",
    bad=_training(AlgorithmSpecification={"TrainingInputMode": "File"}),
    good=_training(),
)
def one_of_several_members_is_there(machine: Machine) -> Iterator[Broken]:
    """Of the members that exclude each other one is there: TrainingImage or AlgorithmName, the
    source of a channel, PrimaryContainer or Containers, S3Input or DatasetDefinition, an
    instance or a serverless variant, the target of a message of SNS's."""
    yield from _of(machine, alternatives.RULE)


@rule(
    needed.RULE,
    source=_API + "API_ResourceConfig.html",
    quote="When using an ML instance with the EBS-only storage option and without instance "
    "storage, you must define the size of EBS volume through VolumeSizeInGB in the ResourceConfig "
    "API.",
    bad=_spot(),
    good=_spot(MaxWaitTimeInSeconds=7200),
)
def members_that_others_need_are_there(machine: Machine) -> Iterator[Broken]:
    """What is needed because of other members is there: ResourceConfig and StoppingCondition
    unless a job is serverless, MaxWaitTimeInSeconds for spot training, VolumeSizeInGB for an
    instance without storage, LocalPath unless AppManaged, ranges and an objective for tuning,
    a role for a model, a MessageGroupId for what is FIFO."""
    yield from _of(machine, needed.RULE)


@rule(
    numbers.RULE,
    source=_API + "API_StoppingCondition.html",
    quote="It must be equal to or greater than MaxRuntimeInSeconds.",
    bad=_spot(MaxWaitTimeInSeconds=1800),
    good=_spot(MaxWaitTimeInSeconds=7200),
)
def numbers_fit_to_each_other(machine: Machine) -> Iterator[Broken]:
    """Numbers fit to each other and to what the service's pages say: a job waits at least as
    long as it runs and runs at most 28 days on at least one instance; a range's end is not below
    its beginning; MaxPayloadInMB times MaxConcurrentTransforms is at most 100."""
    yield from _of(machine, numbers.RULE)


@rule(
    unique.RULE,
    source=_API + "API_Channel.html",
    quote="A channel is a named input source that training algorithms can consume.",
    bad=_training(InputDataConfig=[_CHANNEL, _CHANNEL]),
    good=_training(InputDataConfig=[_CHANNEL, {**_CHANNEL, "ChannelName": "validation"}]),
)
def names_within_a_request_are_unique(machine: Machine) -> Iterator[Broken]:
    """Channels, inputs, outputs, variants, metrics, instance groups and tags have names of their
    own, and a hyperparameter is static or tuned once."""
    yield from _of(machine, unique.RULE)


@rule(
    together.RULE,
    source=_API + "API_TransformS3DataSource.html",
    quote="The following value is not compatible: AugmentedManifestFile",
    bad=_transform("AugmentedManifestFile"),
    good=_transform("S3Prefix"),
)
def values_go_together(machine: Machine) -> Iterator[Broken]:
    """Values that exclude each other do not meet: an AugmentedManifestFile and File mode, Gzip
    and File mode, Hyperband and early stopping, Grid and numeric ranges, an objective that is
    none of the metrics, a MaxWaitTimeInSeconds without spot training."""
    yield from _of(machine, together.RULE)


@rule(
    forms.RULE,
    source=_API + "API_ContainerDefinition.html",
    quote="SageMaker supports both registry/repository[:tag] and registry/repository[@digest] "
    "image path formats.",
    bad=_model(Image="churn:1", ModelDataUrl="s3://${Bucket}/model.tar.gz"),
    good=_model(Image=_IMAGE, ModelDataUrl="s3://${Bucket}/model.tar.gz"),
)
def images_and_paths_have_their_form(machine: Machine) -> Iterator[Broken]:
    """An image is named by its registry and repository, a processing job's LocalPath begins with
    /opt/ml/processing/, and a filter of a transform job is a JSONPath."""
    yield from _of(machine, forms.RULE)


@rule(
    doubts.RULE,
    severity="warning",
    source=_API + "API_ContainerDefinition.html",
    quote="This path must point to a single gzip compressed tar archive (.tar.gz suffix).",
    bad=_model(Image=_IMAGE, ModelDataUrl="s3://churn/model.pkl"),
    good=_model(Image=_IMAGE, ModelDataUrl="s3://churn/model.tar.gz"),
)
def a_request_makes_sense(machine: Machine) -> Iterator[Broken]:
    """What the service may take and is likely a mistake: a spot job without checkpoints, a model
    that is no archive, an image outside of Amazon ECR, a batch strategy without a split."""
    yield from _of(machine, doubts.RULE)


@rule(
    dynamodb.RULE,
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html",
    quote="One or more values that can be substituted in an expression.",
    bad=_count({":two": {"N": "2"}}),
    good=_count({":one": {"N": "1"}}),
)
def expressions_and_their_values_agree(machine: Machine) -> Iterator[Broken]:
    """Every #name and :value of DynamoDB's expressions is defined in ExpressionAttributeNames or
    ExpressionAttributeValues, and every one that is defined is used: DynamoDB refuses both."""
    yield from _of(machine, dynamodb.RULE)
