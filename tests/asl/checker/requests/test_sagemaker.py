"""Every sound request passes, and one defect is enough for an error."""

import pytest

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests import check_requests
from tests.asl.checker.requests.sagemaker_requests import CHANNEL, ROLE, SOUND, changed

CONFIG = "HyperParameterTuningJobConfig"
CLUSTER = "ProcessingResources.ClusterConfig"
VARIANT = "ProductionVariants.0"
INPUT = "ProcessingInputs.0"
OUTPUT = "ProcessingOutputConfig.Outputs.0"
SERVERLESS = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}

DEFECTS = [
    # Training
    ("createTrainingJob", "RoleArn", ..., "P203"),
    ("createTrainingJob", "OutputDataConfig", ..., "P203"),
    ("createTrainingJob", "AlgorithmSpecification", ..., "P221"),
    ("createTrainingJob", "AlgorithmSpecification.TrainingInputMode", ..., "P203"),
    ("createTrainingJob", "AlgorithmSpecification.TrainingImage", ..., "P220"),
    ("createTrainingJob", "AlgorithmSpecification.AlgorithmName", "churn", "P220"),
    ("createTrainingJob", "AlgorithmSpecification.TrainingInputMode", "file", "P205"),
    ("createTrainingJob", "AlgorithmSpecification.TrainingImage", "xgboost:latest", "P225"),
    ("createTrainingJob", "AlgorithmSpecification.TrainingImage", "", "P225"),
    *(
        ("createTrainingJob", "AlgorithmSpecification.TrainingImage", image, "P225")
        for image in (
            "12345.dkr.ecr.eu-central-1.amazonaws.com/churn:1.0",
            "123456789012.ecr.eu-central-1.amazonaws.com/churn:1.0",
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/Churn:1.0",
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn:",
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:12",
        )
    ),
    ("createTrainingJob", "ResourceConfig", ..., "P221"),
    ("createTrainingJob", "ResourceConfig.InstanceType", ..., "P221"),
    ("createTrainingJob", "ResourceConfig.InstanceType", "ml.m5.xlarg", "P205"),
    ("createTrainingJob", "ResourceConfig.InstanceType", "m5.xlarge", "P205"),
    ("createTrainingJob", "ResourceConfig.InstanceCount", ..., "P221"),
    ("createTrainingJob", "ResourceConfig.InstanceCount", 0, "P222"),
    ("createTrainingJob", "ResourceConfig.InstanceCount", "1", "P204"),
    ("createTrainingJob", "ResourceConfig.InstanceCount", -1, "P207"),
    ("createTrainingJob", "ResourceConfig.VolumeSizeInGB", ..., "P221"),
    ("createTrainingJob", "ResourceConfig.VolumeSizeInGB", 0, "P222"),
    ("createTrainingJob", "ResourceConfig.VolumeSizeInGB", 20_000, "P222"),
    ("createTrainingJob", "ResourceConfig.VolumeSizeInGb", 30, "P202"),
    ("createTrainingJob", "ResourceConfig.VolumeSize", 30, "P202"),
    ("createTrainingJob", "StoppingCondition", ..., "P221"),
    ("createTrainingJob", "StoppingCondition.MaxRuntimeInSeconds", 0, "P207"),
    ("createTrainingJob", "StoppingCondition.MaxRuntimeInSeconds", 3_000_000, "P222"),
    ("createTrainingJob", "StoppingCondition.MaxWaitTimeInSeconds", ..., "P221"),
    ("createTrainingJob", "StoppingCondition.MaxWaitTimeInSeconds", 1800, "P222"),
    ("createTrainingJob", "StoppingCondition.MaxRuntimeInSecond", 1800, "P202"),
    ("createTrainingJob", "EnableManagedSpotTraining", ..., "P224"),
    ("createTrainingJob", "EnableManagedSpotTraining", False, "P224"),
    ("createTrainingJob", "InputDataConfig", [], "P207"),
    ("createTrainingJob", "InputDataConfig", CHANNEL, "P204"),
    ("createTrainingJob", "InputDataConfig.0.ChannelName", "validation", "P223"),
    ("createTrainingJob", "InputDataConfig.0.ChannelName", "the train data", "P206"),
    ("createTrainingJob", "InputDataConfig.0.DataSource", {}, "P220"),
    ("createTrainingJob", "InputDataConfig.0.DataSource.S3DataSource.S3Uri", "churn/x", "P206"),
    ("createTrainingJob", "InputDataConfig.0.DataSource.S3DataSource.S3Uri", "s3:/churn/x", "P206"),
    ("createTrainingJob", "InputDataConfig.0.DataSource.S3DataSource.S3DataType",
     "AugmentedManifestFile", "P224"),
    ("createTrainingJob", "OutputDataConfig.S3OutputPath", "file:///models", "P206"),
    ("createTrainingJob", "HyperParameters.max_depth", 5, "P204"),
    ("createTrainingJob", "TrainingJobName", "churn_1", "P206"),
    ("createTrainingJob", "TrainingJobName", "a" * 64, "P206"),
    ("createTrainingJob", "TrainingJobName", "$.name", "P206"),
    ("createTrainingJob", "TrainingJobname", "churn", "P202"),
    ("createTrainingJob", "RoleArn", "jobs", "P206"),
    ("createTrainingJob", "RoleArn", "arn:aws:iam::123456789012:user/me", "P206"),
    ("createTrainingJob", "RoleArn", "arn:aws:iam::12345:role/jobs", "P206"),
    ("createTrainingJob", "EnableManagedSpotTraining", "true", "P204"),
    ("createTrainingJob", "Tags.0.Value", ..., "P203"),
    ("createTrainingJob", "Tags", [{"Key": "k", "Value": v} for v in "ab"], "P223"),
    ("createTrainingJob", "ResourceConfig.SelectedInstanceType", "ml.m5.large", "P224"),
    # Processing
    ("createProcessingJob", "ProcessingResources", ..., "P203"),
    ("createProcessingJob", f"{CLUSTER}.VolumeSizeInGB", ..., "P203"),
    ("createProcessingJob", f"{CLUSTER}.VolumeSizeInGB", 0, "P207"),
    ("createProcessingJob", f"{CLUSTER}.VolumeSizeInGB", 16_385, "P207"),
    ("createProcessingJob", f"{CLUSTER}.InstanceCount", ..., "P221"),
    ("createProcessingJob", f"{CLUSTER}.InstanceType", "ml.m5.big", "P205"),
    ("createProcessingJob", "AppSpecification.ImageUri", "https://churn/image", "P225"),
    ("createProcessingJob", "AppSpecification.ContainerEntrypoint", "python3", "P204"),
    ("createProcessingJob", "AppSpecification.ContainerEntrypoint", [], "P207"),
    ("createProcessingJob", "StoppingCondition.MaxRuntimeInSeconds", 777_601, "P207"),
    ("createProcessingJob", f"{INPUT}.InputName", "data", "P223"),
    ("createProcessingJob", f"{INPUT}.S3Input", ..., "P220"),
    ("createProcessingJob", f"{INPUT}.S3Input.LocalPath", ..., "P221"),
    ("createProcessingJob", f"{INPUT}.S3Input.LocalPath", "/opt/ml/input", "P225"),
    ("createProcessingJob", f"{INPUT}.S3Input.S3CompressionType", "Gzip", "P224"),
    ("createProcessingJob", f"{INPUT}.S3Input.S3InputMode", "FastFile", "P205"),
    ("createProcessingJob", f"{OUTPUT}.OutputName", "test", "P223"),
    ("createProcessingJob", f"{OUTPUT}.S3Output.S3UploadMode", "EndOfTheJob", "P205"),
    ("createProcessingJob", f"{OUTPUT}.S3Output.LocalPath", ..., "P221"),
    ("createProcessingJob", "Environment.LOG_LEVEL", 10, "P204"),
    ("createProcessingJob", "Environment.LOG-LEVEL", "INFO", "P206"),
    # Transform
    ("createTransformJob", "ModelName", ..., "P203"),
    ("createTransformJob", "ModelName", "churn_model", "P206"),
    ("createTransformJob", "TransformInput.SplitType", "Lines", "P205"),
    ("createTransformJob", "TransformInput.DataSource.S3DataSource.S3DataType",
     "AugmentedManifestFile", "P224"),
    ("createTransformJob", "TransformResources.InstanceCount", 0, "P207"),
    ("createTransformJob", "TransformResources.InstanceCount", 101, "P222"),
    ("createTransformJob", "MaxPayloadInMB", 101, "P222"),
    ("createTransformJob", "MaxConcurrentTransforms", 100, "P222"),
    ("createTransformJob", "TransformOutput.S3OutputPath", ..., "P203"),
    ("createTransformJob", "DataProcessing.JoinSource", "Output", "P205"),
    ("createTransformJob", "DataProcessing.InputFilter", "features", "P225"),
    # Tuning
    ("createHyperParameterTuningJob", "HyperParameterTuningJobName", "a" * 33, "P206"),
    ("createHyperParameterTuningJob", "TrainingJobDefinition", ..., "P220"),
    ("createHyperParameterTuningJob", f"{CONFIG}.Strategy", "Bayes", "P205"),
    ("createHyperParameterTuningJob", f"{CONFIG}.Strategy", "Grid", "P224"),
    ("createHyperParameterTuningJob", f"{CONFIG}.Strategy", "Hyperband", "P224"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ParameterRanges", ..., "P221"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ParameterRanges", {}, "P221"),
    ("createHyperParameterTuningJob", f"{CONFIG}.HyperParameterTuningJobObjective", ..., "P221"),
    ("createHyperParameterTuningJob", f"{CONFIG}.HyperParameterTuningJobObjective.MetricName",
     "accuracy", "P224"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ResourceLimits.MaxParallelTrainingJobs",
     ..., "P203"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ResourceLimits.MaxParallelTrainingJobs",
     21, "P222"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ResourceLimits.MaxNumberOfTrainingJobs",
     ..., "P221"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ParameterRanges.IntegerParameterRanges.0.MinValue",
     "11", "P222"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ParameterRanges.IntegerParameterRanges.0.MinValue",
     3, "P204"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ParameterRanges.IntegerParameterRanges.0.MinValue",
     "3.5", "P222"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ParameterRanges.IntegerParameterRanges.0.Name",
     "eta", "P223"),
    ("createHyperParameterTuningJob", f"{CONFIG}.ParameterRanges.IntegerParameterRanges.0.Name",
     "objective", "P223"),
    ("createHyperParameterTuningJob",
     f"{CONFIG}.ParameterRanges.ContinuousParameterRanges.0.MinValue", "0", "P222"),
    ("createHyperParameterTuningJob",
     f"{CONFIG}.ParameterRanges.ContinuousParameterRanges.0.ScalingType", "Log", "P205"),
    ("createHyperParameterTuningJob", "TrainingJobDefinition.ResourceConfig", ..., "P221"),
    ("createHyperParameterTuningJob", "TrainingJobDefinition.StoppingCondition", ..., "P203"),
    ("createHyperParameterTuningJob",
     "TrainingJobDefinition.StoppingCondition.MaxWaitTimeInSeconds", 60, "P222"),
    # Model
    ("createModel", "ModelName", ..., "P203"),
    ("createModel", "ExecutionRoleArn", ..., "P221"),
    ("createModel", "PrimaryContainer", ..., "P220"),
    ("createModel", "Containers", [{"Image": "${Image}"}], "P220"),
    ("createModel", "PrimaryContainer.Image", ..., "P221"),
    ("createModel", "PrimaryContainer.Image", "churn:1.0", "P225"),
    ("createModel", "PrimaryContainer.Mode", "Single", "P205"),
    ("createModel", "PrimaryContainer.ModelDataUrl", "/models/model.tar.gz", "P206"),
    ("createModel", "PrimaryContainer.ModelDataURL", "s3://churn/model.tar.gz", "P202"),
    # Endpoint
    ("createEndpointConfig", "ProductionVariants", ..., "P203"),
    ("createEndpointConfig", "ProductionVariants", [], "P207"),
    ("createEndpointConfig", f"{VARIANT}.VariantName", ..., "P203"),
    ("createEndpointConfig", f"{VARIANT}.ModelName", ..., "P221"),
    ("createEndpointConfig", f"{VARIANT}.InstanceType", ..., "P220"),
    ("createEndpointConfig", f"{VARIANT}.InstanceType", "ml.m5.tiny", "P205"),
    ("createEndpointConfig", f"{VARIANT}.InitialInstanceCount", ..., "P221"),
    ("createEndpointConfig", f"{VARIANT}.InitialInstanceCount", 0, "P207"),
    ("createEndpointConfig", f"{VARIANT}.InitialVariantWeight", -1, "P207"),
    ("createEndpointConfig", f"{VARIANT}.InitialVariantWeight", "1", "P204"),
    ("createEndpointConfig", f"{VARIANT}.ServerlessConfig", SERVERLESS, "P220"),
    ("createEndpointConfig", "DataCaptureConfig.InitialSamplingPercentage", 101, "P207"),
    ("createEndpointConfig", "DataCaptureConfig.CaptureOptions.0.CaptureMode", "Both", "P205"),
    ("createEndpoint", "EndpointConfigName", ..., "P203"),
    ("createEndpoint", "EndpointName", "churn_endpoint", "P206"),
    ("createEndpoint",
     "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.CanarySize", ..., "P221"),
    ("updateEndpoint", "EndpointName", ..., "P203"),
    ("updateEndpoint", "RetainAllVariantProperties", "yes", "P204"),
]  # fmt: skip
"""The action, what is changed and how, and the rule that finds it."""
CONSEQUENCES = {
    "P206": {"P207"},  # a name of too many characters
    "P225": {"P226"},  # what is no image is not in Amazon ECR either
}
"""What a defect may break besides."""


