"""What an endpoint is made of: a model, and a configuration that says where it is served."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pipelines import naming
from pipelines.bundle import ARCHIVE
from pipelines.environment.serving import Endpoint, RealTime
from pipelines.sdk import Expression
from pipelines.steps import permissions, train
from pipelines.steps.endpoint import CONFIGURATION, VARIANT, section, serve_model, tags
from pipelines.steps.endpoint_calls import call
from pipelines.steps.images import pull, serving_image
from pipelines.steps.step import Scope, Step

# The module of the code bundle that serves in AWS's own image. The image imports it by this name;
# in the folder that it unpacks the code to, which is not on Python's path by itself.
# https://github.com/aws/sagemaker-scikit-learn-container
PROGRAM = "jobs.inference"
_CODE = "/opt/ml/code"
# Of the model's environment: the archive with the code, and the digest of how it is to be served.
SUBMITTED = "SAGEMAKER_SUBMIT_DIRECTORY"
AS_CONFIGURED = "ENDPOINT_SHA256"
# For one instance; SageMaker gives up after these.
_DOWNLOAD_S = _STARTUP_S = 600
# The image is the same on every machine that has no accelerator.
_ANY_MACHINE = "ml.m5.large"


def create_model(scope: Scope, model_sha256: Expression) -> Step:
    """The trained archive with the image and the code that serve it.

    Args:
        model_sha256: the archive's digest, which every answer of the endpoint names.
    """
    environment = scope.environment
    realtime = section(scope).realtime
    machine = realtime.instance_type if realtime is not None else _ANY_MACHINE
    image = serving_image(environment, machine)
    step = call(
        "Create model",
        scope,
        "createModel",
        {
            "ModelName": CONFIGURATION,
            "PrimaryContainer": {
                "Image": image,
                "ModelDataUrl": train.MODEL_URI,
                "Environment": {
                    "SAGEMAKER_PROGRAM": PROGRAM,
                    SUBMITTED: f"{scope.code_uri}/{ARCHIVE}",
                    "PYTHONPATH": _CODE,
                    "MODEL_SHA256": model_sha256,
                    AS_CONFIGURED: as_configured(section(scope)),
                },
            },
            "ExecutionRoleArn": "${JobRoleArn}",
            **tags(environment),
        },
        result="model",
        comment="The trained archive, with what serves it",
        also=(permissions.PASS_JOB_ROLE,),
    )
    return Step(
        step.state, machine=step.machine, job=(*serve_model(scope), *pull(environment, image))
    )


def as_configured(endpoint: Endpoint) -> str:
    """The digest of the section `endpoint`, but for how a new model is tested and moved to."""
    served = endpoint.model_dump_json(exclude={"enabled", "test", "update"})
    return hashlib.sha256(served.encode()).hexdigest()


def create_configuration(scope: Scope) -> Step:
    """Where the model is served: its machines, and what is captured of its requests."""
    endpoint = section(scope)
    return call(
        "Create endpoint configuration",
        scope,
        "createEndpointConfig",
        {
            "EndpointConfigName": CONFIGURATION,
            "ProductionVariants": [
                {"VariantName": VARIANT, "ModelName": CONFIGURATION, **_machines(endpoint)}
            ],
            **_capture(scope, endpoint),
            **tags(scope.environment),
        },
        result="configuration",
        comment="Where the model is served",
    )


def _machines(endpoint: Endpoint) -> Mapping[str, Any]:
    serverless = endpoint.serverless
    if serverless is not None:
        return {
            "ServerlessConfig": {
                "MemorySizeInMB": serverless.memory_mb,
                "MaxConcurrency": serverless.max_concurrency,
            }
        }
    realtime = endpoint.realtime
    assert isinstance(realtime, RealTime), "the configuration has exactly one of the two"
    return {
        "InstanceType": realtime.instance_type,
        "InitialInstanceCount": realtime.instance_count,
        "InitialVariantWeight": 1.0,
        "ModelDataDownloadTimeoutInSeconds": _DOWNLOAD_S,
        "ContainerStartupHealthCheckTimeoutInSeconds": _STARTUP_S,
    }


def _capture(scope: Scope, endpoint: Endpoint) -> Mapping[str, Any]:
    """The member `DataCaptureConfig`, to be spread into the request."""
    if endpoint.data_capture is None:
        return {}
    return {
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": round(endpoint.data_capture * 100),
            "DestinationS3Uri": f"s3://${{Bucket}}/{naming.captured_prefix(scope.environment)}",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {
                "CsvContentTypes": ["text/csv"],
                "JsonContentTypes": ["application/json"],
            },
        }
    }
