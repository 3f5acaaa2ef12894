"""Sound requests of SageMaker's that are less common: labelling, and what the AWS SDK offers."""

from __future__ import annotations

from typing import Any

from tests.asl.checker.requests.sagemaker_requests import IMAGE, ROLE, SOUND

_ACCOUNT = "arn:aws:sagemaker:eu-central-1:123456789012"
_FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:label"

LABELING: dict[str, Any] = {
    "LabelingJobName": "churn-labels",
    "LabelAttributeName": "label",
    "RoleArn": ROLE,
    "InputConfig": {
        "DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://churn/in.manifest"}},
        "DataAttributes": {"ContentClassifiers": ["FreeOfAdultContent"]},
    },
    "OutputConfig": {"S3OutputPath": "s3://churn/labels"},
    "LabelCategoryConfigS3Uri": "s3://churn/categories.json",
    "StoppingConditions": {"MaxPercentageOfInputDatasetLabeled": 50},
    "HumanTaskConfig": {
        "WorkteamArn": f"{_ACCOUNT}:workteam/private-crowd/team",
        "UiConfig": {"UiTemplateS3Uri": "s3://churn/template.liquid"},
        "PreHumanTaskLambdaArn": _FUNCTION,
        "TaskTitle": "Does the customer leave?",
        "TaskDescription": "Read what the customer wrote",
        "NumberOfHumanWorkersPerDataObject": 3,
        "TaskTimeLimitInSeconds": 600,
        "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": _FUNCTION},
    },
    "Tags": [{"Key": "project", "Value": "churn"}],
}

OPTIMIZED: dict[str, dict[str, Any]] = {**SOUND, "createLabelingJob": LABELING}
"""Every action of the optimized integration."""

SDK: dict[str, dict[str, Any]] = {
    "createTrainingJob": SOUND["createTrainingJob"],
    "addTags": {
        "ResourceArn": f"{_ACCOUNT}:model/churn",
        "Tags": [{"Key": "project", "Value": "churn"}],
    },
    "createFeatureGroup": {
        "FeatureGroupName": "people",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "time", "FeatureType": "Fractional"},
        ],
        "OnlineStoreConfig": {"EnableOnlineStore": True},
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://churn/features"}},
        "RoleArn": ROLE,
    },
    "createModelPackage": {
        "ModelPackageGroupName": "churn",
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://churn/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
            "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
        },
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {
                    "ContentType": "application/json",
                    "S3Uri": "s3://churn/metrics.json",
                }
            }
        },
    },
    "deleteEndpoint": {"EndpointName": "churn"},
    "describeTrainingJob": {"TrainingJobName": "churn-1"},
    "listModelPackages": {
        "ModelPackageGroupName": "churn",
        "ModelApprovalStatus": "Approved",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 1,
    },
    "startPipelineExecution": {
        "PipelineName": "churn",
        "PipelineParameters": [{"Name": "stage", "Value": "dev"}],
    },
    "stopTrainingJob": {"TrainingJobName": "churn-1"},
    "updateEndpointWeightsAndCapacities": {
        "EndpointName": "churn",
        "DesiredWeightsAndCapacities": [
            {"VariantName": "main", "DesiredWeight": 0.5, "DesiredInstanceCount": 2}
        ],
    },
    "updateModelPackage": {
        "ModelPackageArn": f"{_ACCOUNT}:model-package/churn/1",
        "ModelApprovalStatus": "Approved",
    },
}
"""Actions of the AWS SDK integration."""
