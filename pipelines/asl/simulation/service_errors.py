"""What a service's own refusals are called in an execution: throttled, denied.

An error that the service documents has its name; any other has the service's general one.  An
optimized integration speaks with the first AWS SDK for Java (``DynamoDB.AmazonDynamoDBException``,
``…; Error Code: ValidationException; …``), an `aws-sdk:` one with the second
(``DynamoDb.DynamoDbException``, ``(Service: DynamoDb, Status Code: 400, …)``).
"""

from __future__ import annotations

from pipelines.asl.errors import TASK_FAILED
from pipelines.asl.integrations import Integration, integration
from pipelines.asl.interpreter import TaskFailed

REQUEST_ID = "00000000-0000-0000-0000-000000000000"

_GENERAL = {
    "batch": ("AWSBatchException", "AWSBatch"),
    "dynamodb": ("AmazonDynamoDBException", "AmazonDynamoDBv2"),
    "ecs": ("AmazonECSException", "AmazonECS"),
    "glue": ("AWSGlueException", "AWSGlue"),
    "lambda": ("AWSLambdaException", "AWSLambda"),
    "sagemaker": ("AmazonSageMakerException", "AmazonSageMaker"),
    "sns": ("AmazonSNSException", "AmazonSNS"),
    "sqs": ("AmazonSQSException", "AmazonSQS"),
    "states": ("AWSStepFunctionsException", "AWSStepFunctions"),
}
"""By optimized service: its general error, and what its messages call the service."""

_THROTTLED = (
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestThrottledException",
)
"""The names that services have for a throttled call, the most telling first."""

_FUNCTION = "arn:aws:states:::lambda:invoke"


def throttled(resource: str) -> TaskFailed:
    """The error of a call that came too soon after others.

    >>> throttled("arn:aws:states:::lambda:invoke").error
    'Lambda.TooManyRequestsException'
    >>> throttled("arn:aws:states:::sagemaker:createTrainingJob.sync").error
    'SageMaker.AmazonSageMakerException'
    """
    called = _called(resource)
    if called is None:
        return TaskFailed(TASK_FAILED, "Rate exceeded")
    code = next((name for name in _THROTTLED if name in _documented(called)), None)
    status = 429 if code == "TooManyRequestsException" else 400
    return _refusal(called, code, "ThrottlingException", "Rate exceeded", status)


def denied(resource: str) -> TaskFailed:
    """The error of a call that the state machine's role may not make.

    >>> denied("arn:aws:states:::aws-sdk:s3:getObject").error
    'S3.S3Exception'
    >>> denied("arn:aws:lambda:eu-central-1:000000000000:function:score").error
    'Lambda.AWSLambdaException'
    """
    called = _called(resource)
    if called is None:
        return TaskFailed(TASK_FAILED, f"not authorized to access {resource}")
    code = "AccessDeniedException"
    known = code if code in _documented(called) else None
    service = called.service.removeprefix("aws-sdk:")
    action = "InvokeFunction" if service == "lambda" else called.operation or called.action
    message = (
        f"User: arn:aws:sts::000000000000:assumed-role/simulated/simulation is not authorized to"
        f" perform: {service}:{action} because no identity-based policy allows the"
        f" {service}:{action} action"
    )
    return _refusal(called, known, code, message, 403)


def _called(resource: str) -> Integration | None:
    """The service that a resource calls; None: none that could refuse in words of its own."""
    called = integration(resource)
    if isinstance(called, Integration) and called.kind == "function":
        called = integration(_FUNCTION)
    if not isinstance(called, Integration) or not called.error_prefixes:
        return None
    return called


def _documented(called: Integration) -> set[str]:
    """The names of its errors, without what stands before the dot."""
    return {name.partition(".")[2] for name in called.error_names}


def _refusal(
    called: Integration, known: str | None, code: str, message: str, status: int
) -> TaskFailed:
    """The error by its own name (`known`), or by the general one with its code in the cause."""
    prefix = called.error_prefixes[0]
    if called.is_sdk:
        where = f"Service: {prefix}, Status Code: {status}, Request ID: {REQUEST_ID}"
        return TaskFailed(f"{prefix}.{known or f'{prefix}Exception'}", f"{message} ({where})")
    general, service = _GENERAL.get(called.service, (f"{prefix}Exception", prefix))
    where = f"Service: {service}; Status Code: {status}; Error Code: {known or code}"
    cause = f"{message} ({where}; Request ID: {REQUEST_ID}; Proxy: null)"
    return TaskFailed(f"{prefix}.{known or general}", cause)
