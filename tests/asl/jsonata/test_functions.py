"""Built-in functions where the library differs from the reference, and the dates."""

import random

import pytest

from tests.asl.jsonata.expressions import failure, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$number('0x12')", 18),
        ("$number('1e3')", 1000),
        ("$number('-0.5')", -0.5),
        ("$number(true)", 1),
        (r'$length("\uD834\uDD1E")', 1),
        ("$substring('hello', -3, 2)", "ll"),
        ("$substring('hello', -10, 3)", "hel"),
        ("$pad('foo', -5, '#')", "##foo"),
        ("$pad('foo', 8, '-+')", "foo-+-+-"),
        ("$join(['a', 'b'], '-')", "a-b"),
        ("$encodeUrlComponent('?x=é')", "%3Fx%3D%C3%A9"),
        ("$encodeUrl('https://a/?x=é')", "https://a/?x=%C3%A9"),
        ("$decodeUrlComponent('%3Fx%3D')", "?x="),
        ("$decodeUrl('%3Fx%20y')", "%3Fx y"),
        ("$base64encode('héllo')", "aMOpbGxv"),
        ("$base64decode('aMOpbGxv')", "héllo"),
        ("$contains('hello$world', /^hello\\$/)", True),
        ("$contains('hello$world', /^hello\\ /)", False),
        ("$contains('ABC', /b/i)", True),
        ("$contains('a\n', /a$/)", False),
        ("$contains('٣', /\\d/)", False),
        ("$match('ababb', /a(b+)/)", [
            {"match": "ab", "index": 0, "groups": ["b"]},
            {"match": "abb", "index": 2, "groups": ["bb"]},
        ]),
        ("$match('abab', /a/, 1)", {"match": "a", "index": 0, "groups": []}),
        ("$match('abc', /(x)?b/).groups", [None]),
        ("$replace('265USD', /([0-9]+)USD/, '$$$1')", "$265"),
        ("$replace('ab', /(a)(b)/, '$2$1$12$0')", "baa2ab"),
        ("$replace('aaa', /a/, 'b', 2)", "bba"),
        ("$replace('a.b.c', '.', '-', 1)", "a-b.c"),
        ("$replace('68F', /(\\d+)F/, function($m){ ($number($m.groups[0]) - 32) * 5/9 & 'C' })",
         "20C"),
        ("$split('a1b2c', /[0-9]/)", ["a", "b", "c"]),
        ("$split('a,b,c', ',', 2)", ["a", "b"]),
        ("$split('abc', '')", ["a", "b", "c"]),
        ("$sort(['b', 'a'])", ["a", "b"]),
        ("$sort([1, 2, 3, 4], function($a, $b){ $a % 2 < $b % 2 })", [1, 3, 2, 4]),
        ("$distinct([1, 1, '1', true, {'a': 1}, {'a': 1}])", [1, "1", True, {"a": 1}]),
        ("$map([1, 2], $string)", ["1", "2"]),
        ("$map(['a', 'b'], $substring(?, 0, 1))", ["a", "b"]),
        ("$map([5, 6], function($v, $i, $a){ $v * $i + $count($a) })", [2, 8]),
        ("$reduce([1, 2, 3], function($p, $c){ $p + $c })", 6),
        ("$sift({'a': 1, 'b': 2}, function($v){ $v > 1 })", {"b": 2}),
        ("$single([1, 2], function($v){ $v = 2 })", 2),
        ("$formatNumber(12345.6, '#,###.00')", "12,345.60"),
        ("$formatBase(255.9, 16)", "100"),
        ("$formatInteger(2789, 'w')", "two thousand, seven hundred and eighty-nine"),
        ("$parseInteger('MCMXCIX', 'I')", 1999),
        ("$fromMillis(1510067557121)", "2017-11-07T15:12:37.121Z"),
        ("$fromMillis(0, '[FNn], [D1o] [MNn] [Y]')", "Thursday, 1st January 1970"),
        ("$fromMillis(0, $none, '+0100')", "1970-01-01T01:00:00.000+01:00"),
        # The reference rounds minus five and a half hours down to minus six, then adds the half.
        ("$fromMillis(0, '[H01]:[m01] [Z]', '-0530')", "17:30 -06:30"),
        ("$toMillis('2017-11-07T15:12:37.121Z')", 1510067557121),
        ("$toMillis('2017-11-07T15:12:37+01:00')", 1510063957000),
        ("$toMillis('2017-11-07')", 1510012800000),
        ("$toMillis('2017')", 1483228800000),
        ("$toMillis('10/12/2018 11:35:00 PM', '[M]/[D]/[Y] [h]:[m]:[s] [P]')", 1539387300000),
    ],
)  # fmt: skip
def test_a_function_gives_what_the_reference_gives(expression, expected):
    assert repr(value(expression)) == repr(expected)


def test_the_time_is_the_one_that_is_passed_in():
    assert value("[$now(), $string($millis()), $now('[Y]')]", now=1.5e9 + 0.25) == [
        "2017-07-14T02:40:00.250Z",
        "1500000000250",
        "2017",
    ]
    # A picture without a date means the day of the evaluation.
    assert value("$fromMillis($toMillis('13:45', '[H]:[m]'))", now=1.5e9) == (
        "2017-07-14T13:45:00.000Z"
    )


