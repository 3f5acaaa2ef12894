"""Step Functions' AWS SDK integrations: `aws-sdk:<service>:<operation>`, answered by the engine.

Parameters and results are in PascalCase, times are ISO 8601 texts, a body is its text, and errors
have the names of the Java SDK's exceptions, as on AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipelines.asl.errors import DATA_LIMIT_EXCEEDED
from pipelines.asl.interpreter import TaskFailed
from pipelines.asl.json_text import MAX_PAYLOAD_BYTES
from pipelines.engine.calls import Calls
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.supplied.operations import ALLOWED, is_allowed
from pipelines.engine.wire.api_models import operation_model, service_model, validate
from pipelines.engine.wire.service import ServiceError

# How the Java SDK calls the services whose members are in PascalCase on the wire, too.
_JAVA_NAMES = {
    "dynamodb": "DynamoDb",
    "kms": "Kms",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "sqs": "Sqs",
    "ssm": "Ssm",
}
_GET_OBJECT = {"Bucket", "Key"}


class AwsSdk:
    """Calls the engine's own services for a Task state."""

    def __init__(self, calls: Calls, objects: ObjectStore) -> None:
        self._calls = calls
        self._objects = objects

    def supports(self, service: str, action: str) -> str | None:
        """None if the engine has this operation, else why not."""
        if service not in _JAVA_NAMES:
            return f"the local engine calls {', '.join(sorted(_JAVA_NAMES))} only"
        if service == "s3":
            return None if action == "getObject" else "of S3 the local engine calls getObject only"
        if operation_model(service, _operation(action)) is None:
            return f"{service} has no operation {action}"
        if service in ALLOWED and not is_allowed(service, _operation(action), {}):
            return f"the local engine does not have {service}:{_operation(action)}"
        return None

    def call(self, service: str, action: str, parameters: Any, region: str) -> Any:
        """The operation's result.

        Raises:
            TaskFailed: the service answered with an error.
        """
        try:
            if service == "s3":
                return self._get_object(parameters)
            operation = _operation(action)
            validate(service, operation, parameters)
            response = self._calls.call(service, operation, parameters, region=region)
        except ServiceError as error:
            raise _task_failed(service, error) from error
        shape = operation_model(service, operation).output_shape
        return {} if shape is None else _result(shape, response)

    def _get_object(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        validate("s3", "GetObject", parameters)
        unknown = sorted(set(parameters) - _GET_OBJECT)
        if unknown:
            raise ServiceError(
                "NotImplemented", f"The local engine's getObject does not take {unknown[0]}."
            )
        stored, body = self._objects.open(parameters["Bucket"], parameters["Key"])
        with body:
            if stored.size > MAX_PAYLOAD_BYTES:
                raise TaskFailed(
                    DATA_LIMIT_EXCEEDED,
                    f"s3://{parameters['Bucket']}/{parameters['Key']} has {stored.size} bytes; "
                    f"a result has at most {MAX_PAYLOAD_BYTES}.",
                )
            content = body.read()
        return {
            "AcceptRanges": "bytes",
            "Body": content.decode("utf-8", "replace"),
            "ContentLength": stored.size,
            "ContentType": stored.attributes.content_type,
            "ETag": f'"{stored.etag}"',
            "LastModified": iso(stored.modified),
            "Metadata": dict(stored.attributes.metadata),
        }


def _operation(action: str) -> str:
    return action[:1].upper() + action[1:]


def _task_failed(service: str, error: ServiceError) -> TaskFailed:
    """The error as the Java SDK's exception: the operation's own, or else the service's."""
    java = _JAVA_NAMES[service]
    known = {shape.name for shape in service_model(service).error_shapes}
    code = error.code if error.code in known else java
    exception = code if code.endswith("Exception") else f"{code}Exception"
    return TaskFailed(
        f"{java}.{exception}",
        f"{error.message} (Service: {java}, Status Code: {error.status}, Error Code: {error.code})",
    )


def _result(shape: Any, value: Any) -> Any:
    """A response as a JSON value: members by their model, times as texts."""
    if shape.type_name == "structure":
        return {
            name: _result(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [_result(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _result(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp" and isinstance(value, int | float):
        return iso(value)
    return value


def iso(seconds: float) -> str:
    """A time as the SDK integrations write it.

    >>> iso(1767225600.25)
    '2026-01-01T00:00:00.250Z'
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
