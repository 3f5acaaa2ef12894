"""Reading expressions: syntax errors, the tree, and what is read from outside."""

import pytest

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.jsonata import (
    JsonataSyntaxError,
    function_names,
    nodes,
    parse,
    references,
    result_kind,
    unsupported_references,
)


@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        ("", "S0207", "Unexpected end of expression"),
        ("1 +", "S0207", "Unexpected end of expression"),
        ("$x :=", "S0207", "Unexpected end of expression"),
        ("a[1,2)", "S0202", 'Expected "]", got ","'),
        ("(1", "S0203", 'Expected ")" before end of expression'),
        ('"unterminated', "S0101", "String literal must be terminated by a matching quote"),
        (r'"\q"', "S0103", 'Unsupported escape sequence: \\"q"'),
        ('{"a":}', "S0211", 'The symbol "}" cannot be used as a unary operator'),
        ('$match("a", /abc', "S0302", "No terminating / in regular expression"),
        ("/* a", "S0106", "Comment has no closing tag"),
        ("`a", "S0105", "Quoted property name must be terminated with a backquote (`)"),
        ("1 2", "S0201", "Syntax error: 2"),
        ("a ! b", "S0204", 'Unknown operator: "!"'),
        ("1e400", "S0102", 'Number out of range: "1e400"'),
        ("a.1", "S0213", "The literal value 1 cannot be used as a step within a path expression"),
        ("5 := 1", "S0212", "The left side of := must be a variable name (start with $)"),
        ("function($x, y){1}", "S0208",
         "Parameter 2 of function definition must be a variable name (start with $)"),
        ("function($x)<n<n>>{$x}", "S0401",
         "Type parameters can only be applied to functions and arrays"),
        # Operators of later versions of JSONata.
        ("a ?? b", "S0211", 'The symbol "?" cannot be used as a unary operator'),
        ("a ?: b", "S0211", 'The symbol ":" cannot be used as a unary operator'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_jsonatas_sentence(expression, code, message):
    with pytest.raises(JsonataSyntaxError) as refused:
        parse(expression)
    assert (refused.value.code, str(refused.value)) == (code, message)


def test_a_syntax_error_says_where():
    with pytest.raises(AslSyntaxError) as refused:
        parse("$x + a[1,2)")
    assert refused.value.position == 9


@pytest.mark.parametrize(
    "expression", ["/(/", "/[/", "(" * 100_000, "[" * 5000, "1" * 100_001, "$" * 1000 + "("]
)
def test_whatever_cannot_be_read_is_a_syntax_error(expression):
    with pytest.raises(JsonataSyntaxError):
        parse(expression)


@pytest.mark.parametrize("expression", ["λ($a, $s)<a<s>s?:s>{$join($a, $s)}", "{}", "()", "$", "%"])
def test_what_looks_strange_may_still_be_read(expression):
    if expression == "%":
        with pytest.raises(JsonataSyntaxError, match="'parent' cannot be derived"):
            parse(expression)
    else:
        parse(expression)


def test_the_tree_has_the_structure_of_the_expression():
    tree = parse("$states.input.rows[price > 3].name")
    assert isinstance(tree, nodes.Path)
    variable, input_, rows, name = tree.steps
    assert variable.node == nodes.Variable(7, "states")
    assert [step.node.name for step in (input_, rows, name)] == ["input", "rows", "name"]
    (condition,) = rows.filters
    assert isinstance(condition.test, nodes.Binary)
    assert condition.test.operator == ">"
    assert condition.test.right == nodes.Literal(28, 3)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("1", nodes.Literal),
        ("-$x", nodes.Negation),
        ("[1]", nodes.Array),
        ("{'a': 1}", nodes.Object),
        ("$x ? 1", nodes.Condition),
        ("($x)", nodes.Block),
        ("$x := 1", nodes.Bind),
        ("function($x){ $f($x) }", nodes.Lambda),
        ("$f(1)", nodes.Call),
        ("$f(?)", nodes.Partial),
        ("1 ~> $f", nodes.Apply),
        ("|a|b|", nodes.Transform),
        ("/a/", nodes.Regex),
        ("$x[0]", nodes.Filtered),
        ("$x{'a': 1}", nodes.Filtered),
        ("a^(b)", nodes.Path),
        ("*", nodes.Wildcard),
        ("**", nodes.Descendants),
    ],
)
def test_every_kind_of_node_has_a_class(expression, kind):
    assert type(parse(expression)) is kind


def test_a_function_that_ends_in_a_call_is_read_as_it_is_written():
    function = parse("function($x){ $f($x) }")
    assert isinstance(function, nodes.Lambda)
    assert isinstance(function.body, nodes.Call)


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        ("$states.input.a.b[0].c", ["$states.input.a.b[0].c"]),
        ("$states.input.l[-1]", ["$states.input.l[-1]"]),
        ('$states.input."a b"', ["$states.input.a b"]),
        ("$states.input.rows[price > $min].name", ["$states.input.rows…", "$min"]),
        ("$states.input.*.x", ["$states.input…"]),
        ("$states.result.rows{$string(k): v}", ["$states.result.rows", "$string()"]),
        ("$x.l^(>y, $z)", ["$x.l…", "$z"]),
        ("$x.l@$p.{'a': $p.y}", ["$x…"]),
        ("$x.l#$i.{'a': $i}", ["$x.l…"]),
        ("$x ~> |a|{'b': $q}|", ["$x", "$q"]),
        ("[$a..$b]", ["$a", "$b"]),
        # What an expression binds itself is not read from outside.
        ("($x := $y; $x + $z)", ["$y", "$z"]),
        ("($x := 1; ($y := 2); $x + $y)", ["$y"]),
        ("$map($x, function($v){ $v.a + $w })", ["$map()", "$x", "$w"]),
        ("($f := function($n){ $n < 1 ? 1 : $f($n - 1) }; $f(3))", []),
        ("$sum := 1", []),
    ],
)
def test_references_are_what_is_read_from_outside(expression, read):
    assert [
        str(each) + "()" * each.called + "…" * (not each.complete)
        for each in references(expression)
    ] == read


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("phone", ["phone"]),
        ("phone.number & $string(name)", ["phone", "name"]),
        ("$", ["$"]),
        ("$$.a", ["$$"]),
        ("*", ["*"]),
        ("function(){ a }", ["a"]),
        ("{'k': a}", ["a"]),
        ("(a; $x)", ["a"]),
        # Within a path there is a context.
        ("$states.input.(a + $)", []),
        ("$states.input.rows[price > 3]", []),
        ("$states.input{a: b}", []),
        ("$x^(a)", []),
        ("$x ~> |a|{'b': c}|", []),
        ("[1..3].($ * 2)", []),
    ],
)
def test_names_that_need_a_context_are_unsupported_where_there_is_none(expression, names):
    assert [each.name for each in unsupported_references(expression)] == names


def test_the_functions_are_those_of_step_functions():
    assert {"sum", "partition", "parse", "uuid", "toMillis"} <= function_names()
    assert "eval" not in function_names()


def test_a_functions_result_has_the_kind_that_its_signature_says():
    for name in function_names():
        assert result_kind(name) in {None, "array", "boolean", "number", "object", "string"}
    assert result_kind("toMillis") == "number"
    assert result_kind("none") is None
