"""How deep an expression may be nested is no matter of who asks."""

import pytest

from pipelines.asl.jsonata import JsonataSyntaxError, parse, references
from pipelines.asl.stack import with_room
from tests.asl.stack import deep_in_the_stack


def nested(depth: int) -> int:
    return 0 if depth == 0 else 1 + nested(depth - 1)


def test_a_deep_caller_leaves_as_much_room_as_any():
    assert deep_in_the_stack(lambda: with_room(nested, 700)) == 700


def test_what_no_stack_has_room_for_fails():
    with pytest.raises(RecursionError):
        with_room(nested, 100_000)


def test_other_errors_pass():
    with pytest.raises(ZeroDivisionError):
        with_room(lambda: 1 / 0)


def test_a_long_text_of_many_parts_is_read_anywhere():
    expression = " & ".join(f"$line{number}" for number in range(300))

    found = deep_in_the_stack(lambda: references(expression))

    assert [each.variable for each in found] == [f"line{number}" for number in range(300)]


def test_and_what_is_nested_without_end_nowhere():
    expression = "(" * 5_000 + "1" + ")" * 5_000

    with pytest.raises(JsonataSyntaxError):
        deep_in_the_stack(lambda: parse(expression))
