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


def test_an_element_that_is_not_there_has_none_within_it():
    with pytest.raises(PathNotFound, match="Current context is: null"):
        read("$.list[5][0]")


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


ROWS = {
    "rows": [
        {"n": 1, "text": "x", "tags": ["a", "b"]},
        {"n": 2, "text": "a nin [1]", "tags": []},
        {"other": None},
    ],
    "wanted": [1, 5],
}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("@.n in [1, 5]", [0]),
        ("@.n nin [1, 5]", [1, 2]),
        ("@.n NIN $.wanted", [1, 2]),
        ("@.text nin ['x']", [1, 2]),
        ("@.text == 'a nin [1]'", [1]),
        ("@.tags subsetof ['a', \"b\", 'c']", [0, 1]),
        ("@.tags anyof ['b']", [0]),
        ("@.tags noneof ['b']", [1]),
        ("@.tags noneof 'b'", []),
        ("@.n anyof [1]", []),
        ("@.tags size 2", [0]),
        ("@.text size 1", [0]),
        ("@.n size 1", []),
        ("@.tags size true", []),
        ("@.tags empty true", [1]),
        ("@.text EMPTY false", [0, 1]),
        ("@.none empty true", []),
        ("@.tags contains 'a'", [0]),
        ("!(@.tags size 2)", [1, 2]),
        ("@.tags size 0 && @.n == 2", [1]),
        ("@.text =~ /.*NIN.*/i", [1]),
        ("@.text =~ /nin/", []),
        ("@.text =~ /x nin [1]/", []),
    ],
)
def test_a_filter_has_the_operators_of_jayway(condition, found):
    assert read(f"$.rows[?({condition})]", ROWS) == [ROWS["rows"][index] for index in found]


def test_a_filter_that_nobody_can_read_finds_nothing():
    with pytest.raises(PathNotFound, match="not a path that runs here"):
        read("$.rows[?(@.n ~ 1)]", ROWS)
