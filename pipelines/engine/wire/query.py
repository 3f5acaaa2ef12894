"""The query protocol of CloudFormation, IAM, STS and SNS: forms in, XML out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

from pipelines.engine.wire.http import Response
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.xml import element, parse, value_of


def encode(operation: str, version: str, request: Mapping[str, Any]) -> str:
    """A form: lists as `Name.member.1`, mappings as `Name.Key`.

    >>> encode("Tag", "1", {"Tags": [{"Key": "a"}]})
    'Action=Tag&Version=1&Tags.member.1.Key=a'
    """
    fields = {"Action": operation, "Version": version}
    for name, value in request.items():
        _flatten(name, value, fields)
    return urlencode(fields)


def _flatten(name: str, value: Any, fields: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            _flatten(f"{name}.{key}", item, fields)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value, start=1):
            _flatten(f"{name}.member.{position}", item, fields)
    elif isinstance(value, bool):
        fields[name] = "true" if value else "false"
    elif value is not None:
        fields[name] = str(value)


def decode(form: str) -> dict[str, Any]:
    """A form's fields, nested: the inverse of `encode`, all values strings.

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


def result_of(text: str) -> dict[str, Any]:
    """What a response holds, all values strings.

    Raises:
        ServiceError: the error that it holds instead.
    """
    root = parse(text)
    error = root if root.tag == "Error" else root.find(".//Error")
    if error is not None:
        raise ServiceError(error.findtext("Code") or "", error.findtext("Message") or "")
    result: ElementTree.Element | None = next(
        (child for child in root if child.tag.endswith("Result")), None
    )
    if result is None:
        return {}
    value = value_of(result)
    return value if isinstance(value, dict) else {}
