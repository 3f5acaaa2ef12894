"""The REST protocol with JSON (Lambda's): operations by method and path, members by their place.

Which operation has which path, and which member is in the path, the query, a header or the body,
is said by AWS's own model of the service.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from pipelines.engine.wire.api_models import operation_model, service_model
from pipelines.engine.wire.http import Request, Response
from pipelines.engine.wire.service import ServiceError

_LABEL = re.compile(r"\{([A-Za-z]+)(\+?)\}")


def decode(service: str, request: Request, body: bytes) -> tuple[str, dict[str, Any]]:
    """The operation that is asked for, and its parameters by AWS's names.

    Raises:
        ServiceError: there is no such operation, or the body is not JSON.
    """
    for method, pattern, operation in _routes(service):
        match = pattern.fullmatch(request.path)
        if match is not None and method == request.method:
            labels = {name: unquote(value) for name, value in match.groupdict().items()}
            return operation, _parameters(service, operation, labels, request, body)
    raise ServiceError(
        "UnknownOperationException",
        f"The local engine does not have {service}:{request.method} {request.path}.",
        status=404,
    )


def encode(service: str, operation: str, answer: Mapping[str, Any]) -> Response:
    """An answer, with each member in its place."""
    model = operation_model(service, operation)
    status = int(model.http.get("responseCode", 200))
    headers, content = {"Content-Type": "application/json"}, dict(answer)
    shape = model.output_shape
    if shape is None:
        return Response(status, headers)
    for name, member in shape.members.items():
        match member.serialization.get("location"):
            case "header" if name in content:
                headers[member.serialization["name"]] = str(content.pop(name))
            case "statusCode" if name in content:
                status = int(content.pop(name))
    payload = shape.serialization.get("payload")
    if payload is not None:
        return Response(status, headers, content.get(payload, b""))
    return Response(status, headers, b"" if status == 204 else json.dumps(content).encode())


def failure(error: ServiceError) -> Response:
    """The response to an operation that failed."""
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
    content = {"Type": "User", "message": error.message, **error.members}
    return Response(error.status, headers, json.dumps(content).encode())


@cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    """Method, path and name of every operation, those with the most fixed parts first."""
    model = service_model(service)
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        uri = http["requestUri"].partition("?")[0].rstrip("/")
        routes.append((uri.count("{"), http["method"], re.compile(_pattern(uri)), name))
    return [route[1:] for route in sorted(routes, key=lambda route: route[0])]


def _pattern(uri: str) -> str:
    """
    >>> _pattern("/functions/{FunctionName}/invocations")
    '/functions/(?P<FunctionName>[^/]+)/invocations/?'
    """
    *parts, last = re.split(r"\{[A-Za-z]+\+?\}", uri)
    labels = [f"(?P<{match[1]}>{'.+' if match[2] else '[^/]+'})" for match in _LABEL.finditer(uri)]
    fixed = [re.escape(part).replace("/", "/") for part in parts]
    return "".join(part + label for part, label in zip(fixed, labels, strict=True)) + (
        f"{re.escape(last)}/?"
    )


def _parameters(
    service: str, operation: str, labels: Mapping[str, str], request: Request, body: bytes
) -> dict[str, Any]:
    shape = operation_model(service, operation).input_shape
    if shape is None:
        return {}
    queried: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        queried.setdefault(name, []).append(value)
    found = dict(_placed(shape, labels, queried, request))
    payload = shape.serialization.get("payload")
    if payload is not None:
        return {**found, payload: body} if body else found
    return {**found, **_decoded(shape, _loaded(body))}


def _placed(
    shape: Any, labels: Mapping[str, str], queried: Mapping[str, list[str]], request: Request
) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                yield name, labels[wire_name]
            case "querystring" if wire_name in queried:
                values = queried[wire_name]
                yield name, values if member.type_name == "list" else _scalar(member, values[0])
            case "header" if wire_name in request.headers:
                yield name, _scalar(member, request.headers[wire_name])


def _scalar(shape: Any, text: str) -> Any:
    if shape.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError:
            raise ServiceError("SerializationException", f"{text!r} is not a number.") from None
    return text == "true" if shape.type_name == "boolean" else text


def _loaded(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ServiceError("SerializationException", "The body is not a JSON object.")
    return content


def _decoded(shape: Any, value: Any) -> Any:
    """A body's value: blobs are base64 on the wire; what the model does not know stays."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            name: _decoded(shape.members[name], item) if name in shape.members else item
            for name, item in value.items()
        }
    if shape.type_name == "blob":
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise ServiceError("SerializationException", "A blob is not base64.") from None
    return value
