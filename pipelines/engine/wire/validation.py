"""Holding a request to AWS's model of it, in the words of AWS's own services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pipelines.asl.integrations import Shape, models
from pipelines.asl.json_text import dumps
from pipelines.engine.wire.service import ServiceError

_TYPES: dict[str, tuple[str, Any]] = {
    "structure": ("an object", Mapping),
    "map": ("an object", Mapping),
    "list": ("a list", list),
    "string": ("a text", str),
    "boolean": ("true or false", bool),
    "integer": ("an integer", int),
    "long": ("an integer", int),
    "float": ("a number", (int, float)),
    "double": ("a number", (int, float)),
}


def validate(service: str, operation: str, request: Any) -> None:
    """Hold a request to its model, as the service does before it acts.

    Unknown members, too, which AWS's clients refuse before they send: a state machine's
    parameters have passed through no client.

    Args:
        service: By botocore's name.

    Raises:
        ServiceError: ValidationException, with every problem.
    """
    model = models.service(service)
    shape = model.operation(operation).request if operation in model.operations else None
    found = [] if shape is None else list(_problems("", request, shape))
    if found:
        errors = "error" if len(found) == 1 else "errors"
        raise ServiceError(
            "ValidationException", f"{len(found)} validation {errors} detected: {'; '.join(found)}"
        )


def _problems(path: str, value: Any, shape: Shape) -> Iterator[str]:
    if shape.kind not in _TYPES:  # a blob, a timestamp or a document, each in several forms
        return
    expected, types = _TYPES[shape.kind]
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        yield f"Value '{_shown(value)}' at '{path}' is not {expected}"
    elif shape.kind == "structure":
        yield from _members(path, value, shape)
    elif shape.kind == "map":
        for key, item in value.items():
            yield from _problems(f"{path}.{key}.member", item, shape.value)
    elif shape.kind == "list":
        yield from _bounds(path, value, len(value), shape, "length")
        for number, item in enumerate(value, 1):
            yield from _problems(f"{path}.{number}.member", item, shape.member)
    elif isinstance(value, str):
        yield from _text(path, value, shape)
    elif not isinstance(value, bool):
        yield from _bounds(path, value, value, shape, "value")


def _members(path: str, value: Mapping[str, Any], shape: Shape) -> Iterator[str]:
    for key, item in value.items():
        if key not in shape.members:
            yield f"{path or 'The request'} has no member '{key}'"
        else:
            yield from _problems(_below(path, key), item, shape.members[key])
    for required in shape.required:
        if required not in value:
            yield _broken(" null", _below(path, required), "Member must not be null")


def _text(path: str, value: str, shape: Shape) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        known = ", ".join(sorted(shape.enum))
        rule = f"Member must satisfy enum value set: [{known}]"
        yield _broken(_told(value, shape), path, rule)
    if shape.pattern and not _matches(shape.pattern, value):
        rule = f"Member must satisfy regular expression pattern: {shape.pattern}"
        yield _broken(_told(value, shape), path, rule)
    yield from _bounds(path, value, len(value), shape, "length")


def _bounds(path: str, value: Any, size: float, shape: Shape, what: str) -> Iterator[str]:
    for bound, is_broken, words in (
        (shape.least, shape.least is not None and size < shape.least, "greater than or equal to"),
        (shape.most, shape.most is not None and size > shape.most, "less than or equal to"),
    ):
        if is_broken:
            rule = f"Member must have {what} {words} {bound}"
            yield _broken(_told(value, shape), path, rule)


def _broken(value: str, path: str, rule: str) -> str:
    return f"Value{value} at '{path}' failed to satisfy constraint: {rule}"


def _told(value: Any, shape: Shape) -> str:
    """A value in quotes; nothing in place of what the model has as sensitive, a definition say."""
    return "" if shape.spec.get("sensitive") else f" '{_shown(value)}'"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)


def _below(path: str, member: str) -> str:
    """
    >>> _below("", "TableName"), _below("tags.1.member", "Key")
    ('tableName', 'tags.1.member.key')
    """
    name = member[:1].lower() + member[1:]
    return f"{path}.{name}" if path else name


def _matches(pattern: str, value: str) -> bool:
    """Whether the whole text matches; a pattern that only Java can read passes everything."""
    compiled = _compile(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None
