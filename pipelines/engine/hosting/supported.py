"""What hosting does with each member of a request: kept, recorded, or (absent here) refused."""

from __future__ import annotations

from pipelines.engine.allow_list import KEPT, RECORDED, Supported, only

_CONTAINER = {
    # The program runs on this machine's Python, in place of the image.
    "Image": RECORDED,
    "ImageConfig": RECORDED,
    "ContainerHostname": RECORDED,
    "Mode": only("SingleModel"),
    "ModelDataUrl": KEPT,
    "ModelDataSource.S3DataSource.S3Uri": KEPT,
    "ModelDataSource.S3DataSource.S3DataType": only("S3Object"),
    "ModelDataSource.S3DataSource.CompressionType": only("None", "Gzip"),
    "Environment": KEPT,
}

MODEL = Supported(
    {
        "ModelName": KEPT,
        **{f"PrimaryContainer.{member}": rule for member, rule in _CONTAINER.items()},
        **{f"Containers[].{member}": rule for member, rule in _CONTAINER.items()},
        "ExecutionRoleArn": RECORDED,
        "Tags": KEPT,
        "VpcConfig": RECORDED,
        "EnableNetworkIsolation": RECORDED,
    }
)

_VARIANT = {
    "VariantName": KEPT,
    "ModelName": KEPT,
    "InitialInstanceCount": KEPT,
    "InstanceType": RECORDED,
    "InitialVariantWeight": KEPT,
    "ServerlessConfig.MemorySizeInMB": RECORDED,
    "ServerlessConfig.MaxConcurrency": KEPT,
    "ServerlessConfig.ProvisionedConcurrency": RECORDED,
    "VolumeSizeInGB": RECORDED,
    "ModelDataDownloadTimeoutInSeconds": RECORDED,
    "ContainerStartupHealthCheckTimeoutInSeconds": KEPT,
    "EnableSSMAccess": RECORDED,
    "InferenceAmiVersion": RECORDED,
    "RoutingConfig.RoutingStrategy": RECORDED,
}

ENDPOINT_CONFIG = Supported(
    {
        "EndpointConfigName": KEPT,
        **{f"ProductionVariants[].{member}": rule for member, rule in _VARIANT.items()},
        "DataCaptureConfig": KEPT,
        "DataCaptureConfig.KmsKeyId": RECORDED,
        "ExecutionRoleArn": RECORDED,
        "Tags": KEPT,
        "KmsKeyId": RECORDED,
        "VpcConfig": RECORDED,
        "EnableNetworkIsolation": RECORDED,
        "MetricsConfig": RECORDED,
    }
)

_BLUE_GREEN = "DeploymentConfig.BlueGreenUpdatePolicy"
_DEPLOYMENT = {
    f"{_BLUE_GREEN}.TrafficRoutingConfiguration": KEPT,
    f"{_BLUE_GREEN}.TerminationWaitInSeconds": KEPT,
    f"{_BLUE_GREEN}.MaximumExecutionTimeoutInSeconds": KEPT,
    "DeploymentConfig.AutoRollbackConfiguration": KEPT,
}

ENDPOINT = Supported(
    {"EndpointName": KEPT, "EndpointConfigName": KEPT, "Tags": KEPT, **_DEPLOYMENT}
)

UPDATE = Supported(
    {
        "EndpointName": KEPT,
        "EndpointConfigName": KEPT,
        **_DEPLOYMENT,
        "RetainDeploymentConfig": KEPT,
        # There is no scaling here, and so no other count or weight than the configuration's.
        "RetainAllVariantProperties": RECORDED,
        "ExcludeRetainedVariantProperties": RECORDED,
    }
)
