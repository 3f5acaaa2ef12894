"""Paths: one place yields a value, several yield a list; reference paths; writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.paths import PathNotFound, Scope, parse_path, parse_reference_path, put

DATA = {
    "list": [{"x": 1}, {"x": 2}],
    "a": {"b": {"c": None}},
    "two words": 3,
    "job-name": "j",
}
CONTEXT = {"Execution": {"Name": "run-1"}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(text, data=DATA):
    return parse_path(text).read(Scope(data, CONTEXT))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$", DATA),
        ("$.list[0].x", 1),
        ("$.list[-1].x", 2),
        ("$.list[2]", None),
        ("$.list[-3]", None),
        ("$['list'][1]['x']", 2),
        ("$['two words']", 3),
        ("$.job-name", "j"),
        ("$.a.b.c", None),
        ("$$", CONTEXT),
        ("$$.Execution.Name", "run-1"),
    ],
)
def test_a_path_to_one_place_yields_the_value(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("$.list[*].x", [1, 2]),
        ("$..x", [1, 2]),
        ("$.list[?(@.x == 2)]", [{"x": 2}]),
        ("$.list[?(@.x > 1)].x", [2]),
        ("$.list[0:1].x", [1]),
        ("$.list[0,1].x", [1, 2]),
        ("$.missing[*].x", []),
        ("$.list[?(@.x == 9)]", []),
    ],
)
def test_a_path_to_several_places_yields_a_list(text, values):
    assert read(text) == values


@pytest.mark.parametrize(
    "text", ["$.missing", "$.list[2].x", "$.list.x", "$.a[0]", "$$.Task.Token"]
)
def test_one_place_that_is_not_there_is_an_error(text):
    with pytest.raises(PathNotFound):
        read(text)


@pytest.mark.parametrize("text", ["", "list", "a.b", "$.", "$.list[", "$.a b", "$.a | $.b", "$..."])
def test_what_is_no_path_is_refused(text):
    with pytest.raises(AslSyntaxError):
        parse_path(text)


def test_a_reference_path_is_its_steps():
    assert parse_reference_path("$.a['b c'][3].d") == ("a", "b c", 3, "d")


@pytest.mark.parametrize("text", ["$.a[*]", "$..a", "$.a[0:2]", "$.a[-1]", "$$.a", "$.a[?(@.b)]"])
def test_a_reference_path_names_one_place_in_the_data(text):
    with pytest.raises(AslSyntaxError):
        parse_reference_path(text)


def test_writing_leaves_the_data_as_they_were():
    data = {"a": {"b": 1}, "list": [1, 2]}

    assert put(data, ("a", "c"), 9) == {"a": {"b": 1, "c": 9}, "list": [1, 2]}
    assert put(data, ("list", 1), 9) == {"a": {"b": 1}, "list": [1, 9]}
    assert data == {"a": {"b": 1}, "list": [1, 2]}


@pytest.mark.parametrize("steps", [("a", "b"), ("list", 2), ("list", "x"), (0,)])
def test_writing_where_nothing_can_be_is_an_error(steps):
    with pytest.raises(LookupError):
        put({"a": 1, "list": [1, 2]}, steps, 9)


@given(st.dictionaries(st.text(), JSON), st.lists(st.text(), min_size=1, max_size=4), JSON)
def test_what_was_written_is_read_again(data, steps, value):
    try:
        written = put(data, tuple(steps), value)
    except LookupError:
        return  # something on the way is no object
    found = written
    for step in steps:
        found = found[step]

    assert found == value


@given(st.text(max_size=20))
def test_any_text_is_a_path_or_refused(text):
    try:
        path = parse_path("$" + text)
    except AslSyntaxError:
        return
    try:
        path.read(Scope(DATA, CONTEXT))
    except PathNotFound:
        assert path.steps is not None
