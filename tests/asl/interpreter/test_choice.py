"""Choice rules, as AWS decides them."""

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.comparisons import COMPARISONS, PATH_COMPARISONS
from pipelines.asl.interpreter.choice import holds
from pipelines.asl.paths import Scope
from pipelines.asl.timestamps import parse_timestamp
from tests.asl.interpreter.executions import execute, machine

VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


def decides(rule, data, context=None):
    return holds(rule, Scope(data, context or {}))


@pytest.mark.parametrize(
    ("comparison", "value", "true_for", "false_for"),
    [
        ("StringEquals", "a", ["a"], ["A", "a ", "", 1, None, ["a"]]),
        ("StringLessThan", "b", ["a", "B", ""], ["b", "c", 1]),
        ("StringLessThanEquals", "b", ["a", "b"], ["c"]),
        ("StringGreaterThan", "AB", ["ABC", "b"], ["AB", "A", 1]),
        ("StringGreaterThanEquals", "", ["", "a"], [0, None]),
        ("StringMatches", "a*c", ["ac", "abc", "a\nc"], ["abcd", "xac", 1]),
        ("StringMatches", r"\*\\*", [r"*\ ", "*\\"], ["a\\", "*"]),
        ("StringMatches", "a.c", ["a.c"], ["abc"]),
        ("NumericEquals", 1, [1, 1.0], [True, "1", 2, None]),
        ("NumericLessThan", 1, [0, 0.5, -3], [1, 1.5, False, "0"]),
        ("NumericLessThanEquals", 1, [1, 0], [1.1]),
        ("NumericGreaterThan", 0.5, [0.6, 1], [0.5, True]),
        ("NumericGreaterThanEquals", 0.5, [0.5], [0.4]),
        ("BooleanEquals", False, [False], [True, 0, None, "", "false"]),
        ("TimestampEquals", "2026-01-01T00:00:00Z",
         ["2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00.000Z"],
         ["2026-01-01T00:00:01Z", "2026-01-01", "2026-01-01 00:00:00Z", 1767225600]),
        ("TimestampLessThan", "2026-01-01T00:00:00Z", ["2025-12-31T23:59:59.9Z"],
         ["2026-01-01T00:00:00Z"]),
        ("TimestampGreaterThan", "2026-01-01T00:00:00Z", ["2026-01-01T00:30:00+00:00"],
         ["2026-01-01T00:30:00+01:00"]),
        ("IsNull", True, [None], [0, "", False, [], {}]),
        ("IsNull", False, [0, ""], [None]),
        ("IsString", True, ["", "a"], [1, None, []]),
        ("IsNumeric", True, [0, 1.5], ["1", True, None]),
        ("IsBoolean", True, [True, False], [0, "true", None]),
        ("IsTimestamp", True, ["2026-01-01T00:00:00Z"], ["2026-01-01", "", 1, None]),
        ("IsTimestamp", False, ["2026-13-01T00:00:00Z", 5], ["2026-01-01T00:00:00.123456789Z"]),
    ],
)  # fmt: skip
def test_a_comparison_holds_for_values_of_its_type_only(comparison, value, true_for, false_for):
    rule = {"Variable": "$.x", comparison: value}

    assert [item for item in true_for if not decides(rule, {"x": item})] == []
    assert [item for item in false_for if decides(rule, {"x": item})] == []


@pytest.mark.parametrize("name", sorted(PATH_COMPARISONS))
@given(variable=VALUES, value=VALUES)
def test_a_comparison_with_a_path_is_the_one_with_its_value(name, variable, value):
    by_path = decides({"Variable": "$.x", name: "$.y"}, {"x": variable, "y": value})

    assert by_path is COMPARISONS[PATH_COMPARISONS[name]](variable, value)


@given(st.integers() | st.floats(allow_nan=False), st.integers() | st.floats(allow_nan=False))
def test_numbers_are_less_equal_or_greater(one, other):
    data = {"x": one, "y": other}

    assert [
        decides({"Variable": "$.x", f"Numeric{name}Path": "$.y"}, data)
        for name in ("LessThan", "Equals", "GreaterThan")
    ].count(True) == 1


@pytest.mark.parametrize(
    ("text", "is_present"),
    [("$.a", True), ("$.none", True), ("$.b", False), ("$.list[0]", True), ("$.list[1]", False)],
)
def test_is_present_asks_whether_the_path_leads_somewhere(text, is_present):
    data = {"a": 1, "none": None, "list": [0]}

    assert decides({"Variable": text, "IsPresent": True}, data) is is_present
    assert decides({"Variable": text, "IsPresent": False}, data) is not is_present


def test_a_value_in_a_list_of_objects_is_a_value_and_not_a_list():
    rule = {"Variable": "$.packages[0].status", "StringEquals": "Approved"}

    assert decides(rule, {"packages": [{"status": "Approved"}]})


def test_the_context_object_can_be_compared():
    rule = {"Variable": "$$.State.Name", "StringEquals": "Good enough?"}

    assert decides(rule, {}, {"State": {"Name": "Good enough?"}})


def test_rules_are_combined():
    low = {"Variable": "$.x", "NumericLessThan": 3}
    high = {"Variable": "$.x", "NumericGreaterThan": 7}

    assert [n for n in range(10) if decides({"Or": [low, high]}, {"x": n})] == [0, 1, 2, 8, 9]
    assert [n for n in range(10) if decides({"And": [{"Not": low}, {"Not": high}]}, {"x": n})] == [
        3, 4, 5, 6, 7,
    ]  # fmt: skip


def test_and_stops_at_the_first_rule_that_is_false():
    present = {"Variable": "$.x", "IsPresent": True}
    equal = {"Variable": "$.x", "NumericEquals": 1}

    assert decides({"And": [present, equal]}, {}) is False


def route(input, **fields):
    rules = [
        {"Variable": "$.x", "NumericEquals": 1, "Next": "One"},
        {"Variable": "$.x", "NumericLessThan": 9, "Next": "Few"},
    ]
    choice = {"Type": "Choice", "Choices": rules, **fields}
    ends = {name: {"Type": "Pass", "Result": name, "End": True} for name in ("One", "Few", "Many")}
    return execute(machine(Choose=choice, **ends), input).outcome


def test_the_first_rule_that_holds_decides():
    assert route({"x": 1}).output == "One"
    assert route({"x": 2}).output == "Few"


def test_the_default_is_taken_when_no_rule_holds():
    assert route({"x": 10}, Default="Many").output == "Many"


def test_without_a_default_the_execution_fails():
    outcome = route({"x": 10})

    assert outcome.error == "States.Runtime"
    assert outcome.cause == (
        "An error occurred while executing the state 'Choose' (entered at the event id #2)."
        " Failed to transition out of the state. The state does not point to a next state."
    )


def test_a_variable_that_is_not_there_fails_the_execution():
    outcome = route({}, Default="Many")

    assert outcome.error == "States.Runtime"
    assert outcome.cause.endswith(
        "Invalid path '$.x': The choice state's condition path references an invalid value."
    )


@given(st.datetimes(), st.integers(-12 * 60, 14 * 60))
def test_any_timestamp_with_an_offset_is_read(moment, offset_minutes):
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))

    assert parse_timestamp(moment.isoformat()) == moment