def test_what_is_random_comes_from_the_chance_that_is_passed_in():
    expression = "[$random(), $uuid(), $shuffle([1..9])]"
    first, again, other = (value(expression, random.Random(seed)) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("null + 1", 'T2001: The left side of the "+" operator must evaluate to a number'),
        ("1 + 'a'", 'T2002: The right side of the "+" operator must evaluate to a number'),
        ("['a'..1]",
         "T2003: The left side of the range operator (..) must evaluate to an integer"),
        ("[1..1.5]",
         "T2004: The right side of the range operator (..) must evaluate to an integer"),
        ("1 < 'b'",
         'T2009: The values 1 and "b" either side of operator "<" must be of the same data type'),
        ("true < 1", 'T2010: The expressions either side of operator "<" must evaluate '
                     "to numeric or string values"),
        ("-'a'", 'D1002: Cannot negate a non-numeric value: "a"'),
        ("1/0 + 1", "D1001: Number out of range: null"),
        ("{1: 2}", "T1003: Key in object structure must evaluate to a string; got: 1"),
        ("{'a': 1, 'a': 2}", 'D1009: Multiple key definitions evaluate to same key: "a"'),
        ("$none(1)", "T1006: Attempted to invoke a non-function"),
        ("sum([1])", "T1005: Attempted to invoke a non-function. Did you mean $sum?"),
        ("sum(?, 1)",
         "T1007: Attempted to partially apply a non-function. Did you mean $sum?"),
        ("1 ~> 2", "T2006: The right side of the function application operator ~> "
                   "must be a function"),
        ("[{'a': 1}, {'a': 'b'}]^(a)",
         'T2007: Type mismatch when comparing values 1 and "b" in order-by clause'),
        ("{} ~> |$|1|", "T2011: The insert/update clause of the transform expression "
                        "must evaluate to an object: 1"),
        ("$abs('a')", 'T0410: Argument 1 of function "abs" does not match function signature'),
        ("$length(null)", 'T0410: Argument 1 of function "length" does not match '
                          "function signature"),
        ("$contains('23', 3)", 'T0410: Argument 2 of function "contains" does not match '
                               "function signature"),
        ("$sum('a')", 'T0412: Argument 1 of function "sum" must be an array of "numbers"'),
        ("($f := function(){ $min(2, 3) }; $f())",
         'T0410: Argument 2 of function "min" does not match function signature'),
        ("$number('1.')", 'D3030: Unable to cast value to a number: "1."'),
        ("$sqrt(-1)", "D3060: The sqrt function cannot be applied to a negative number: -1"),
        ("$power(100, 1000)",
         "D3061: The power function has resulted in a value that cannot be represented "
         "as a JSON number: base=100, exponent=1000"),
        ("$sort([true, false])",
         "D3070: The single argument form of the sort function can only be applied to an array "
         "of strings or an array of numbers.  Use the second argument to specify a comparison "
         "function"),
        ("$replace('a', '', 'b')",
         "D3010: Second argument of replace function cannot be an empty string"),
        ("$replace('a', /.*?/, 'b')", "D1004: Regular expression matches zero length string"),
        ("$replace('a', /a/, function(){1})",
         "D3012: Attempted to replace a matched string with a non-string value"),
        ("$split('a', $uppercase)", 'T1010: The matcher function argument passed to function '
                                    '"split" does not return the correct object structure'),
        ("$formatNumber(1, 'x')",
         "D3086: The sub-picture must not contain a passive character that is preceded by an "
         "active character and that is followed by another active character"),
        ("$formatNumber(20, '0,,0')",
         "D3089: The sub-picture must not contain two adjacent instances of the "
         "'grouping-separator' character"),
        ("$formatBase(1, 37)", "D3100: The radix of the formatBase function must be between "
                               "2 and 36.  It was given 37"),
        ("$toMillis('2018-02-03 11:15')",
         "D3110: The argument of the toMillis function must be an ISO 8601 formatted timestamp. "
         'Given "2018-02-03 11:15"'),
        ("$fromMillis(0, '[q]')",
         'D3132: Unknown component specifier "q" in date/time picture string'),
        ("$fromMillis(0, '[YN]')", "D3133: The 'name' modifier can only be applied to months "
                                   'and days in the date/time picture string, not "Y"'),
        ("$decodeUrl('%E0%A4%A')", 'D3140: Malformed URL passed to $decodeUrl(): "%E0%A4%A"'),
        ("$single([1, 2], function(){ true })", "D3138: The $single() function expected exactly 1 "
                                               "matching result.  Instead it matched more."),
        ("$error('boom')", "D3137: boom"),
        ("$error()", "D3137: $error() function evaluated"),
        ("$assert(false, 'boom')", "D3141: boom"),
        ("$eval('1 + 1')", "T1006: Attempted to invoke a non-function"),
    ],
)  # fmt: skip
def test_an_error_has_the_code_and_the_sentence_of_the_reference(expression, said):
    assert failure(expression) == said
