"""What a service's own refusals are called in an execution: throttled, denied.

An optimized integration speaks with the first AWS SDK for Java
(``DynamoDB.AmazonDynamoDBException``, ``…; Error Code: ValidationException; …``), an `aws-sdk:`
one with the second (``DynamoDb.DynamoDbException``, ``(Service: DynamoDb, Status Code: 400, …)``).
An error that the service's model names has that name; any other has the service's general one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.asl.errors import TASK_FAILED
from pipelines.asl.interpreter import TaskFailed

REQUEST_ID = "00000000-0000-0000-0000-000000000000"

_LAMBDA_ARN = re.compile(r"arn:[^:]*:lambda:")
_INTEGRATION = re.compile(r"arn:[^:]*:states:[^:]*:[^:]*:(aws-sdk:)?([a-z0-9-]+):(\w+)")


@dataclass(frozen=True)
class _Optimized:
    """How an optimized integration names errors.

    Attributes:
        prefix: What stands before the dot.
        general: The error that has no name of its own.
        service: The service as its messages call it.
        throttled: The name of a throttling error, if it has one, and its code.
    """

    prefix: str
    general: str
    service: str
    throttled: tuple[str | None, str] = (None, "ThrottlingException")


_OPTIMIZED = {
    "batch": _Optimized("Batch", "AWSBatchException", "AWSBatch"),
    "dynamodb": _Optimized(
        "DynamoDB",
        "AmazonDynamoDBException",
        "AmazonDynamoDBv2",
        ("ProvisionedThroughputExceededException", "ProvisionedThroughputExceededException"),
    ),
    "ecs": _Optimized("ECS", "AmazonECSException", "AmazonECS"),
    "glue": _Optimized("Glue", "AWSGlueException", "AWSGlue"),
    "lambda": _Optimized(
        "Lambda",
        "AWSLambdaException",
        "AWSLambda",
        ("TooManyRequestsException", "TooManyRequestsException"),
    ),
    "sagemaker": _Optimized("SageMaker", "AmazonSageMakerException", "AmazonSageMaker"),
    "sns": _Optimized(
        "SNS", "AmazonSNSException", "AmazonSNS", ("ThrottledException", "Throttled")
    ),
    "sqs": _Optimized("SQS", "AmazonSQSException", "AmazonSQS", (None, "RequestThrottled")),
    "states": _Optimized("StepFunctions", "AWSStepFunctionsException", "AWSStepFunctions"),
}


def throttled(resource: str) -> TaskFailed:
    """The error of a call that came too soon after others.

    >>> throttled("arn:aws:states:::lambda:invoke").error
    'Lambda.TooManyRequestsException'
    >>> throttled("arn:aws:states:::aws-sdk:dynamodb:putItem").error
    'DynamoDb.ProvisionedThroughputExceededException'
    """
    service, _, sdk = _taken_apart(resource)
    if sdk:
        name, modelled = _sdk_errors(service)
        for code in ("ProvisionedThroughputExceededException", "ThrottlingException"):
            if code in modelled:
                return _of_sdk(name, code, "Rate exceeded", 400)
        for code in ("TooManyRequestsException", "ThrottledException"):
            if code in modelled:
                return _of_sdk(name, code, "Rate exceeded", 429)
        return _of_sdk(name, f"{name}Exception", "Rate exceeded", 400)
    of = _OPTIMIZED.get(service) or _unknown(service)
    error, code = of.throttled
    status = 429 if code == "TooManyRequestsException" else 400
    return _of_optimized(of, error, code, "Rate exceeded", status)


def denied(resource: str) -> TaskFailed:
    """The error of a call that the state machine's role may not make.

    >>> denied("arn:aws:states:::aws-sdk:s3:getObject").error
    'S3.S3Exception'
    >>> denied("arn:aws:lambda:eu-central-1:000000000000:function:score").error
    'Lambda.AWSLambdaException'
    """
    service, action, sdk = _taken_apart(resource)
    if not service:
        return TaskFailed(TASK_FAILED, f"not authorized to access {resource}")
    message = (
        f"User: arn:aws:sts::000000000000:assumed-role/simulated/simulation is not authorized to"
        f" perform: {service}:{action[:1].upper()}{action[1:]} because no identity-based policy"
        f" allows the {service}:{action[:1].upper()}{action[1:]} action"
    )
    if sdk:
        name, modelled = _sdk_errors(service)
        known = "AccessDeniedException" in modelled
        return _of_sdk(name, "AccessDeniedException" if known else f"{name}Exception", message, 403)
    of = _OPTIMIZED.get(service) or _unknown(service)
    return _of_optimized(of, None, "AccessDeniedException", message, 403)


def _taken_apart(resource: str) -> tuple[str, str, bool]:
    """Service, action, and whether it is an `aws-sdk:` integration."""
    if _LAMBDA_ARN.match(resource):
        return "lambda", "invokeFunction", False
    match = _INTEGRATION.match(resource)
    return (match[2], match[3], bool(match[1])) if match else ("", "", False)


def _of_optimized(
    of: _Optimized, error: str | None, code: str, message: str, status: int
) -> TaskFailed:
    return TaskFailed(
        f"{of.prefix}.{error or of.general}",
        f"{message} (Service: {of.service}; Status Code: {status}; Error Code: {code};"
        f" Request ID: {REQUEST_ID}; Proxy: null)",
    )


def _of_sdk(name: str, error: str, message: str, status: int) -> TaskFailed:
    cause = f"{message} (Service: {name}, Status Code: {status}, Request ID: {REQUEST_ID})"
    return TaskFailed(f"{name}.{error}", cause)


def _unknown(service: str) -> _Optimized:
    name = service[:1].upper() + service[1:]
    return _Optimized(name, f"{name}Exception", name)


@lru_cache(maxsize=64)
def _sdk_errors(service: str) -> tuple[str, frozenset[str]]:
    """The service's name in errors, and the errors that its model names."""
    import botocore.session
    from botocore.exceptions import UnknownServiceError

    api = {"sfn": "stepfunctions", "cloudwatchlogs": "logs", "eventbridge": "events"}
    try:
        model = botocore.session.Session().get_service_model(api.get(service, service))
    except UnknownServiceError:
        return service[:1].upper() + service[1:], frozenset()
    words = re.sub(r"[^A-Za-z0-9 ]", " ", str(model.service_id)).split()
    name = "".join(re.sub(r"([A-Z])([A-Z]+)(?![a-z])", _lowered, word) for word in words)
    return name, frozenset(shape.name for shape in model.error_shapes)


def _lowered(match: re.Match[str]) -> str:
    """A run of capitals as the SDK writes it: DynamoDB is DynamoDb, SFN is Sfn."""
    return match[1] + match[2].lower()
