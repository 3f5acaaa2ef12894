"""What the engine does with each member of a job's request: the allow-list of both kinds.

A member that is absent from these tables is refused by name: a job that would silently run
otherwise than on AWS is worse than one that does not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.engine.service import ServiceError


@dataclass(frozen=True)
class Rule:
    """What is done with a member: kept, or recorded and not enforced; with `only` these values."""

    enforced: bool = True
    only: tuple[Any, ...] = ()


KEPT = Rule()
# Described again as it was given, and without effect on this machine.
RECORDED = Rule(enforced=False)


def only(*values: Any) -> Rule:
    """Kept, because these values ask for nothing that the engine does not do."""
    return Rule(only=values)


# A path names a structure's members with dots; `[]` stands for each item of a list. What lies
# below a path that is listed is listed too, unless the table says more.
PROCESSING: Mapping[str, Rule] = {
    "ProcessingJobName": KEPT,
    "ProcessingInputs[].InputName": KEPT,
    "ProcessingInputs[].AppManaged": only(False),
    "ProcessingInputs[].S3Input.S3Uri": KEPT,
    "ProcessingInputs[].S3Input.LocalPath": KEPT,
    "ProcessingInputs[].S3Input.S3DataType": only("S3Prefix"),
    "ProcessingInputs[].S3Input.S3InputMode": only("File"),
    # With one instance, every distribution is the whole.
    "ProcessingInputs[].S3Input.S3DataDistributionType": KEPT,
    "ProcessingInputs[].S3Input.S3CompressionType": only("None"),
    "ProcessingOutputConfig.KmsKeyId": RECORDED,
    "ProcessingOutputConfig.Outputs[].OutputName": KEPT,
    "ProcessingOutputConfig.Outputs[].AppManaged": only(False),
    "ProcessingOutputConfig.Outputs[].S3Output.S3Uri": KEPT,
    "ProcessingOutputConfig.Outputs[].S3Output.LocalPath": KEPT,
    "ProcessingOutputConfig.Outputs[].S3Output.S3UploadMode": only("EndOfJob"),
    "ProcessingResources.ClusterConfig.InstanceCount": only(1),
    "ProcessingResources.ClusterConfig.InstanceType": RECORDED,
    "ProcessingResources.ClusterConfig.VolumeSizeInGB": RECORDED,
    "ProcessingResources.ClusterConfig.VolumeKmsKeyId": RECORDED,
    "StoppingCondition.MaxRuntimeInSeconds": KEPT,
    "AppSpecification.ImageUri": RECORDED,
    "AppSpecification.ContainerEntrypoint": KEPT,
    "AppSpecification.ContainerArguments": KEPT,
    "Environment": KEPT,
    "NetworkConfig": RECORDED,
    "RoleArn": RECORDED,
    "Tags": KEPT,
    "ExperimentConfig": RECORDED,
}

TRAINING: Mapping[str, Rule] = {
    "TrainingJobName": KEPT,
    "HyperParameters": KEPT,
    "AlgorithmSpecification.TrainingImage": RECORDED,
    # To the program FastFile's files look like File's.
    "AlgorithmSpecification.TrainingInputMode": only("File", "FastFile"),
    "AlgorithmSpecification.MetricDefinitions": RECORDED,
    "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries": RECORDED,
    "InputDataConfig[].ChannelName": KEPT,
    "InputDataConfig[].DataSource.S3DataSource.S3Uri": KEPT,
    "InputDataConfig[].DataSource.S3DataSource.S3DataType": only("S3Prefix"),
    "InputDataConfig[].DataSource.S3DataSource.S3DataDistributionType": KEPT,
    "InputDataConfig[].ContentType": KEPT,
    "InputDataConfig[].CompressionType": only("None"),
    "InputDataConfig[].RecordWrapperType": only("None"),
    "InputDataConfig[].InputMode": only("File", "FastFile"),
    "OutputDataConfig.S3OutputPath": KEPT,
    "OutputDataConfig.KmsKeyId": RECORDED,
    "OutputDataConfig.CompressionType": only("GZIP"),
    "ResourceConfig.InstanceCount": only(1),
    "ResourceConfig.InstanceType": RECORDED,
    "ResourceConfig.VolumeSizeInGB": RECORDED,
    "ResourceConfig.VolumeKmsKeyId": RECORDED,
    "ResourceConfig.KeepAlivePeriodInSeconds": RECORDED,
    "StoppingCondition.MaxRuntimeInSeconds": KEPT,
    "StoppingCondition.MaxWaitTimeInSeconds": RECORDED,
    "StoppingCondition.MaxPendingTimeInSeconds": RECORDED,
    "Environment": KEPT,
    "RoleArn": RECORDED,
    "Tags": KEPT,
    "VpcConfig": RECORDED,
    "EnableNetworkIsolation": RECORDED,
    "EnableInterContainerTrafficEncryption": RECORDED,
    "EnableManagedSpotTraining": RECORDED,
    "RetryStrategy": RECORDED,
    "DebugHookConfig": RECORDED,
    "ProfilerConfig": RECORDED,
    "ExperimentConfig": RECORDED,
}


def require_supported(table: Mapping[str, Rule], request: Mapping[str, Any]) -> None:
    """Refuse a request that asks for what the engine does not do.

    Raises:
        ServiceError: ValidationException, with every such member.
    """
    refused = list(_refusals(table, request, ""))
    if refused:
        raise ServiceError(
            "ValidationException", f"The local engine does not run this: {'; '.join(refused)}."
        )


def not_enforced(table: Mapping[str, Rule], request: Mapping[str, Any]) -> list[str]:
    """The members of a request that are recorded and have no effect on this machine."""
    return sorted({path for path in _leaves(request, "") if not _rule(table, path).enforced})


def _refusals(table: Mapping[str, Rule], value: Any, path: str) -> Iterator[str]:
    rule = table.get(path)
    if rule is not None and rule.only and value not in rule.only:
        allowed = " or ".join(map(repr, rule.only))
        yield f"{path} is {value!r} (only {allowed})"
    elif path and not _has_more(table, path):
        if _listed(table, path) is None:
            yield path
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _refusals(table, item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from _refusals(table, item, f"{path}[]")


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{path}[]")
    else:
        yield path


def _has_more(table: Mapping[str, Rule], path: str) -> bool:
    return any(key.startswith((f"{path}.", f"{path}[")) for key in table)


def _listed(table: Mapping[str, Rule], path: str) -> Rule | None:
    """The rule of the path, or of the nearest listed one above it."""
    while path:
        if path in table:
            return table[path]
        path = path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]
    return None


def _rule(table: Mapping[str, Rule], path: str) -> Rule:
    return _listed(table, path) or RECORDED
