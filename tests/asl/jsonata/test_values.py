"""Values of expressions, above all where the library differs from JSONata 2.0.6.

The expected values are those of the reference implementation, whose 2.0.6 Step Functions runs.
"""

import json
import threading

import pytest

from pipelines.asl.jsonata import bind, evaluate
from tests.asl.jsonata.expressions import INPUT, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Null is a value, in data as in expressions; what is missing is none.
        ("$states.input.nothing", None),
        ("$states.input.nulls", [None, 1, None]),
        ("$states.input.nulls[0]", None),
        ("$states.input.nothing = null", True),
        ("$states.input.nothing = $none", False),
        ("$given = null", True),
        ("$type($states.input.nothing)", "null"),
        ("$exists($states.input.nothing)", True),
        ("$exists($states.input.missing)", False),
        ("$count($states.input.nothing)", 1),
        ("$map($states.input.nulls, function($x){$type($x)})", ["null", "number", "null"]),
        ("$filter($states.input.nulls, function($x){$x = null})", [None, None]),
        ("$states.input.nulls[$ = null]", [None, None]),
        ("$each($states.input.object, function($v, $k){$k & $string($v)})", ["knull", "v1"]),
        ("$string($states.input.nothing)", "null"),
        ('"x" & null', "xnull"),
        ("$states.input.rows.x", [1, None]),
        ('{"a": null, "b": $none}', {"a": None}),
        ("[null, $none]", [None]),
        ("$boolean(null)", False),
        # A path gives one value for one, and an array for more.
        ("$states.input.one", [5]),
        ("$states.input.rows[x=1]", {"x": 1}),
        ("$states.input.rows[x=1][]", [{"x": 1}]),
        ("$states.input.rows.y", 2),
        ("$states.input.rows.y[]", [2]),
        ("$states.input.nested.$", [1, 2, 3]),
        ("$states.input.empty", []),
        ("$states.input.rows@$r.{'v': $r.y}", [{}, {}, {"v": 2}]),
        ("$states.input.rows#$i.{'i': $i}", [{"i": 0}, {"i": 1}, {"i": 2}]),
        ("$states.input.nested^(>$[0])", [[3], [1, 2]]),
        ("$states.input ~> |object|{'z': 1}, 'k'| ~> $lookup('object')", {"v": 1, "z": 1}),
        ("[1..3].($ * 2)", [2, 4, 6]),
        ("[[1..2], [3..4]]", [[1, 2], [3, 4]]),
        # Equality knows true from 1, and `in` compares neither arrays nor objects.
        ("1 = true", False),
        ("1 in [true]", False),
        ("[1] = [true]", False),
        ('{"a": 1, "b": 2} = {"b": 2, "a": 1}', True),
        ('{"a": 1} in [{"a": 1}]', False),
    ],
)
def test_an_expression_has_the_value_that_the_reference_gives_it(expression, expected):
    assert repr(value(expression, given=None)) == repr(expected)


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("6 / 2", "3"),
        ("1 / 3", "0.3333333333333333"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("5.5 % 2", "1.5"),
        ("-5.5 % 2", "-1.5"),
        ("0 * -1", "0"),
        ("$x + 0.5", "5.5"),
        ("$x", "5"),
        ("1e21", "1e+21"),
        ("1e20", "100000000000000000000"),
        ("1000000 * 1000000 * 1000000", "1000000000000000000"),
        ("9007199254740993 + 0", "9007199254740992"),
        ("$power(2, 63)", "9223372036854776000"),
        ("$states.input.long", "9223372036854775807"),
        ("$states.input.big", "12345678901234567000"),
        ("$parse('[9223372036854775807, 9223372036854775808]')", "[9223372036854775807,9223372036854776000]"),  # noqa: E501
        ("$sum([0.1, 0.2, 0.3])", "0.6000000000000001"),
        ("$average([1, 2])", "1.5"),
        ("$round(2.5)", "2"),
        ("$round(3.5)", "4"),
        ("$round(-2.5)", "-2"),
        ("$round(1.005, 2)", "1"),
        ("$round(135, -1)", "140"),
        ("$floor(-1.5)", "-2"),
        # What is infinite or no number becomes a text where it leaves the expression.
        ("1 / 0", '"Infinity"'),
        ("-1 / 0", '"-Infinity"'),
        ("[0 / 0, 5 % 0]", '["NaN","NaN"]'),
        ('{"k": 1e308 * 10}', '{"k":"Infinity"}'),
        ("$parseInteger('abc', '0')", '"NaN"'),
    ],
)  # fmt: skip
def test_a_number_is_a_double_that_prints_without_a_needless_fraction(expression, printed):
    assert json.dumps(value(expression, x=5.0), separators=(",", ":")) == printed


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("$string(0.1 + 0.2)", "0.3"),
        ("$string(1/3)", "0.333333333333333"),
        ("$string(1e-7)", "1e-7"),
        ("$string(0.000001)", "0.000001"),
        ("$string(1e20)", "100000000000000000000"),
        ("$string(1e21)", "1e+21"),
        ("$string(123456789012345678)", "123456789012346000"),
        ("$string($states.input.big)", "12345678901234600000"),
        ("$string(5.0)", "5"),
        ("$string(true)", "true"),
        ("$string([1, null, 'a'])", '[1,null,"a"]'),
        ("$string({'a': 1.0, 'b': [1, 2.5]})", '{"a":1,"b":[1,2.5]}'),
        ("$string({'a': [1, {}], 'b': []}, true)",
         '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'),
        ("$string(function($x){$x})", ""),
        ("$string({'f': $sum})", '{"f":""}'),
        ("'é\"' & [1]", 'é"[1]'),
    ],
)  # fmt: skip
def test_a_text_of_a_value_is_its_json_with_fifteen_digits(expression, text):
    assert value(expression) == text


def test_the_variables_are_not_changed():
    states = {"input": {"rows": [], "o": {"a": 1}}}
    for expression in ("$states.input.rows{'k': 1}", "$states.input ~> |o|{'b': 2}, 'a'|"):
        evaluate(expression, {"states": states}, None)
    assert states == {"input": {"rows": [], "o": {"a": 1}}}


def test_variables_can_be_made_ready_once_for_many_expressions():
    ready = bind({"states": {"input": INPUT}, "n": 1})
    assert [evaluate(text, ready, None) for text in ("$n", "$states.input.nothing", "$n + 1")] == [
        1,
        None,
        2,
    ]


def test_a_name_bound_in_an_expression_is_forgotten_after_it():
    assert value("($count := 3; $count)") == 3
    assert value("$count([1, 2])") == 2


def test_threads_evaluate_at_once_without_meeting():
    results: dict[int, list[int]] = {}

    def work(number: int) -> None:
        results[number] = [
            value("$sum($map([1..50], function($x){ $x * $n }))", n=number) for _ in range(20)
        ]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert results == {number: [1275 * number] * 20 for number in range(4)}
