"""What Step Functions adds to JSONata, how it words failures, and the bounds that it sets."""

import random
import re

import pytest

from pipelines.asl.jsonata import (
    JsonataError,
    evaluate,
    evaluate_template,
    is_expression,
    unexpected,
)
from tests.asl.jsonata.expressions import cause, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$partition([1, 2, 3, 4], 2)", [[1, 2], [3, 4]]),
        ("$partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("$partition([1, 2], 5)", [[1, 2]]),
        ("$partition([1, 2])", [[1, 2]]),
        ("$partition([1, 2, 3], 2.9)", [[1, 2], [3]]),
        ("$range(3, 3, 1)", 3),
        ("$map(['1', '2'], $parse)", [1, 2]),
        ("$range(0, 6, 2)", [0, 2, 4, 6]),
        ("$range(0, 5, 2)", [0, 2, 4]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$range(-1.7, 2, 1)", [-1, 0, 1, 2]),
        ("$count($range(1, 200000, 1))", 200_000),
        ("$hash('input', 'SHA-1')", "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"),
        ("$hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
        ("$random(42)", 0.7275636800328681),
        ("$random(0)", 0.730967787376657),
        ("""$parse('{"a": [1, null]}').a""", [1, None]),
        ("$parse('1.50')", 1.5),
    ],
)
def test_step_functions_own_functions(expression, expected):
    assert value(expression) == expected


def test_a_uuid_is_of_version_4():
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
                        value("$uuid()"))  # fmt: skip


def test_a_variable_hides_a_function_of_its_name():
    assert value("$range", range=[7]) == [7]


THREW = "threw an error during evaluation."


def mismatch(function, index):
    return f'T0410: Argument {index} of function "{function}" does not match function signature'


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("$states.input.missing", "returned nothing (undefined)."),
        ("$states.result", "returned nothing (undefined)."),
        ("$unassigned", "returned nothing (undefined)."),
        ("()", "returned nothing (undefined)."),
        ("function($x){$x}", "returned an unsupported result type."),
        ("[$sum]", "returned an unsupported result type."),
        ("/a/", "returned an unsupported result type."),
        ("$base64decode('!!!')", "threw an internal error during evaluation."),
        ("$parse('{')", f"{THREW} D3137: Invalid JSON"),
        ("$parse('')", f"{THREW} D3137: Invalid JSON"),
        ("$parse('1 2')", f"{THREW} D3137: Invalid JSON"),
        ("$parse('1e400')", f"{THREW} D3137: Invalid JSON"),
        ("""$parse('{"a": 1, "a": 1}')""", f"{THREW} D3137: Invalid JSON"),
        ("$parse('[' & $pad('', 90000, '['))", f"{THREW} D3137: Invalid JSON"),
        ("$parse(null)", f"{THREW} {mismatch('parse', 1)}"),
        ("$parse('1', 2)", f"{THREW} {mismatch('parse', 2)}"),
        ("$partition([1], -1)", f"{THREW} D3137: Second argument must be zero or greater"),
        ("$partition([1], 0)", "returned nothing (undefined)."),
        ("$partition([], 1)", "returned nothing (undefined)."),
        ("$partition([1], 'a')", f"{THREW} {mismatch('partition', 2)}"),
        (
            "$partition(null, 2)",
            f'{THREW} T0412: Argument 1 of function "partition" must be an array of undefined',
        ),
        ("$range(1, 2)", "returned nothing (undefined)."),
        ("$range(1, 5, -1)", "returned nothing (undefined)."),
        ("$range(1)", f"{THREW} {mismatch('range', 2)}"),
        ("$hash('a')", "returned nothing (undefined)."),
        ("$hash(1, 'MD5')", f"{THREW} {mismatch('hash', 1)}"),
        ("$hash($states.input.no, 'MD5')", f"{THREW} {mismatch('hash', 1)}"),
        (
            "$hash('a', 'md5')",
            f"{THREW} D3137: Hash algorithm 'md5' must be one of"
            " SHA-1, SHA-384, SHA-256, SHA-512, MD5",
        ),
        ("$random(1, 2)", f"{THREW} {mismatch('random', 2)}"),
        ("$uuid(1)", f"{THREW} {mismatch('uuid', 1)}"),
        ("1 +", "threw an error during evaluation. S0207: Unexpected end of expression"),
        (
            "'a' + 1",
            "threw an error during evaluation. "
            'T2001: The left side of the "+" operator must evaluate to a number',
        ),
    ],
)
def test_aws_says_what_became_of_an_expression(expression, said):
    assert cause(expression) == said


