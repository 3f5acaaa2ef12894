"""Members of which exactly one is to be there."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import TRAINING, fact, within
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P220"

_ONE_OF: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (within(TRAINING, "AlgorithmSpecification"), ("TrainingImage", "AlgorithmName")),
    (
        within(TRAINING, "InputDataConfig[].DataSource"),
        ("S3DataSource", "FileSystemDataSource", "DatasetSource"),
    ),
    (
        ("sagemaker:createHyperParameterTuningJob",),
        ("TrainingJobDefinition", "TrainingJobDefinitions"),
    ),
    (("sagemaker:createProcessingJob(ProcessingInputs[])",), ("S3Input", "DatasetDefinition")),
    (
        ("sagemaker:createProcessingJob(ProcessingInputs[].DatasetDefinition)",),
        ("AthenaDatasetDefinition", "RedshiftDatasetDefinition"),
    ),
    (
        ("sagemaker:createProcessingJob(ProcessingOutputConfig.Outputs[])",),
        ("S3Output", "FeatureStoreOutput"),
    ),
    (("sagemaker:createModel",), ("PrimaryContainer", "Containers")),
    (
        (
            "sagemaker:createEndpointConfig(ProductionVariants[])",
            "sagemaker:createEndpointConfig(ShadowProductionVariants[])",
        ),
        ("InstanceType", "ServerlessConfig", "InstancePools"),
    ),
    (("sns:publish", "aws-sdk:sns:publish"), ("TopicArn", "TargetArn", "PhoneNumber")),
)
_AT_MOST_ONE_OF: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        (
            "sagemaker:createEndpoint(DeploymentConfig)",
            "sagemaker:updateEndpoint(DeploymentConfig)",
        ),
        ("BlueGreenUpdatePolicy", "RollingUpdatePolicy"),
    ),
    (within(TRAINING, "ResourceConfig"), ("InstanceType", "InstanceGroups", "InstancePreferences")),
    (
        (
            "sagemaker:createHyperParameterTuningJob(TrainingJobDefinition)",
            "sagemaker:createHyperParameterTuningJob(TrainingJobDefinitions[])",
        ),
        ("ResourceConfig", "HyperParameterTuningResourceConfig"),
    ),
    (
        ("sagemaker:createProcessingJob(ProcessingResources.ClusterConfig)",),
        ("InstanceType", "InstancePreferences"),
    ),
)


def _register(names: tuple[str, ...], wheres: tuple[str, ...], *, is_needed: bool) -> None:
    def check(known: Known) -> Iterator[Broken]:
        present = known.present(*names)
        if len(present) > 1:
            yield Broken(known.place, f"{' and '.join(present)} exclude each other")
        elif is_needed and not present:
            yield Broken(known.place, f"{' or '.join(names)} is missing")

    fact(RULE, *wheres)(check)


for _wheres, _names in _ONE_OF:
    _register(_names, _wheres, is_needed=True)
for _wheres, _names in _AT_MOST_ONE_OF:
    _register(_names, _wheres, is_needed=False)