def findings(action, request):
    return check_requests(one_task(f"sagemaker:{action}", request))


@pytest.mark.parametrize("action", SOUND)
def test_a_sound_request_has_no_finding(action):
    assert findings(action, SOUND[action]) == []


@pytest.mark.parametrize("action", SOUND)
def test_the_same_request_is_sound_in_jsonata(action):
    request = {name.removesuffix(".$"): value for name, value in SOUND[action].items()}
    if "TrainingJobName" in request:
        request["TrainingJobName"] = "{% $states.context.Execution.Name %}"
    fields = {"QueryLanguage": "JSONata", "Arguments": request}

    assert check_requests(one_task(f"sagemaker:{action}", **fields)) == []


@pytest.mark.parametrize(("action", "path", "value", "rule"), DEFECTS)
def test_one_defect_is_one_error(action, path, value, rule):
    found = findings(action, changed(action, path, value))

    assert rule in {each.rule for each in found if each.severity == "error"}
    assert {each.rule for each in found} <= {rule, *CONSEQUENCES.get(rule, ())}


def test_every_fact_has_a_defect():
    assert {f"P22{number}" for number in range(6)} <= {rule for *_, rule in DEFECTS}


def test_the_sdk_integration_checks_the_same_facts():
    request = changed("createTrainingJob", "StoppingCondition.MaxWaitTimeInSeconds", 60)
    machine = one_task("aws-sdk:sagemaker:createTrainingJob", request)

    assert [each.rule for each in check_requests(machine)] == ["P222"]


