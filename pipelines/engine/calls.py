"""Calls to any service of the engine, from inside it: what a client sends, without HTTP.

CloudFormation acts on resources, and state machines on jobs and model packages, by calling the
services that a client would call, as on AWS: there is one way into each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pipelines.engine.wire.service import Service, ServiceError, UnknownOperation

# No account of AWS has this number.
ACCOUNT = "000000000000"

# The region that the current request was signed for; services of ours read it.
request_region: ContextVar[str] = ContextVar("request_region")

# What a service's operations are addressed to (the first part of X-Amz-Target).
TARGETS = {
    "application-autoscaling": "AnyScaleFrontendService",
    "cloudwatch": "GraniteServiceVersion20100801",
    "dynamodb": "DynamoDB_20120810",
    "events": "AWSEvents",
    "kms": "TrentService",
    "lambda": "AWSLambda",
    "logs": "Logs_20140328",
    "sagemaker": "SageMaker",
    "sagemaker-runtime": "AmazonSageMakerRuntime",
    "secretsmanager": "secretsmanager",
    "sqs": "AmazonSQS",
    "ssm": "AmazonSSM",
    "states": "AWSStepFunctions",
}
# Those whose operations have paths instead; the target is ours.
REST = frozenset({"lambda", "sagemaker-runtime"})
SERVICES = {target: service for service, target in TARGETS.items()}

# moto's part: (service, operation, request, region) → response.
Fallback = Callable[[str, str, Mapping[str, Any], str], dict[str, Any]]


class Calls:
    """Finds who answers an operation: a service of ours, the first that knows it, or moto.

    Attributes:
        url: Where another process finds all of this; empty as long as there is no server.
    """

    def __init__(self, fallback: Fallback) -> None:
        self.url = ""
        self._ours: dict[str, list[Service]] = {}
        self._fallback = fallback

    def client_variables(self) -> dict[str, str]:
        """What leads another process's clients of AWS here, credentials included.

        Empty as long as there is no server.
        """
        if not self.url:
            return {}
        return {
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def add(self, target: str, service: Service) -> None:
        """Let `service` answer what is addressed to `target`, after those added before."""
        self._ours.setdefault(target, []).append(service)

    def knows(self, service: str, operation: str) -> bool:
        """Whether a service of ours has the operation; moto's are not asked."""
        ours = self._ours.get(TARGETS.get(service, ""), ())
        return any(operation in each.operations for each in ours)

    def ours(
        self, target: str, operation: str, request: Mapping[str, Any], region: str
    ) -> dict[str, Any]:
        """The answer of a service of ours.

        Raises:
            UnknownOperation: none of ours knows the operation.
            ServiceError: what a client would get.
        """
        services: Sequence[Service] = self._ours.get(target, ())
        with in_region(region):
            for service in services:
                try:
                    return service.handle(operation, request)
                except UnknownOperation:
                    continue
        raise UnknownOperation(f"{target}.{operation}")

    def call(
        self, service: str, operation: str, request: Mapping[str, Any], *, region: str
    ) -> dict[str, Any]:
        """The answer to an operation, as a client that parsed it would have it.

        Args:
            service: As in an ARN: `sagemaker`, `states`, `iam`, …
            request: The operation's parameters by AWS's names. Times are epoch seconds.

        Raises:
            ServiceError: the service's error.
        """
        if service in TARGETS:
            try:
                return self.ours(TARGETS[service], operation, request, region)
            except UnknownOperation:
                pass
        return self._fallback(service, operation, request, region)


@contextmanager
def in_region(region: str) -> Iterator[None]:
    """Let `request_region` be `region` for a while."""
    token = request_region.set(region)
    try:
        yield
    finally:
        request_region.reset(token)


def refused(service: str, operation: str) -> ServiceError:
    """The error for an operation that the engine does not have."""
    return ServiceError(
        "UnknownOperationException",
        f"The local engine does not have {service}:{operation}.",
        status=501,
    )
