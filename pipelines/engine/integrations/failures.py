"""A service's error as the error of a task: its name, and the cause in the words of AWS's SDKs."""

from __future__ import annotations

import uuid

from pipelines.asl.integrations import Integration
from pipelines.asl.interpreter import TaskFailed
from pipelines.engine.wire.api_models import service_model
from pipelines.engine.wire.service import ServiceError

_OLD_CLIENTS = {
    "dynamodb": "AmazonDynamoDBv2",
    "events": "AmazonEventBridge",
    "lambda": "AWSLambda",
    "sagemaker": "AmazonSageMaker",
    "sns": "AmazonSNS",
    "sqs": "AmazonSQS",
    "states": "AWSStepFunctions",
}
"""What the first SDK for Java, which the optimized integrations use, calls the services."""


def task_failed(integration: Integration, error: ServiceError) -> TaskFailed:
    """What a task fails with when its service answers with an error."""
    if integration.is_sdk:
        return _of_new_client(integration, error)
    return _of_old_client(integration, error)


def _of_new_client(integration: Integration, error: ServiceError) -> TaskFailed:
    """`S3.NoSuchKeyException`; an error that the model does not name is the service's."""
    service = integration.error_prefixes[0]
    known = _exception(integration.model, error.code) or _as_exception(service)
    details = [f"Service: {service}", f"Status Code: {error.status}", f"Request ID: {uuid.uuid4()}"]
    if integration.model == "s3":
        details.append(f"Extended Request ID: {uuid.uuid4().hex}")
    cause = f"{error.message} ({', '.join(details)}) (SDK Attempt Count: 1)"
    return TaskFailed(f"{service}.{known}", cause)


def _of_old_client(integration: Integration, error: ServiceError) -> TaskFailed:
    """`DynamoDB.ResourceNotFoundException`, or else `DynamoDB.AmazonDynamoDBException`.

    As recorded for DynamoDB and SNS; so SageMaker's ResourceInUse is, as public reports of failed
    `createTrainingJob.sync` tasks have it, SageMaker.ResourceInUseException, and the throttling
    that it does not document SageMaker.AmazonSageMakerException.
    """
    client = _OLD_CLIENTS[integration.service]
    known = _exception(integration.model, error.code)
    base = f"{client.removesuffix('v2')}Exception"
    cause = (
        f"{error.message} (Service: {client}; Status Code: {error.status}; "
        f"Error Code: {error.code}; Request ID: {uuid.uuid4()}; Proxy: null)"
    )
    return TaskFailed(f"{integration.error_prefixes[0]}.{known or base}", cause)


def _exception(model: str, code: str) -> str | None:
    """The exception that a service's model has for an error code."""
    for shape in service_model(model).error_shapes:
        if code in (shape.name, shape.metadata.get("error", {}).get("code")):
            return _as_exception(shape.name)
    return None


def _as_exception(name: str) -> str:
    """
    >>> _as_exception("NoSuchKey"), _as_exception("InternalException")
    ('NoSuchKeyException', 'InternalException')
    """
    return name if name.endswith("Exception") else f"{name}Exception"
