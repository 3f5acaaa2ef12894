"""Paths read out of types find what they find in the values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.queries import Many, parse_query
from pipelines.asl.checker.flow.values.reading import read, read_path
from pipelines.asl.checker.flow.values.types import (
    NEVER,
    NULL,
    TEXT,
    UNKNOWN,
    Presence,
    array_of,
    object_of,
)
from pipelines.asl.paths import PathNotFound, Scope, parse_path
from tests.asl.checker.flow.members import allows
from tests.asl.checker.flow.values.test_joining import JSON

DATA = from_json({"id": "a1", "list": [{"x": 1}, {"x": "b"}], "empty": {}})
PATHS = st.lists(st.sampled_from([".a", ".b", "[0]", "[1]", "[-1]", "[*]", ".*"]), max_size=4).map(
    lambda steps: "$" + "".join(steps)
)


def look(path, type=DATA):
    query = parse_query(path)
    return read_path(type, query.steps)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.id", "a text"),
        ("$.list", "an array"),
        ("$.list[0].x", "a number"),
        ("$.list[1].x", "a text"),
        ("$.list[-1].x", "a text"),
        ("$.list[*].x", "an array"),
        ("$..x", "an array"),
    ],
)
def test_what_is_there_is_found(path, found):
    reading = look(path)

    assert (str(reading.type), reading.presence) == (found, Presence.ALWAYS)


@pytest.mark.parametrize(
    ("path", "depth"),
    [("$.ID", 0), ("$.list[2].x", 1), ("$.list.x", 1), ("$.id.x", 1), ("$.id[0]", 1)],
)
def test_what_is_not_there_is_missing_and_the_step_is_named(path, depth):
    reading = look(path)

    assert reading.is_missing
    assert reading.depth == depth


def test_an_element_beyond_the_end_is_null():
    assert look("$.list[2]").type == NULL
    assert read(DATA, ("list", 2)).is_missing  # in JSONata there is nothing


def test_a_star_behind_what_is_not_there_finds_nothing_or_fails():
    reading = look("$.no[*].x")

    assert (reading.type.array.length, reading.presence) == (0, Presence.SOMETIMES)


def test_nothing_is_said_of_what_is_not_known():
    reading = look("$.a.b", UNKNOWN)

    assert (reading.type, reading.presence) == (UNKNOWN, Presence.USUALLY)


def test_what_one_path_lacks_may_be_missing():
    reading = look("$.note.by", join(DATA, from_json({"note": {"by": "me"}})))

    assert (str(reading.type), reading.presence, reading.depth) == (
        "a text",
        Presence.SOMETIMES,
        0,
    )


def test_a_star_over_a_closed_object_counts_its_fields():
    assert look("$.list[0].*").type.array.length == 1
    assert look("$.empty[*]").type.array.length == 0


def test_a_service_s_list_has_elements_as_a_rule():
    reading = look("$[0].id", array_of(object_of({"id": TEXT})))

    assert (reading.type, reading.presence) == (TEXT, Presence.USUALLY)


@given(st.lists(JSON, min_size=1, max_size=3), PATHS)
def test_a_reading_allows_what_the_path_finds_in_every_value(values, path):
    type = NEVER
    for value in values:
        type = join(type, from_json(value))

    reading = look(path, type)

    for value in values:
        try:
            found = parse_path(path).read(Scope(value, {}))
        except PathNotFound:
            assert reading.is_missing or reading.presence is not Presence.ALWAYS
        else:
            assert allows(reading.type, found)


@pytest.mark.parametrize(
    ("text", "root", "steps"),
    [
        ("$", "$", ()),
        ("$.a['b c'][0]", "$", ("a", "b c", 0)),
        ("$$.Execution.Id", "$$", ("Execution", "Id")),
        ("$order.lines[*].id", "order", ("lines", Many.EACH, "id")),
        ("$.a[?(@.b == 1)].c", "$", ("a", Many.SOME)),
    ],
)
def test_a_path_is_a_root_and_steps(text, root, steps):
    query = parse_query(text)

    assert (query.root, query.steps) == (root, steps)


@pytest.mark.parametrize("text", ["no path", "$.${Field}", "$."])
def test_what_is_no_path_is_left_to_other_rules(text):
    assert parse_query(text) is None
