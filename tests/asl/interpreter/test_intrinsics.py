"""The intrinsic functions: syntax, results and errors."""

import json
import random
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.errors import AslSyntaxError, StateError
from pipelines.asl.interpreter import intrinsics
from pipelines.asl.intrinsic_syntax import ARGUMENTS, parse_intrinsic
from pipelines.asl.paths import Scope

DATA = {
    "name": "Ann",
    "n": 3,
    "price": 2.5,
    "yes": True,
    "none": None,
    "list": [1, 2, 2, 1.0, "a", "a", True, {"k": 1}, {"k": 1}],
    "one": {"a": 1, "b": {"c": 1}},
    "two": {"b": {"d": 2}, "e": 3},
    "template": "{} is {}",
}


def call(text, data=DATA, chance=None):
    return intrinsics.call(parse_intrinsic(text), Scope(data, {"Execution": {"Name": "run"}}),
                           chance or random.Random(0))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("States.Format('no placeholder')", "no placeholder"),
        ("States.Format('{} has {}', $.name, $.n)", "Ann has 3"),
        ("States.Format('{}{}{}{}', $.price, $.yes, $.none, 'x')", "2.5truenullx"),
        (r"States.Format('it\'s \{{}\} \\', $.n)", r"it's {3} " + "\\"),
        ("States.Format($.template, 'a', 'b')", "a is b"),
        ("States.Format('{}', $$.Execution.Name)", "run"),
        ("States.StringToJson('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("States.JsonToString($.one)", '{"a":1,"b":{"c":1}}'),
        ("States.JsonToString('text')", '"text"'),
        ("States.Format('{}', $.one)", "{a=1, b={c=1}}"),
        ("States.Format('{}', States.Array(1, 'a b', null))", "[1, a b, null]"),
        (r"States.Format('a\n{}', 1)", "a\n1"),
        ("States.StringToJson(' ')", None),
        ("States.StringToJson($.none)", None),
        ("States.Array()", []),
        ("States.Array(1, -2.5, 'a', true, null, $.one)", [1, -2.5, "a", True, None, DATA["one"]]),
        ("States.ArrayPartition(States.ArrayRange(1, 5, 1), 2)", [[1, 2], [3, 4], [5]]),
        ("States.ArrayContains($.list, 'a')", True),
        ("States.ArrayContains($.list, $.two)", False),
        ("States.ArrayContains(States.Array(1), true)", False),
        ("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
        ("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        ("States.ArrayRange(3, 1, 1)", []),
        ("States.ArrayRange(1.4, 3.5, 1)", [1, 2, 3, 4]),
        ("States.ArrayGetItem($.list, 4)", "a"),
        ("States.ArrayLength($.list)", 9),
        ("States.ArrayUnique($.list)", [1, 2, "a", True, {"k": 1}]),
        ("States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="),
        ("States.Base64Decode('RGVjb2RlZCBkYXRh')", "Decoded data"),
        ("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("States.Hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
        ("States.JsonMerge($.one, $.two, false)", {"a": 1, "b": {"d": 2}, "e": 3}),
        ("States.MathAdd(111, -1)", 110),
        ("States.MathAdd(1.5, 1.2)", 3),
        ("States.StringSplit('1,2,3', ',')", ["1", "2", "3"]),
        ("States.StringSplit('This.is+a,test=string', '.+,=')",
         ["This", "is", "a", "test", "string"]),
        ("States.StringSplit('a--b', '-')", ["a", "b"]),
        ("States.ArrayGetItem(States.StringSplit('a-b-c', '-'), 2)", "c"),
        ("  States.Format ( '{}' , $.n )  ".strip(), "3"),
        ("States.ArrayLength($.list[?(@.k == 1)])", 2),
        ("States.Format('{}', $['name'])", "Ann"),
    ],
)  # fmt: skip
def test_a_call_has_the_value_that_aws_documents(text, value):
    assert call(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "States.Format('{} {}', 'one')",
        "States.Format('one', 'two')",
        "States.Format('{', 'one')",
        "States.Format($.n)",
        "States.StringToJson('{')",
        "States.StringToJson('NaN')",
        "States.StringToJson('1e999')",
        "States.StringToJson($.n)",
        "States.ArrayPartition($.list, 0)",
        "States.ArrayPartition($.name, 1)",
        "States.ArrayRange(1, 2, 0)",
        "States.ArrayRange(0, 1000, 1)",
        "States.ArrayGetItem($.list, 9)",
        "States.ArrayGetItem($.list, -1)",
        "States.ArrayGetItem($.list, true)",
        "States.ArrayGetItem($.list, 0.5)",
        "States.ArrayLength($.one)",
        "States.Base64Decode('a')",
        "States.Base64Decode('QQ= =')",
        "States.Hash('x', 'SHA-3')",
        "States.JsonMerge($.one, $.two, true)",
        "States.JsonMerge($.one, 1, false)",
        "States.MathRandom(5, 5)",
        "States.MathAdd(2147483647, 1)",
        "States.MathAdd('1', 1)",
        "States.StringSplit($.n, ',')",
    ],
)
def test_a_call_that_cannot_be_answered_fails_the_state(text):
    with pytest.raises(StateError) as failure:
        call(text)

    assert failure.value.error == "States.IntrinsicFailure"
    assert text in failure.value.cause


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("States.Format('{}', States.Format('{}',$.no))", "$.no"),
        ("States.Format('{}', $.list[5])", "$.list[5]"),
        ("States.Format('{}', $.list[5].x)", "$.list[5].x"),
        ("States.Format('{}', $$.No.Deep)", "$.No.Deep"),
    ],
)
def test_the_cause_names_the_whole_call_and_what_its_argument_lacks(text, reason):
    with pytest.raises(StateError) as caught:
        call(text, {"list": [1]})

    assert (caught.value.error, caught.value.cause) == (
        "States.Runtime",
        f"The function '{text}' had the following error: The JsonPath argument for the field"
        f""" '{reason}' could not be found in the input '{{"list":[1]}}'""",
    )


