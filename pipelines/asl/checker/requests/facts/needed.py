"""Members that are needed because of what else is there, or is not."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import TRAINING, fact, within
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P221"

_EBS_ONLY = {
    "c4", "c5", "c5n", "c6g", "c6gn", "c6i", "c7g", "c7i", "c8g", "m4", "m5", "m6g", "m6i", "m7i",
    "m8g", "p2", "p3", "r5", "r6g", "r6i", "r7i", "r8g", "t2", "t3",
}  # fmt: skip
"""Families of instances without storage of their own."""

TUNING = "sagemaker:createHyperParameterTuningJob"


def is_ebs_only(instance_type: str | None) -> bool:
    """Whether the instance has no storage but the volume that is asked for.

    >>> is_ebs_only("ml.m5.xlarge"), is_ebs_only("ml.m5d.xlarge")
    (True, False)
    """
    return (instance_type or "").removeprefix("ml.").partition(".")[0] in _EBS_ONLY


def _missing(known: Known, *names: str, because: str = "") -> Iterator[Broken]:
    for name in names:
        if not known.has(name):
            yield Broken(known.place, f"{name} is missing{f': {because}' if because else ''}")


@fact(RULE, "sagemaker:createTrainingJob")
def training_on_instances(known: Known) -> Iterator[Broken]:
    if not known.has("ServerlessJobConfig"):
        names = ("AlgorithmSpecification", "ResourceConfig", "StoppingCondition")
        yield from _missing(known, *names, because="only a serverless job goes without")


@fact(RULE, *TRAINING)
def spot_training(known: Known) -> Iterator[Broken]:
    condition = known.inner("StoppingCondition")
    if known.is_true("EnableManagedSpotTraining") and condition is not None:
        because = "EnableManagedSpotTraining is true"
        yield from _missing(condition, "MaxWaitTimeInSeconds", because=because)


@fact(RULE, *within(TRAINING, "StoppingCondition"))
def training_stops(known: Known) -> Iterator[Broken]:
    if not known.value:
        yield from _missing(known, "MaxRuntimeInSeconds")


@fact(RULE, *within(TRAINING, "ResourceConfig"))
def training_instances(known: Known) -> Iterator[Broken]:
    if known.present("InstanceGroups", "InstancePreferences"):
        return
    yield from _missing(known, "InstanceType", "InstanceCount")
    if is_ebs_only(known.text("InstanceType")):
        because = f"{known.text('InstanceType')} has no storage of its own"
        yield from _missing(known, "VolumeSizeInGB", because=because)


@fact(RULE, *TRAINING[1:])
def tuning_instances(known: Known) -> Iterator[Broken]:
    if not known.present("ResourceConfig", "HyperParameterTuningResourceConfig"):
        yield Broken(known.place, "ResourceConfig is missing")


@fact(RULE, *TRAINING)
def file_systems_are_in_a_vpc(known: Known) -> Iterator[Broken]:
    for source in known.select("InputDataConfig[].DataSource"):
        if source.has("FileSystemDataSource") and not known.has("VpcConfig"):
            yield Broken(known.place, "VpcConfig is missing: a channel reads from a file system")
            return


@fact(RULE, TUNING)
def tuning_has_ranges(known: Known) -> Iterator[Broken]:
    config = known.inner("HyperParameterTuningJobConfig")
    if config is None or known.has("Autotune"):
        return
    if known.has("TrainingJobDefinition"):
        yield from _missing(config, "HyperParameterTuningJobObjective", "ParameterRanges")
        yield from _empty_ranges(config.inner("ParameterRanges"))
    for definition in known.select("TrainingJobDefinitions[]"):
        because = "each of several training jobs has its own"
        names = ("DefinitionName", "TuningObjective", "HyperParameterRanges")
        yield from _missing(definition, *names, because=because)
        yield from _empty_ranges(definition.inner("HyperParameterRanges"))


def _empty_ranges(ranges: Known | None) -> Iterator[Broken]:
    if ranges is None or any(ranges.value.values()):
        return
    yield Broken(ranges.place, "there is nothing to tune: no range is given")


@fact(RULE, f"{TUNING}(HyperParameterTuningJobConfig.ResourceLimits)")
def tuning_is_limited(known: Known) -> Iterator[Broken]:
    if not known.present("MaxNumberOfTrainingJobs", "MaxRuntimeInSeconds"):
        yield from _missing(known, "MaxNumberOfTrainingJobs")


@fact(RULE, "sagemaker:createProcessingJob(ProcessingResources.ClusterConfig)")
def processing_instances(known: Known) -> Iterator[Broken]:
    if not known.has("InstancePreferences"):
        yield from _missing(known, "InstanceType", "InstanceCount")


@fact(RULE, "sagemaker:createProcessingJob(ProcessingInputs[])")
def processing_inputs_lie_somewhere(known: Known) -> Iterator[Broken]:
    yield from _local_path(known, "S3Input", "DatasetDefinition")


@fact(RULE, "sagemaker:createProcessingJob(ProcessingOutputConfig.Outputs[])")
def processing_outputs_lie_somewhere(known: Known) -> Iterator[Broken]:
    yield from _local_path(known, "S3Output")
    if known.has("FeatureStoreOutput") and not known.may_be_true("AppManaged"):
        yield from _missing(known, "AppManaged", because="only such outputs go to a feature store")


def _local_path(known: Known, *names: str) -> Iterator[Broken]:
    if known.may_be_true("AppManaged"):
        return
    for name in names:
        inner = known.inner(name)
        if inner is not None:
            yield from _missing(inner, "LocalPath", because="it is needed unless AppManaged")


@fact(RULE, "sagemaker:createModel")
def a_model_has_a_role(known: Known) -> Iterator[Broken]:
    because = "the image and the model are fetched with it"
    yield from _missing(known, "ExecutionRoleArn", because=because)
    hostnames = [each.has("ContainerHostname") for each in known.select("Containers[]")]
    if any(hostnames) and not all(hostnames):
        message = "either every container has a ContainerHostname, or none"
        yield Broken(known.at("Containers"), message)


@fact(RULE, "sagemaker:createModel(PrimaryContainer)", "sagemaker:createModel(Containers[])")
def a_container_has_an_image(known: Known) -> Iterator[Broken]:
    if not known.present("Image", "ModelPackageName"):
        yield Broken(known.place, "Image or ModelPackageName is missing")


@fact(RULE, "sagemaker:createEndpointConfig")
def variants_have_models(known: Known) -> Iterator[Broken]:
    for variant in known.select("ProductionVariants[]"):
        if not known.has("ExecutionRoleArn") and not variant.has("InstancePools"):
            yield from _missing(variant, "ModelName", because="there is no ExecutionRoleArn")
        if variant.has("InstanceType") and not variant.has("ManagedInstanceScaling"):
            yield from _missing(variant, "InitialInstanceCount")


@fact(
    RULE,
    *(
        f"sagemaker:{action}(DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration)"
        for action in ("createEndpoint", "updateEndpoint")
    ),
)
def traffic_moves_in_steps(known: Known) -> Iterator[Broken]:
    steps = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}
    step = steps.get(known.text("Type") or "")
    if step:
        yield from _missing(known, step, because=f"Type is {known.text('Type')}")


@fact(RULE, "sqs:sendMessage", "aws-sdk:sqs:sendMessage")
def messages_of_a_fifo_queue_have_groups(known: Known) -> Iterator[Broken]:
    if (known.text("QueueUrl") or "").endswith(".fifo"):
        yield from _missing(known, "MessageGroupId", because="the queue is FIFO")


@fact(RULE, "sns:publish", "aws-sdk:sns:publish")
def messages_of_a_fifo_topic_have_groups(known: Known) -> Iterator[Broken]:
    if (known.text("TopicArn") or "").endswith(".fifo"):
        yield from _missing(known, "MessageGroupId", because="the topic is FIFO")
