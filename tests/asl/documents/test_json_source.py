"""JSON with places: positions are those of the keys, and nothing is merged in silence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.documents.json_source import JsonSource
from pipelines.asl.documents.source import Position, Unreadable

TEXT = """{
  "StartAt": "Größe",
  "States": {
    "Größe": {"Type": "Pass", "Retry": [{"a": 1},
      {"b": [10, 20]}], "End": true}
  }
}"""


@pytest.mark.parametrize(
    ("place", "line", "column"),
    [
        ((), 1, 1),
        (("StartAt",), 2, 3),
        (("States", "Größe"), 4, 5),
        (("States", "Größe", "Retry"), 4, 31),
        (("States", "Größe", "Retry", 0), 4, 41),
        (("States", "Größe", "Retry", 1, "b", 1), 5, 18),
        (("States", "Größe", "End"), 5, 25),
    ],
)
def test_a_member_stands_where_its_key_does(place, line, column):
    assert JsonSource(TEXT).position(place) == Position(line, column)


@pytest.mark.parametrize(
    ("place", "around"),
    [
        (("States", "Größe", "Next"), ("States", "Größe")),
        (("States", "Größe", "Retry", 9), ("States", "Größe", "Retry")),
        (("StartAt", "x"), ("StartAt",)),
    ],
)
def test_what_is_missing_stands_where_it_is_missed(place, around):
    source = JsonSource(TEXT)

    assert source.position(place) == source.position(around)


def test_a_key_that_stands_twice_is_told_and_the_last_one_counts():
    source = JsonSource('{"a": {"k": 1,\n "k": 2},\n "b": [{"x": 1, "x": 2}]}')

    assert source.duplicates == (("a", "k"), ("b", 0, "x"))
    assert source.value == {"a": {"k": 2}, "b": [{"x": 2}]}
    assert source.position(("a", "k")) == Position(2, 2)


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ('{\n "a": }', "it is not JSON", 2),
        ("", "it is not JSON", 1),
        ('{"a": NaN}', "NaN is no number", None),
        ('{"a": 1e999}', "1e999 is too large a number", None),
        ('{"a": ' + "9" * 5000 + "}", "a number in it has thousands of digits", None),
        ("[" * 100_000 + "]" * 100_000, "nested too deep", None),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(text, problem, line):
    with pytest.raises(Unreadable, match=problem) as refused:
        JsonSource(text)

    assert (refused.value.position and refused.value.position.line) == line


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)


def _places(value, place=()):
    yield place, value
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for step, item in items:
            yield from _places(item, (*place, step))


@given(JSON, st.sampled_from([None, 2]))
def test_every_place_of_any_document_is_found(value, indent):
    text = json.dumps(value, indent=indent)
    source = JsonSource(text)
    lines = text.split("\n")

    assert source.value == value
    for place, part in _places(value):
        position = source.position(place)
        rest = "\n".join([lines[position.line - 1][position.column - 1 :], *lines[position.line :]])
        shown = json.dumps(place[-1]) if place and isinstance(place[-1], str) else None
        if shown is not None:
            assert rest.startswith(shown)
        else:
            assert rest.startswith(json.dumps(part)[:1])