MEMORY = (
    "threw an error during evaluation: "
    "Expression evaluation memory limit exceeded: Check for excessive memory usage"
)
TIMEOUT = "threw an error during evaluation: Expression evaluation timeout: Check for infinite loop"
STACK = (
    "threw an error during evaluation: Stack overflow error: Check for non-terminating "
    "recursive function. Consider rewriting as tail-recursive."
)
DOUBLED = "($f := function($s, $n){{ $n > 0 ? $f({}, $n - 1) : $s }}; {})"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("($f := function($n){ $n + $f($n - 1) }; $f(5))", STACK),
        ("1" + "+1" * 200, STACK),
        ("(" * 3000 + "1" + ")" * 3000, STACK),
        ("$sum([1..873783])", MEMORY),
        ("[1..3000].[1..3000]", MEMORY),
        ("$pad('', 9000000)", MEMORY),
        ("$replace($pad('', 100000, 'x'), 'x', $pad('', 100000))", MEMORY),
        ("$replace($pad('', 100000, 'x'), /x/, $pad('', 100000))", MEMORY),
        (DOUBLED.format("$s & $s", "$length($f('a', 40))"), MEMORY),
        (DOUBLED.format("{'a': $s, 'b': $s}", "$f(1, 40)"), MEMORY),
        (DOUBLED.format("{'a': $s, 'b': $s}", "$f(1, 40) = $f(1, 40)"), TIMEOUT),
        ("($f := function(){ $f() }; $f())", TIMEOUT),
        ("$contains($pad('', 60, 'a') & '!', /^(a|aa)+$/)", TIMEOUT),
    ],
)
def test_no_expression_hangs_or_crashes(expression, said):
    assert cause(expression) == said


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$count([1..873782])", 873_782),
        ("1" + "+1" * 90, 91),
        ("($f := function($n){ $n = 0 ? 1 : $n * $f($n - 1) }; $f(20))", 2432902008176640000),
        ("($f := function($n, $a){ $n = 0 ? $a : $f($n - 1, $a + $n) }; $f(5000, 0))", 12502500),
    ],
)
def test_within_the_bounds_there_is_a_value(expression, expected):
    assert value(expression) == expected


class TestTemplates:
    def filled(self, template, **variables):
        return evaluate_template(template, variables, random.Random(0), field="Arguments")

    def test_an_expression_stands_for_its_value_wherever_a_value_stands(self):
        template = {"a": ["{% $x %}", 1], "b": {"c": "{% $x.y %}"}, "d": "$x"}
        assert self.filled(template, x={"y": None}) == {
            "a": [{"y": None}, 1],
            "b": {"c": None},
            "d": "$x",
        }
        assert self.filled("{% $x %}", x=[1]) == [1]

    @pytest.mark.parametrize("text", [" {% $x %}", "{% $x %} ", "a {% $x %}", "{$x}", "{%", "%}"])
    def test_a_text_that_is_no_expression_from_end_to_end_is_a_text(self, text):
        assert not is_expression(text)
        assert self.filled({"a": text}) == {"a": text}

    def test_keys_are_no_expressions(self):
        assert self.filled({"{% $x %}": 1}) == {"{% $x %}": 1}

    @pytest.mark.parametrize(
        ("template", "field"),
        [
            ("{% $x %}", "Arguments"),
            ({"a": {"b": "{% $x %}"}}, "Arguments/a/b"),
            ({"a": [0, ["{% $x %}"]]}, "Arguments/a[1][0]"),
        ],
    )
    def test_a_failure_says_where(self, template, field):
        with pytest.raises(JsonataError) as failed:
            self.filled(template)
        assert failed.value.location == field
        assert failed.value.cause == (
            f"The JSONata expression '$x' specified for the field '{field}' "
            "returned nothing (undefined)."
        )


def test_a_result_of_the_wrong_type_is_worded_as_aws_words_it():
    error = unexpected("$x", "Items", "array", {"a": 1.0})
    assert (error.error, error.location) == ("States.QueryEvaluationError", "Items")
    assert error.cause == (
        "The JSONata expression '$x' specified for the field 'Items' returned an unexpected "
        "result type. Expected 'array', but was 'object' for value: {\"a\":1}"
    )


def test_without_a_field_the_sentence_names_the_expression_only():
    with pytest.raises(JsonataError, match=r": The JSONata expression '\$x' returned nothing"):
        evaluate("$x", {}, None)