@pytest.mark.parametrize(
    "image",
    [
        "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/a/b-c/d_e.f:1.0-cpu_py3",
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/churn",
        "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/churn:latest",
        "123456789012.dkr-ecr.us-east-1.on.aws/churn:latest",
        f"123456789012.dkr.ecr.us-east-1.amazonaws.com/churn@sha256:{'0' * 64}",
        f"123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:1@sha256:{'0' * 64}",
        "${Account}.dkr.ecr.${Region}.amazonaws.com/churn:1",
        "<account>.dkr.ecr.eu-central-1.amazonaws.com/churn:1",
    ],
)
def test_images_in_ecr_pass(image):
    path = "AlgorithmSpecification.TrainingImage"

    assert findings("createTrainingJob", changed("createTrainingJob", path, image)) == []


@pytest.mark.parametrize(
    "role",
    ["${RoleArn}", "<role-arn>", "arn:aws:iam::ACCOUNT_ID:role/jobs", "REPLACE_ME", "YOUR_ROLE",
     "arn:aws:iam::xxxxxxxxxxxx:role/jobs", "arn:aws:iam::#{AWS::AccountId}:role/jobs",
     "JOB_ROLE_ARN", "arn:aws:iam::{account}:role/jobs", ROLE],
)  # fmt: skip
def test_what_will_be_filled_in_passes(role):
    assert findings("createTrainingJob", changed("createTrainingJob", "RoleArn", role)) == []


def test_a_value_that_is_not_known_counts_as_there():
    request = changed("createTrainingJob", "RoleArn", ...)

    assert findings("createTrainingJob", {**request, "RoleArn.$": "$.role"}) == []


def test_a_serverless_job_needs_no_instances():
    request = {
        "TrainingJobName": "tuned",
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://churn/models"},
        "ServerlessJobConfig.$": "$.serverless",
    }

    assert findings("createTrainingJob", request) == []
