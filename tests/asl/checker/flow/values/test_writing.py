"""Putting a result at a reference path, as ResultPath does."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.reading import read
from pipelines.asl.checker.flow.values.types import INTEGER, TEXT, UNKNOWN, object_of
from pipelines.asl.checker.flow.values.writing import NoPlace, put
from pipelines.asl.paths import put as put_value
from tests.asl.checker.flow.members import allows
from tests.asl.checker.flow.values.test_joining import JSON

STEPS = st.lists(st.sampled_from(["a", "b", 0, 1]), max_size=3).map(tuple)


def test_the_rest_of_the_input_stays():
    after = put(object_of({"id": TEXT}), ("job", "name"), INTEGER)

    assert read(after, ("id",)).type == TEXT
    assert read(after, ("job", "name")).type == INTEGER


def test_whatever_the_input_was_it_is_an_object_then():
    after = put(UNKNOWN, ("job",), INTEGER)

    assert after.kinds == ("an object",)
    assert read(after, ("job",)).type == INTEGER
    assert read(after, ("other",)).type.unknown


@pytest.mark.parametrize(
    ("value", "steps", "depth"),
    [("text", ("a",), 0), ({"a": 1}, ("a", "b"), 1), ([], (0,), 0), ([1], ("a",), 0)],
)
def test_what_is_no_object_has_no_place_for_a_result(value, steps, depth):
    with pytest.raises(NoPlace) as error:
        put(from_json(value), steps, INTEGER)

    assert error.value.depth == depth


@given(st.lists(JSON, min_size=1, max_size=3), STEPS, JSON)
def test_the_type_allows_what_comes_of_putting_a_value(values, steps, result):
    type = from_json(values[0])
    for value in values[1:]:
        type = join(type, from_json(value))
    done = []
    for value in values:
        with contextlib.suppress(LookupError):
            done.append(put_value(value, steps, result))

    try:
        after = put(type, steps, from_json(result))
    except NoPlace:
        assert done == []
    else:
        assert all(allows(after, value) for value in done)
