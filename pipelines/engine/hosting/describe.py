"""DescribeEndpoint's response, of what is known of an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.engine.hosting.deployment import Deployment, Variant
from pipelines.engine.hosting.resources import Resource

_AS_IT_IS = (
    *("EndpointName", "EndpointArn", "EndpointConfigName", "EndpointStatus", "FailureReason"),
    *("CreationTime", "LastModifiedTime", "LastDeploymentConfig"),
)


def describe_endpoint(record: Resource) -> dict[str, Any]:
    """What serves, and what is to take over."""
    response = {name: record[name] for name in _AS_IT_IS if name in record}
    deployment = Deployment.from_json(record["Deployment"])
    if record["EndpointStatus"] not in ("Creating", "Failed"):
        response["ProductionVariants"] = [
            _variant(each, record["LastModifiedTime"]) for each in deployment.variants
        ]
    if deployment.capture:
        response["DataCaptureConfig"] = _capture(deployment.capture, record["EndpointStatus"])
    if "Pending" in record:
        pending = Deployment.from_json(record["Pending"])
        response["PendingDeploymentSummary"] = {
            "EndpointConfigName": pending.config,
            "ProductionVariants": [
                {
                    "VariantName": each.name,
                    "DesiredWeight": each.weight,
                    "DesiredInstanceCount": each.count,
                }
                for each in pending.variants
            ],
            "StartTime": record["Pending"]["since"],
        }
    return response


def _variant(variant: Variant, at: float) -> dict[str, Any]:
    serving = {
        "VariantName": variant.name,
        "DeployedImages": [
            {
                "SpecifiedImage": variant.image,
                "ResolvedImage": variant.image,
                "ResolutionTime": at,
            }
        ],
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
    }
    if variant.max_concurrency is None:
        return {
            **serving,
            "CurrentInstanceCount": variant.count,
            "DesiredInstanceCount": variant.count,
        }
    serverless = {
        "MemorySizeInMB": variant.memory_mb,
        "MaxConcurrency": variant.max_concurrency,
    }
    return {
        **serving,
        "CurrentServerlessConfig": serverless,
        "DesiredServerlessConfig": serverless,
    }


def _capture(config: Mapping[str, Any], status: str) -> dict[str, Any]:
    enabled = config.get("EnableCapture", True)
    started = enabled and status in ("InService", "Updating")
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if started else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        # SageMaker always names one; nothing is encrypted here.
        "KmsKeyId": config.get("KmsKeyId", ""),
    }
