"""The query protocol, which CloudFormation has: forms in, XML out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from pipelines.engine.wire.http import Response
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.xml import element


def decode(form: str) -> dict[str, Any]:
    """A form's fields, nested: lists are `Name.member.1`, mappings `Name.Key`, values strings.

    >>> decode("Action=Tag&Tags.member.1.Key=a&Tags.member.2.Key=b")
    {'Action': 'Tag', 'Tags': [{'Key': 'a'}, {'Key': 'b'}]}
    """
    nested: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        place = nested
        *path, last = name.split(".")
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    result = _lists(nested)
    assert isinstance(result, dict)
    return result


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if list(value) == ["member"] and isinstance(value["member"], dict):
        items = sorted(value["member"].items(), key=lambda item: int(item[0]))
        return [_lists(item) for _, item in items]
    return {key: _lists(item) for key, item in value.items()}


def answer(operation: str, namespace: str, result: Mapping[str, Any] | None) -> Response:
    """The response to an operation; None for one without a result."""
    body = "" if result is None else element(f"{operation}Result", result, member="member")
    request_id = element("ResponseMetadata", {"RequestId": str(uuid.uuid4())})
    name = f"{operation}Response"
    text = f'<{name} xmlns="{namespace}">{body}{request_id}</{name}>'
    return Response(200, {"Content-Type": "text/xml"}, text.encode())


def failure(error: ServiceError) -> Response:
    """The response to an operation that failed."""
    fields = {"Type": "Sender", "Code": error.code, "Message": error.message}
    text = element("ErrorResponse", {"Error": fields, "RequestId": str(uuid.uuid4())})
    return Response(error.status, {"Content-Type": "text/xml"}, text.encode())
