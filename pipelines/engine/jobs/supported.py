"""What the engine does with each member of a job's request: the allow-list of each kind."""

from __future__ import annotations

from pipelines.engine.allow_list import KEPT, RECORDED, Supported, only

PROCESSING = Supported(
    {
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
)

# What training jobs and the trials of tuning jobs have in common.
_TRAINED = {
    "AlgorithmSpecification.TrainingImage": RECORDED,
    # To the program FastFile's files look like File's.
    "AlgorithmSpecification.TrainingInputMode": only("File", "FastFile"),
    "AlgorithmSpecification.MetricDefinitions": KEPT,
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
    "VpcConfig": RECORDED,
    "EnableNetworkIsolation": RECORDED,
    "EnableInterContainerTrafficEncryption": RECORDED,
    "EnableManagedSpotTraining": RECORDED,
    "RetryStrategy": RECORDED,
}

TRAINING = Supported(
    {
        "TrainingJobName": KEPT,
        "HyperParameters": KEPT,
        **_TRAINED,
        "AlgorithmSpecification.ContainerEntrypoint": KEPT,
        "AlgorithmSpecification.ContainerArguments": KEPT,
        "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries": RECORDED,
        "CheckpointConfig.S3Uri": KEPT,
        "CheckpointConfig.LocalPath": KEPT,
        "Tags": KEPT,
        "DebugHookConfig": RECORDED,
        "ProfilerConfig": RECORDED,
        "ExperimentConfig": RECORDED,
    }
)

_CONFIG = "HyperParameterTuningJobConfig"
TUNING = Supported(
    {
        "HyperParameterTuningJobName": KEPT,
        f"{_CONFIG}.Strategy": KEPT,
        f"{_CONFIG}.StrategyConfig.HyperbandStrategyConfig": KEPT,
        f"{_CONFIG}.HyperParameterTuningJobObjective": KEPT,
        f"{_CONFIG}.ResourceLimits.MaxNumberOfTrainingJobs": KEPT,
        f"{_CONFIG}.ResourceLimits.MaxParallelTrainingJobs": KEPT,
        f"{_CONFIG}.ParameterRanges.IntegerParameterRanges": KEPT,
        f"{_CONFIG}.ParameterRanges.ContinuousParameterRanges": KEPT,
        f"{_CONFIG}.ParameterRanges.CategoricalParameterRanges": KEPT,
        # The SDK sends every list of ranges, also an empty one.
        f"{_CONFIG}.ParameterRanges.AutoParameters": only([]),
        f"{_CONFIG}.TrainingJobEarlyStoppingType": KEPT,
        f"{_CONFIG}.TuningJobCompletionCriteria.TargetObjectiveMetricValue": KEPT,
        f"{_CONFIG}.RandomSeed": KEPT,
        "TrainingJobDefinition.DefinitionName": RECORDED,
        "TrainingJobDefinition.StaticHyperParameters": KEPT,
        # Not CheckpointConfig: where the checkpoints of one trial and another lie is not said.
        **{f"TrainingJobDefinition.{path}": rule for path, rule in _TRAINED.items()},
        "Tags": KEPT,
    }
)
