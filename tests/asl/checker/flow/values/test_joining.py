"""Where paths meet: a join allows what either side allows, and loops come to an end."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.checker.flow.values.joining import join, widen
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.types import (
    NEVER,
    TEXT,
    UNKNOWN,
    Presence,
    object_of,
    tuple_of,
)
from tests.asl.checker.flow.members import allows

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(JSON)
def test_the_type_of_a_value_allows_it(value):
    assert allows(from_json(value), value)


@given(JSON, JSON)
def test_a_join_allows_both(one, other):
    joined = join(from_json(one), from_json(other))

    assert allows(joined, one)
    assert allows(joined, other)


@given(JSON, JSON)
def test_a_join_of_what_is_allowed_already_is_the_same_type(one, other):
    joined = join(from_json(one), from_json(other))

    assert join(joined, from_json(one)) is joined
    assert join(joined, from_json(other)) is joined


@given(JSON)
def test_unknown_takes_everything_in_and_never_adds_nothing(value):
    type = from_json(value)

    assert join(type, UNKNOWN) is UNKNOWN
    assert join(type, NEVER) is type
    assert join(NEVER, type) is type


def test_a_field_that_one_path_lacks_is_there_sometimes():
    joined = join(object_of({"id": TEXT}), object_of({"id": TEXT, "note": TEXT}))

    presences = {name: field.presence for name, field in joined.object.fields.items()}
    assert presences == {"id": Presence.ALWAYS, "note": Presence.SOMETIMES}


def test_of_a_field_that_an_open_object_does_not_name_nothing_is_known():
    joined = join(object_of({"id": TEXT}), object_of({}, UNKNOWN))

    field = joined.object.get("id")
    assert (field.type, field.presence) == (UNKNOWN, Presence.USUALLY)


def test_arrays_are_joined_element_by_element():
    joined = join(from_json([1, "a"]), from_json([2]))

    assert joined.array.items[0].type.number.values == {1, 2}
    assert joined.array.items[1].presence is Presence.SOMETIMES
    assert joined.array.length is None


@given(st.lists(JSON, min_size=1, max_size=12))
def test_widening_comes_to_an_end(values):
    """Each value is brought around the loop as the latest of what has been: it may grow in any
    direction, as long as it stays among finitely many types."""
    known = from_json(values[0])
    changes = 0
    for value in values * 6:
        grown = join(known, object_of({"before": known, "now": from_json(value)}))
        if grown is not known:
            new = widen(known, grown)
            changes += new != known
            known = new

    assert changes <= 8


@given(JSON, JSON)
def test_widening_allows_what_it_is_given(one, other):
    old = from_json(one)
    widened = widen(old, join(old, from_json(other)))

    assert allows(widened, one)
    assert allows(widened, other)


def test_more_than_a_few_texts_are_any_text():
    joined = NEVER
    for number in range(20):
        joined = join(joined, from_json(f"text {number}"))

    assert joined == TEXT


def test_an_array_keeps_its_length():
    assert tuple_of([TEXT, TEXT]).array.length == 2
