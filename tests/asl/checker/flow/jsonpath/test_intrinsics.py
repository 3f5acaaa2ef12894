"""The types of intrinsic functions' arguments and results."""

import pytest

from pipelines.asl.checker.flow.jsonpath.intrinsics import NEEDS
from pipelines.asl.intrinsic_syntax import ARGUMENTS
from tests.asl.checker.flow.machines import chain, make, message, rules, use

DATA = {
    "text": "a-b",
    "list": [1, "x", {"id": 7}],
    "object": {"id": 7, "name": "n"},
    "number": 2,
    "json": '{"id": 7}',
}


def calling(call, path="$.it"):
    """A machine that calls a function and reads a path of what it gives."""
    return chain(make(DATA), use({"it.$": call}), use({"found.$": path}))


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("States.Array($.text, $.list)", "$.it[1][2].id"),
        ("States.ArrayPartition($.list, 2)", "$.it[0][0]"),
        ("States.ArrayContains($.list, 1)", "$.it"),
        ("States.ArrayRange(1, 9, 2)", "$.it[3]"),
        ("States.ArrayGetItem($.list, 2)", "$.it.id"),
        ("States.ArrayLength($.list)", "$.it"),
        ("States.ArrayUnique($.list)", "$.it[0]"),
        ("States.Base64Encode($.text)", "$.it"),
        ("States.Base64Decode($.text)", "$.it"),
        ("States.Hash($.object, 'SHA-256')", "$.it"),
        ("States.JsonMerge($.object, $.object, false)", "$.it.name"),
        ("States.StringToJson($.json)", "$.it.id"),
        ("States.JsonToString($.object)", "$.it"),
        ("States.MathRandom(1, $.number)", "$.it"),
        ("States.MathAdd($.number, 1)", "$.it"),
        ("States.StringSplit($.text, '-')", "$.it[0]"),
        ("States.UUID()", "$.it"),
        ("States.Format('{} of {}', $.number, $.text)", "$.it"),
    ],
)
def test_every_function_gives_what_it_gives(call, path):
    assert rules(calling(call, path)) == []


def test_every_function_is_known():
    called = {
        "States.Array",
        "States.JsonToString",
        "States.UUID",
    }
    assert set(NEEDS) | called == set(ARGUMENTS)


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("States.Array($.text)", "$.it[1].x"),
        ("States.ArrayGetItem($.list, 2)", "$.it.name"),
        ("States.ArrayLength($.list)", "$.it.x"),
        ("States.JsonMerge($.object, $.object, false)", "$.it.no"),
        ("States.StringToJson($.json)", "$.it.no"),
        ("States.Format('{}', $.text)", "$.it.x"),
        ("States.UUID()", "$.it[0]"),
    ],
)
def test_what_a_result_does_not_have_is_missing(call, path):
    assert rules(calling(call, path)) == ["P301 States.Three.Parameters.found.$"]


@pytest.mark.parametrize(
    "call",
    [
        "States.ArrayLength($.object)",
        "States.ArrayGetItem($.list, 'x')",
        "States.ArrayGetItem($.list, 3)",
        "States.ArrayGetItem($.list, 1.5)",
        "States.ArrayGetItem(States.Array(), $.number)",
        "States.ArrayPartition($.text, 2)",
        "States.StringToJson($.list)",
        "States.StringToJson($.text)",
        "States.StringSplit($.number, '-')",
        "States.MathAdd($.text, 1)",
        "States.JsonMerge($.object, $.list, false)",
        "States.JsonMerge($.object, $.object, true)",
        "States.Hash($.text, 'CRC')",
        "States.Base64Encode($.number)",
        "States.Format($.number, 1)",
        "States.Array(States.ArrayLength($.text))",
    ],
)
def test_a_call_that_cannot_succeed_is_an_error(call):
    assert rules(calling(call)) == ["P307 States.Two.Parameters.it.$"]


def test_the_message_says_which_argument():
    machine = calling("States.Array(States.ArrayLength($.text))")

    assert message(machine) == (
        "States.ArrayLength($.text) fails: argument 1 is a text and has to be an array"
    )


def test_an_argument_that_is_not_there_is_an_error_of_the_path():
    assert rules(calling("States.Format('{}', $.no)")) == ["P301 States.Two.Parameters.it.$"]


def test_what_lies_in_a_text_from_elsewhere_is_not_known():
    machine = chain(use({"it.$": "States.StringToJson($$.Execution.Name)"}), use({"x.$": "$.it.a"}))

    assert rules(machine) == []


def test_what_an_input_adds_to_defaults_is_there():
    schema = {
        "type": "object",
        "properties": {"rows": {"type": "integer"}},
        "additionalProperties": False,
    }
    merged = {"it.$": "States.JsonMerge($.defaults, $$.Execution.Input, false)"}

    def machine(path):
        return chain(make({"defaults": {"rows": 5}}), use(merged), use({"found.$": path}))

    assert rules(machine("$.it.rows"), schema) == []
    assert rules(machine("$.it.columns"), schema) == ["P301 States.Three.Parameters.found.$"]
    assert rules(machine("$.it.columns")) == []
