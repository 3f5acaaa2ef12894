"""What a fact about a place makes known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.checker.flow.values import narrowing
from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.reading import read
from pipelines.asl.checker.flow.values.types import ANY_OBJECT, NULL, NUMBER, TEXT, UNKNOWN
from pipelines.asl.paths import NO_ELEMENT, PathNotFound, Scope, parse_path
from tests.asl.checker.flow.members import allows
from tests.asl.checker.flow.values.test_joining import JSON

STEPS = st.lists(st.sampled_from(["a", "b", 0, 1]), min_size=1, max_size=3).map(tuple)
KINDS = {"a text": (TEXT, str), "a number": (NUMBER, (int, float)), "null": (NULL, type(None))}


def find(value, steps):
    text = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    found = parse_path(text).find(Scope(value, {}))
    if found is NO_ELEMENT:
        raise PathNotFound(text, value, "")
    return found


def test_what_is_known_to_be_there_is_there():
    known = narrowing.refine(UNKNOWN, ("a", 0, "b"), narrowing.only(TEXT))

    reading = read(known, ("a", 0, "b"))
    assert (reading.type, reading.presence.name) == (TEXT, "ALWAYS")


def test_what_is_known_to_be_missing_is_missing():
    known = narrowing.without(ANY_OBJECT, ("a",))

    assert read(known, ("a",)).is_missing
    assert not read(known, ("b",)).is_missing


@pytest.mark.parametrize("steps", [("b",), ("a", "b"), (0,)])
def test_a_fact_that_cannot_be_leaves_nothing(steps):
    assert narrowing.refine(from_json({"a": 1}), steps, narrowing.anything).is_never


@given(st.lists(JSON, min_size=1, max_size=3), STEPS, st.sampled_from(sorted(KINDS)))
def test_every_value_stays_on_its_side(values, steps, kind):
    type = from_json(values[0])
    for value in values[1:]:
        type = join(type, from_json(value))
    of_kind, python = KINDS[kind]
    is_one = narrowing.refine(type, steps, narrowing.only(of_kind))
    is_other = narrowing.refine(type, steps, narrowing.other_than(of_kind))
    is_missing = narrowing.without(type, steps)

    for value in values:
        try:
            found = find(value, steps)
        except PathNotFound:
            assert allows(is_missing, value)
        else:
            is_of_kind = isinstance(found, python) and not isinstance(found, bool)
            assert allows(is_one if is_of_kind else is_other, value)


@given(st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from("ab"), JSON)
def test_equality_keeps_the_values_that_are_equal(value, other):
    equal = narrowing.exactly(from_json(value))

    assert allows(equal(join(from_json(value), from_json(other))), value)