def test_an_index_into_what_is_no_array_is_told_as_the_library_tells_it():
    with pytest.raises(StateError) as caught:
        call("States.Format('{}', $.n[0])", {"n": 1})

    assert caught.value.cause == (
        "The function 'States.Format('{}', $.n[0])' had the following error:"
        " Filter: [0] can only be applied to arrays. Current context is: 1"
    )


@pytest.mark.parametrize("length", [10_000, 10_001])
def test_the_quota_on_texts_is_ten_thousand_characters(length):
    text = "States.Base64Encode($.text)"
    if length > 10_000:
        with pytest.raises(StateError, match="10,001 characters"):
            call(text, {"text": "a" * length})
    else:
        assert len(call(text, {"text": "a" * length})) > length


@pytest.mark.parametrize(
    "text",
    [
        "States.Formt('{}', 1)",
        "States.Format",
        "States.Format(",
        "States.Format('a'",
        "States.Format('a',)",
        "States.Format('a' 'b')",
        "States.Format('a') x",
        "States.Format('a\\q')",
        "States.Format(\"a\")",
        "States.Format(name)",
        "States.UUID(1)",
        "States.MathAdd(1)",
        "States.ArrayLength($.list[)",
        "States.Array(" * 11 + ")" * 11,
    ],
)  # fmt: skip
def test_what_is_no_call_is_refused(text):
    with pytest.raises(AslSyntaxError):
        parse_intrinsic(text)


def test_calls_can_be_nested_ten_deep():
    assert call("States.Array(" * 10 + ")" * 10) == [[[[[[[[[[]]]]]]]]]]


def test_every_function_of_the_language_is_there():
    assert len(ARGUMENTS) == 18


def test_the_source_of_randomness_can_be_given():
    first, second = (call("States.UUID()", chance=random.Random(7)) for _ in range(2))

    assert first == second
    assert uuid.UUID(first).version == 4


def test_a_random_number_is_at_least_the_first_and_below_the_second():
    chance = random.Random(1)

    assert {call("States.MathRandom(1, 4)", chance=chance) for _ in range(100)} == {1, 2, 3}


def test_a_seed_repeats_the_number():
    assert call("States.MathRandom(1, 1000, 5)") == call("States.MathRandom(1, 1000, 5)")


@given(st.text())
def test_any_text_can_be_formatted_as_a_literal(text):
    escaped = "".join("\\" + each if each in "'\\{}" else each for each in text)

    assert call(f"States.Format('{escaped}')") == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_base64_comes_back(text):
    encoded = call("States.Base64Encode($.text)", {"text": text})

    assert call("States.Base64Decode($.text)", {"text": encoded}) == text


@given(st.lists(st.integers() | st.text() | st.booleans() | st.none()), st.integers(1, 5))
def test_partitions_hold_all_elements_in_order(items, size):
    parts = call("States.ArrayPartition($.items, $.size)", {"items": items, "size": size})

    assert [item for part in parts for item in part] == items
    assert all(len(part) == size for part in parts[:-1])


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_json_comes_back_from_its_text(value):
    text = call("States.JsonToString($.value)", {"value": value})

    assert json.loads(text) == value
    assert call("States.StringToJson($.text)", {"text": text}) == value


@given(st.text(string.printable, max_size=40))
def test_any_text_is_a_call_or_refused(text):
    try:
        tree = parse_intrinsic("States." + text)
    except AslSyntaxError:
        return
    assert tree.function in ARGUMENTS
