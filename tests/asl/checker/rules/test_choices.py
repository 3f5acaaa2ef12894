"""Choice rules, in JSONPath and JSONata."""

import pytest

from pipelines.asl.checker.rules.examples import END, choice, compare, jsonata, machine
from tests.asl.checker.rules.found import messages, rules


def condition(value, **fields):
    rule = {"Condition": value, "Next": "Done", **fields}
    return jsonata(Choose={"Type": "Choice", "Choices": [rule], "Default": "Done"}, Done=END)


@pytest.mark.parametrize(
    "definition",
    [
        choice(),
        choice("x"),
        choice({"And": [], "Next": "Done"}),
        choice({"And": ["x"], "Next": "Done"}),
        choice({"Or": {"Variable": "$.x"}, "Next": "Done"}),
        choice({"Not": [], "Next": "Done"}),
    ],
)
def test_rules_are_objects_in_lists(definition):
    assert rules(definition) == {"P141"}


@pytest.mark.parametrize(
    "definition",
    [
        choice(compare(StringEqual="a")),
        choice(compare(stringEquals="a")),
        choice(compare(StringMatchesPath="$.p")),
        choice(compare(StringEquals="a", IsPresent=True)),
        choice(compare()),
        choice({"StringEquals": "a", "Next": "Done"}),
        choice({"Not": {"Variable": "$.x", "IsNull": True}, "Variable": "$.x", "Next": "Done"}),
        choice({"And": [{"Variable": "$.x"}], "Next": "Done"}),
        choice({"Not": {"Variable": "$.x", "IsNull": True, "Assign": {}}, "Next": "Done"}),
        choice({"Condition": "{% true %}", "Next": "Done"}),
        choice(compare(IsNull=True, Output={})),
        condition("{% true %}", Variable="$.x"),
        condition("{% true %}", StringEquals="x"),
        jsonata(A={"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "B"}, B=END),
    ],
)
def test_a_rule_is_one_comparison_or_one_connective(definition):
    assert rules(definition) == {"P142"}


def test_a_next_belongs_to_outer_rules():
    assert rules(choice({"Variable": "$.x", "IsPresent": True})) == {"P143"}
    assert rules(choice({**compare(IsPresent=True), "Next": 5})) == {"P143"}
    assert rules(choice({"Not": compare(IsPresent=True), "Next": "Done"})) == {"P143"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NumericEquals", "1"),
        ("NumericLessThan", True),
        ("StringEquals", 1),
        ("StringMatches", None),
        ("BooleanEquals", 1),
        ("BooleanEquals", "true"),
        ("TimestampEquals", "2026-01-01"),
        ("TimestampLessThan", "2026-13-01T00:00:00Z"),
        ("IsPresent", "true"),
        ("IsNull", 0),
        ("NumericEqualsPath", 1),
        ("Assign", []),
        ("Comment", 5),
    ],
)
def test_a_comparison_with_a_value_of_another_type_is_found(name, value):
    rule = compare(**{name: value})
    if name in ("Assign", "Comment"):
        rule["IsNull"] = True

    assert rules(choice(rule)) == {"P144"}


@pytest.mark.parametrize("value", ["", "x", "$states.input.a = 1", "{% x", 5, None, [], {}])
def test_a_condition_is_a_truth_or_an_expression(value):
    assert "P144" in rules(condition(value))


@pytest.mark.parametrize("value", [True, False, "{% $states.input.a = 1 %}", "${Condition}"])
def test_a_condition_that_is_one_is_sound(value):
    assert rules(condition(value)) == set()


def test_a_finding_names_the_rule_within_the_rule():
    inner = {"Variable": "$.x", "NumericEquals": "1"}

    assert messages(choice({"And": [{"Not": inner}], "Next": "Done"}, compare(IsNull=True))) == [
        'States.Choose.Choices[0].And[0].Not.NumericEquals: "1" is not a number (P144)'
    ]


def test_a_choice_without_a_default_is_warned_of():
    definition = choice(compare(IsNull=True))
    del definition["States"]["Choose"]["Default"]

    assert rules(definition) == {"P145"}


def test_a_choice_that_is_certain_needs_no_default():
    definition = choice(compare(IsPresent=True), compare(IsPresent=False))
    del definition["States"]["Choose"]["Default"]
    always = condition(True)
    del always["States"]["Choose"]["Default"]

    assert rules(definition) == rules(always) == set()


def test_every_comparison_can_be_written():
    one_of_each = [
        compare(StringEquals="a"),
        compare(StringLessThanPath="$.a"),
        compare(StringMatches="a*"),
        compare(NumericGreaterThanEquals=1.5),
        compare(BooleanEqualsPath="$.a"),
        compare(TimestampEquals="2030-01-01T00:00:00+01:00"),
        compare(IsTimestamp=True, Comment="c", Assign={"a": 1, "b.$": "$.b"}),
        {"Or": [{"Not": {"Variable": "$$.Execution.Name", "IsString": True}}], "Next": "Done"},
    ]

    assert rules(choice(*one_of_each)) == set()
    assert rules(machine(A=END)) == set()
