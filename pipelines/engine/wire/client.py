"""What AWS's clients make of a request and of a response, without sending anything.

The models and the protocols are botocore's; so a caller within the engine gets from a service that
answers in XML, where everything is text, the same values that a client outside gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp

from pipelines.engine.wire.api_models import operation_model, service_model
from pipelines.engine.wire.service import ServiceError


def written(service: str, operation: str, request: Mapping[str, Any]) -> tuple[str, str]:
    """X-Amz-Target (empty for the query protocol) and the body of a request."""
    sent = _serializer(service).serialize_to_request(request, operation_model(service, operation))
    body = sent["body"]
    if isinstance(body, Mapping):
        body = urlencode(body)
    text = body.decode() if isinstance(body, bytes) else str(body)
    return sent["headers"].get("X-Amz-Target", ""), text


def parsed(service: str, operation: str, status: int, body: bytes) -> dict[str, Any]:
    """A response's members; times are epoch seconds.

    Raises:
        ServiceError: the error that it holds instead.
    """
    response = {"status_code": status, "headers": {}, "body": body}
    shape = operation_model(service, operation).output_shape
    answer: dict[str, Any] = _parser(service).parse(response, shape)
    if status >= 300:
        error = answer.get("Error", {})
        raise ServiceError(error.get("Code", ""), error.get("Message", ""), status=status)
    answer.pop("ResponseMetadata", None)
    return answer


@cache
def _serializer(service: str) -> Any:
    return create_serializer(_protocol(service), include_validation=False)


@cache
def _parser(service: str) -> Any:
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=lambda value: parse_timestamp(value).timestamp())
    return factory.create_parser(_protocol(service))


def _protocol(service: str) -> str:
    """The protocol that moto answers in: of those that a service has, JSON or a form and XML."""
    metadata = service_model(service).metadata
    named = {metadata["protocol"], *metadata.get("protocols", ())}
    return "json" if "json" in named else "query"
