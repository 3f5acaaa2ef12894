"""What a task's result looks like, as a JSON Schema of the plainest kind.

Only `type`, `properties`, `required`, `additionalProperties` and `items` occur.  The empty schema
says that anything may come.  A shape that recurs within itself is such an anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.asl.integrations.shapes import DOCUMENT, Shape

JsonSchema = Mapping[str, Any]

ANYTHING: JsonSchema = {}

_SIMPLE: dict[str, JsonSchema] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "timestamp": {"type": ["string", "number"]},
    # Text, Base64 or parsed JSON, depending on the integration.
    "blob": {},
    DOCUMENT: {},
}

_ATTRIBUTE_VALUE = "AttributeValue"
"""DynamoDB's: one member, which says by its name of which type the value is; nobody reads it
without knowing what was put there."""

TEXT: JsonSchema = {"type": "string"}

_METADATA: dict[str, JsonSchema] = {
    "SdkHttpMetadata": {"type": "object"},
    "SdkResponseMetadata": {"type": "object"},
}
"""What Step Functions adds to the answers of the older optimized integrations."""


def schema_of(
    shape: Shape, name: Callable[[str], str], stream: JsonSchema = ANYTHING
) -> JsonSchema:
    """The JSON Schema of a shape.

    Args:
        shape: Of an answer.
        name: How the members' names are written.
        stream: What a stream of bytes arrives as.
    """
    return _schema(shape, name, stream, ())


def with_members(schema: JsonSchema, names: tuple[str, ...]) -> JsonSchema:
    """The same with some texts added to it."""
    return _extended(schema, {name: {"type": "string"} for name in names})


def with_metadata(schema: JsonSchema) -> JsonSchema:
    """The same with the metadata of the HTTP response."""
    return _extended(schema, _METADATA)


def _extended(schema: JsonSchema, properties: Mapping[str, JsonSchema]) -> JsonSchema:
    if schema.get("type") != "object" or "properties" not in schema:
        return schema
    return {**schema, "properties": {**schema["properties"], **properties}}


def _schema(
    shape: Shape, name: Callable[[str], str], stream: JsonSchema, outer: tuple[Shape, ...]
) -> JsonSchema:
    if shape in outer or shape.name == _ATTRIBUTE_VALUE:
        return ANYTHING
    within = (*outer, shape)
    if shape.kind == "structure":
        return {
            "type": "object",
            "properties": {
                name(member): stream
                if shape.streams(member)
                else _schema(inner, name, stream, within)
                for member, inner in shape.members.items()
                if not inner.is_streamed
            },
            "required": [name(member) for member in shape.required],
            "additionalProperties": False,
        }
    if shape.kind == "list":
        return {"type": "array", "items": _schema(shape.member, name, stream, within)}
    if shape.kind == "map":
        value = _schema(shape.value, name, stream, within)
        return {"type": "object", "additionalProperties": value}
    return _SIMPLE[shape.kind]
