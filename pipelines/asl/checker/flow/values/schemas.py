"""JSON Schema as types: what an execution's input may be, and what a service answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.types import (
    ANY_ARRAY,
    ANY_OBJECT,
    BOOLEAN,
    INTEGER,
    MAX_FIELDS,
    NEVER,
    NULL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Array,
    Field,
    Object,
    Presence,
    Text,
    Type,
)

_MAX_DEPTH = 16
_MAX_PARTS = 20_000
"""How many schemas are read in all: a few references that branch can unfold without end."""

_SIMPLE = {
    "null": NULL,
    "boolean": BOOLEAN,
    "number": NUMBER,
    "integer": INTEGER,
    "string": TEXT,
    "array": ANY_ARRAY,
    "object": ANY_OBJECT,
}


def from_json_schema(
    schema: Any, *, optional: Presence = Presence.SOMETIMES, is_complete: bool = True
) -> Type:
    """The type of the values that a JSON Schema allows, or a greater one.

    Args:
        schema: Any JSON value; what is no schema allows everything.
        optional: The presence of a property that is not required: SOMETIMES if whoever reads
            it has to see to that, USUALLY if it is there in all but odd cases.
        is_complete: Whether an object that allows no other properties has none; if not, nobody
            knows of which type they are.

    >>> str(from_json_schema({"type": ["string", "null"]}))
    'a text or null'
    """
    return _Reader(schema, optional, is_complete).read(schema, _MAX_DEPTH)


class _Reader:
    """One schema being read, with the references that lead back into it."""

    def __init__(self, root: Any, optional: Presence, is_complete: bool) -> None:
        self.root = root
        self.optional = optional
        self.is_complete = is_complete
        self.parts = 0

    def read(self, schema: Any, depth: int) -> Type:
        self.parts += 1
        if schema is False:
            return NEVER
        if not isinstance(schema, Mapping) or depth <= 0 or self.parts > _MAX_PARTS:
            return UNKNOWN
        if "$ref" in schema:
            return self.read(self.referred(schema["$ref"]), depth - 1)
        if "const" in schema:
            return from_json(schema["const"])
        if isinstance(schema.get("enum"), list):
            return self.union([from_json(value) for value in schema["enum"]])
        for connective in ("anyOf", "oneOf"):
            if isinstance(schema.get(connective), list) and "type" not in schema:
                return self.union([self.read(each, depth - 1) for each in schema[connective]])
        if isinstance(schema.get("allOf"), list) and len(schema) == len(schema["allOf"]) == 1:
            return self.read(schema["allOf"][0], depth - 1)
        return self.union([self.of_kind(kind, schema, depth) for kind in _kinds(schema)])

    def union(self, types: list[Type]) -> Type:
        found = NEVER
        for each in types:
            found = join(found, each)
        return found

    def referred(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#"):
            return True
        found = self.root
        for step in reference[1:].split("/")[1:]:
            if not isinstance(found, Mapping):
                return True
            found = found.get(step.replace("~1", "/").replace("~0", "~"), True)
        return found

    def of_kind(self, kind: Any, schema: Mapping[str, Any], depth: int) -> Type:
        if kind == "object" and not schema.keys() & {"allOf", "anyOf", "oneOf"}:
            return self.object(schema, depth)
        if kind == "array":
            return self.array(schema, depth)
        if kind == "string" and schema.get("contentMediaType") == "application/json":
            return Type(text=Text(content=self.read(schema.get("contentSchema", True), depth - 1)))
        return _SIMPLE.get(kind, UNKNOWN) if isinstance(kind, str) else UNKNOWN

    def object(self, schema: Mapping[str, Any], depth: int) -> Type:
        properties = schema.get("properties")
        required = schema.get("required")
        names = set(required) if isinstance(required, list) and _are_texts(required) else set()
        fields: dict[str, Field] = {}
        if isinstance(properties, Mapping):
            for name, part in list(properties.items())[:MAX_FIELDS]:
                presence = Presence.ALWAYS if name in names else self.optional
                fields[str(name)] = Field(self.read(part, depth - 1), presence)
        for name in sorted(names - fields.keys())[: MAX_FIELDS - len(fields)]:
            fields[name] = Field(UNKNOWN)
        more = schema.get("additionalProperties", True)
        is_partial = "patternProperties" in schema or len(fields) >= MAX_FIELDS
        if is_partial:
            return Type(object=Object(fields, UNKNOWN))
        if more is False and not self.is_complete:
            return Type(object=Object(fields, UNKNOWN, Presence.SOMETIMES))
        return Type(object=Object(fields, self.read(more, depth - 1)))

    def array(self, schema: Mapping[str, Any], depth: int) -> Type:
        if "prefixItems" in schema or isinstance(schema.get("items"), list):
            return ANY_ARRAY
        element = self.read(schema.get("items", True), depth - 1)
        least = schema.get("minItems")
        is_filled = isinstance(least, int) and least > 0
        return Type(array=Array((Field(element),) if is_filled else (), element))


def _kinds(schema: Mapping[str, Any]) -> list[Any]:
    """The kinds of value that a schema names."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return kind
    if kind is not None:
        return [kind]
    return ["any"]


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
