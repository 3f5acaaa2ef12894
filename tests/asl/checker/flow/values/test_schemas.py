"""JSON Schema as types."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.checker.flow.values.schemas import from_json_schema
from pipelines.asl.checker.flow.values.types import (
    ANY_OBJECT,
    NEVER,
    TEXT,
    UNKNOWN,
    Presence,
)
from tests.asl.checker.flow.members import allows
from tests.asl.checker.flow.values.test_joining import JSON

SCHEMAS = st.recursive(
    st.sampled_from(
        [
            {},
            True,
            {"type": "string"},
            {"type": ["integer", "null"]},
            {"type": "number"},
            {"enum": ["a", 1, None]},
            {"const": {"a": 1}},
            {"type": "boolean"},
        ]
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.sampled_from("abc"), inner),
                "required": st.lists(st.sampled_from("abc"), unique=True),
                "additionalProperties": st.booleans() | inner,
            }
        ),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=6,
)


@given(SCHEMAS, JSON)
def test_what_a_schema_allows_its_type_allows(schema, value):
    if jsonschema.Draft202012Validator(schema).is_valid(value):
        assert allows(from_json_schema(schema), value)


def test_an_object_with_its_properties():
    type = from_json_schema(
        {
            "type": "object",
            "properties": {"data": {"type": "string"}, "more": {"type": "string"}},
            "required": ["data"],
            "additionalProperties": False,
        }
    )

    assert type.object.get("data").presence is Presence.ALWAYS
    assert type.object.get("more").presence is Presence.SOMETIMES
    assert type.object.get("other") is None


def test_what_a_service_leaves_out_is_there_as_a_rule():
    schema = {"type": "object", "properties": {"Body": {"type": "string"}}}

    type = from_json_schema(schema, optional=Presence.USUALLY)

    assert type.object.get("Body").presence is Presence.USUALLY


def test_a_reference_is_followed():
    schema = {"$ref": "#/$defs/name", "$defs": {"name": {"type": "string"}}}

    assert from_json_schema(schema) == TEXT


def test_a_schema_that_contains_itself_ends():
    schema = {
        "type": "object",
        "properties": {side: {"$ref": "#"} for side in ("left", "right", "middle")},
    }

    assert from_json_schema(schema).object.get("left").type.object is not None


@pytest.mark.parametrize(
    ("schema", "type"),
    [
        (5, UNKNOWN),
        (None, UNKNOWN),
        (False, NEVER),
        ({"$ref": "https://example.com/other"}, UNKNOWN),
        ({"$ref": "#/no/such"}, UNKNOWN),
        ({"type": "object", "allOf": [{}]}, ANY_OBJECT),
        ({"type": "file"}, UNKNOWN),
        ({"type": [{}]}, UNKNOWN),
    ],
)
def test_what_cannot_be_told_is_left_open(schema, type):
    assert from_json_schema(schema) == type
