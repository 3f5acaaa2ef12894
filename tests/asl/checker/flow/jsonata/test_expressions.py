"""What expressions give, and what they read that is not there."""

import pytest

from pipelines.asl.checker.flow.jsonata.expressions import Inference
from pipelines.asl.checker.flow.jsonata.names import Names
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.types import UNKNOWN, object_of
from pipelines.asl.jsonata import parse
from tests.asl.checker.flow.machines import chain, message, rules

DATA = {
    "id": "a1",
    "n": 5,
    "list": [{"k": "x", "v": 1}, {"k": "y", "v": 2}],
    "deep": {"er": {"id": 7}},
    "none": None,
}


def infer(expression, data=DATA, variables=None):
    states = object_of({"input": UNKNOWN if data is UNKNOWN else from_json(data)})
    names = Names(states, from_json(variables or {}))
    return Inference(expression).value(parse(expression), names)


def output(expression, data=DATA):
    """A machine whose second state gives an expression's value."""
    return {
        "QueryLanguage": "JSONata",
        **chain(
            {"Type": "Pass", "Output": data},
            {"Type": "Pass", "Output": f"{{% {expression} %}}"},
        ),
    }


@pytest.mark.parametrize(
    ("expression", "kinds"),
    [
        ("1", "a number"),
        ("'a' & $states.input.n", "a text"),
        ("'s3://${Bucket}' & '/data'", "a text"),
        ("$states.input.n + 1", "a number"),
        ("-$states.input.n", "a number"),
        ("$states.input.n > 3 and $states.input.id = 'x'", "true or false"),
        ("[1..5]", "an array"),
        ("[$states.input.id, 1]", "an array"),
        ("{'a': $states.input.id}", "an object"),
        ("$states.input.none", "null"),
        ("$states.input.list", "an array"),
        ("$states.input.list[0]", "an object"),
        ("$states.input.list[0].k", "a text"),
        ("$states.input.list[-1].v", "a number"),
        ("$states.input.list.k", "a text or an array"),
        ("$states.input.list[k = 'x'].v", "a number or an array"),
        ("$states.input.list.{'name': k}", "an object or an array"),
        ("$states.input.deep.er.id", "a number"),
        ("$states.input.list[].k", "an array"),
        ("$states.input.n > 3 ? 'big' : 0", "a text or a number"),
        ("($x := $states.input.n; $x * 2)", "a number"),
        ("$count($states.input.list)", "a number"),
        ("$uppercase($states.input.id)", "a text"),
        ("$states.input.list ~> $count", "a number"),
        ("$merge([$states.input.deep, {'more': 1}])", "an object"),
        ("$map($states.input.list, function($item) { $item.v })", "a number or an array"),
        ("$lookup($states.input, 'n')", "a number"),
        ("$exists($states.input.no)", "true or false"),
        ("$uuid()", "a text"),
        ("function($x) { $x }", "anything"),
        ("$states.input.**.id", "anything"),
        ("$states.input.list^(v)", "anything"),
    ],
)
def test_what_an_expression_gives(expression, kinds):
    assert str(infer(expression).type) == kinds


@pytest.mark.parametrize(
    ("expression", "path", "is_there"),
    [
        ("{'a': {'b': $states.input.id}}", "a.b", True),
        ("{'a': {'b': $states.input.id}}", "a.c", False),
        ("$merge([$states.input.deep, {'more': 1}])", "more", True),
        ("$merge([$states.input.deep, {'more': 1}])", "er.id", True),
        ("$merge([$states.input.deep, {'more': 1}])", "less", False),
        ("$states.input.list[0]", "k", True),
        ("$states.input.list[0]", "no", False),
    ],
)
def test_what_it_gives_can_be_read(expression, path, is_there):
    assert infer(f"({expression}).{path}").type.is_never is not is_there


@pytest.mark.parametrize(
    "expression",
    [
        "$states.input.no",
        "$states.input.deep.no.id",
        "$states.input.list[2]",
        "$states.input.list.no",
        "$states.input.id.x",
        "$states.input.none.x",
        "$states.input.no + 1",
        "$uppercase($states.input.no)",
        "($x := $states.input.no; $x)",
        "$states.input.id + 1",
        "-$states.input.id",
        "$states.input.id > 1",
        "$states.input.list > 1",
        "$states.context.Execution.No",
        "$lookup($states.input, 'no')",
        "true ? $states.input.no : $states.input.no",
    ],
)
def test_an_expression_that_gives_nothing_or_fails_is_an_error(expression):
    assert rules(output(expression)) == ["P311 States.Two.Output"]


@pytest.mark.parametrize(
    "expression",
    [
        "$exists($states.input.no) ? $states.input.no : 'x'",
        "$states.input.no ? $states.input.no : 'x'",
        "$not($exists($states.input.no)) ? 'x' : $states.input.no",
        "$exists($no) ? $no : 'x'",
        "$count($states.input.no)",
        "$append($states.input.no, [1])",
        "$states.input.id = 'x' ? $states.input.id + 1 : 0",
        "$type($states.input.id) = 'number' ? $states.input.id + 1 : 0",
        "$map($states.input.list, function($x) { $x.k + 1 })[0]",
        "$states.input.list[k + 1 = 2]",
        "$boolean($states.input.no)",
        "$states.input.id & $states.input.n & $states.input.none",
    ],
)
def test_what_may_well_be_meant_is_none(expression):
    assert not [each for each in rules(output(expression)) if not each.startswith("P302")]


@pytest.mark.parametrize(
    "expression",
    [
        "{'a': $states.input.no}",
        "[$states.input.no]",
        "$states.input.n > 3 ? 'big'",
        "$string($states.input.no) & 'x'",
    ],
)
def test_what_is_left_out_of_a_value_is_a_warning(expression):
    assert rules(output(expression)) == ["P302 States.Two.Output"]


def test_of_an_unknown_input_nothing_is_said():
    machine = {
        "QueryLanguage": "JSONata",
        **chain({"Type": "Pass", "Output": "{% $states.input.a[0].b + 1 %}"}),
    }

    assert rules(machine) == []


def test_the_message_says_what_is_there():
    assert message(output("$states.input.deep.ER.id")) == (
        "$states.input.deep.ER leads nowhere: $states.input.deep has only er"
    ).replace("$states.input.deep.ER leads", "$states.input.deep.ER.id leads")


def test_the_message_says_which_operator_fails():
    assert message(output("$states.input.id + 1")) == (
        "$states.input.id + 1 fails: + needs numbers, and gets a text"
    )


def test_texts_are_known_as_far_as_they_are_put_together():
    assert infer("'job-' & $states.input.id & '-' & $x", variables={"x": 7}).type.text.known == {
        ("job-a1-7",)
    }


@pytest.mark.parametrize("expression", ["{% $states.input. %}", "{% (1 %}", "{% ${X} %}"])
def test_what_cannot_be_read_is_left_to_other_rules(expression):
    machine = {"QueryLanguage": "JSONata", **chain({"Type": "Pass", "Output": expression})}

    assert rules(machine) == []
