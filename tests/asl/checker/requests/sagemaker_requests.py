"""Sound requests of SageMaker's, and what makes one of them wrong."""

from __future__ import annotations

import copy
from typing import Any

ROLE = "arn:aws:iam::123456789012:role/jobs"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn:1.0"
CHANNEL = {
    "ChannelName": "train",
    "ContentType": "text/csv",
    "DataSource": {
        "S3DataSource": {
            "S3DataType": "S3Prefix",
            "S3Uri": "s3://churn/train",
            "S3DataDistributionType": "FullyReplicated",
        }
    },
}
_TRAINING = {
    "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
    "RoleArn": ROLE,
    "InputDataConfig": [CHANNEL, {**CHANNEL, "ChannelName": "validation"}],
    "OutputDataConfig": {"S3OutputPath": "s3://churn/models"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
    "EnableManagedSpotTraining": True,
    "CheckpointConfig": {"S3Uri": "s3://churn/checkpoints"},
}

SOUND: dict[str, dict[str, Any]] = {
    "createTrainingJob": {
        **_TRAINING,
        "TrainingJobName.$": "$$.Execution.Name",
        "HyperParameters": {"max_depth": "5", "eta": "0.2"},
        "Tags": [{"Key": "project", "Value": "churn"}],
    },
    "createProcessingJob": {
        "ProcessingJobName": "churn-features",
        "RoleArn": ROLE,
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/features.py"],
            "ContainerArguments": ["--split", "0.2"],
        },
        "ProcessingInputs": [
            {
                "InputName": name,
                "S3Input": {
                    "S3Uri": f"s3://churn/{name}",
                    "LocalPath": f"/opt/ml/processing/input/{name}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                    "S3CompressionType": "None",
                },
            }
            for name in ("code", "data")
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": name,
                    "S3Output": {
                        "S3Uri": f"s3://churn/{name}",
                        "LocalPath": f"/opt/ml/processing/{name}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for name in ("train", "test")
            ]
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 30,
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 1800},
        "Environment": {"LOG_LEVEL": "INFO"},
    },
    "createTransformJob": {
        "TransformJobName": "churn-scores",
        "ModelName": "churn",
        "BatchStrategy": "MultiRecord",
        "MaxConcurrentTransforms": 4,
        "MaxPayloadInMB": 6,
        "TransformInput": {
            "ContentType": "text/csv",
            "SplitType": "Line",
            "CompressionType": "None",
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://churn/people"}
            },
        },
        "TransformOutput": {"S3OutputPath": "s3://churn/scores", "AssembleWith": "Line"},
        "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
        "DataProcessing": {"InputFilter": "$[1:]", "JoinSource": "Input"},
    },
    "createHyperParameterTuningJob": {
        "HyperParameterTuningJobName": "churn-tuning",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {
                "IntegerParameterRanges": [
                    {"Name": "max_depth", "MinValue": "3", "MaxValue": "10"}
                ],
                "ContinuousParameterRanges": [
                    {
                        "Name": "eta",
                        "MinValue": "0.01",
                        "MaxValue": "0.5",
                        "ScalingType": "Logarithmic",
                    }
                ],
                "CategoricalParameterRanges": [{"Name": "booster", "Values": ["gbtree", "dart"]}],
            },
            "TrainingJobEarlyStoppingType": "Auto",
        },
        "TrainingJobDefinition": {
            **_TRAINING,
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "auc", "Regex": "auc=([0-9.]+)"}],
            },
            "StaticHyperParameters": {"objective": "binary:logistic"},
        },
    },
    "createModel": {
        "ModelName": "churn",
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {
            "Image": IMAGE,
            "ModelDataUrl": "s3://churn/models/model.tar.gz",
            "Environment": {"SAGEMAKER_PROGRAM": "serve.py"},
        },
    },
    "createEndpointConfig": {
        "EndpointConfigName": "churn-2",
        "ProductionVariants": [
            {
                "VariantName": "main",
                "ModelName": "churn",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "InitialVariantWeight": 1.0,
            }
        ],
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 20,
            "DestinationS3Uri": "s3://churn/captured",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
    },
    "createEndpoint": {
        "EndpointName": "churn",
        "EndpointConfigName": "churn-2",
        "DeploymentConfig": {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 60,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
                }
            }
        },
    },
    "updateEndpoint": {"EndpointName": "churn", "EndpointConfigName": "churn-3"},
}
"""By the action."""


def changed(action: str, path: str, value: Any) -> dict[str, Any]:
    """A sound request with another value at a path like ``Tags.0.Key``; ... takes it away."""
    request = copy.deepcopy(SOUND[action])
    inner: Any = request
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in parents:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return request
