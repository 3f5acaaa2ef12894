"""How data pass through the states of the JSONata language."""

import pytest

from pipelines.asl.checker.flow.values.types import TEXT, object_of
from tests.asl.checker.flow.machines import DONE, FUNCTION, chain, findings, rules

ANSWER = object_of({"name": TEXT})
INPUT = {"const": {"id": "a1", "n": 5}}


def expressions(*states, **others):
    return {"QueryLanguage": "JSONata", **chain(*states, **others)}


def give(output, **fields):
    return {"Type": "Pass", "Output": output, **fields}


def call(**fields):
    return {"Type": "Task", "Resource": FUNCTION, **fields}


@pytest.mark.parametrize(
    ("first", "expression"),
    [
        ({"Type": "Pass"}, "$states.input.id"),
        (give({"new": "{% $states.input.id %}"}), "$states.input.new"),
        ({"Type": "Wait", "Seconds": 1}, "$states.input.id"),
        ({"Type": "Wait", "Seconds": "{% $states.input.n %}"}, "$states.input.id"),
        (call(), "$states.input.name"),
        (call(Output={"job": "{% $states.result.name %}"}), "$states.input.job"),
        (call(Output="{% $merge([$states.input, $states.result]) %}"), "$states.input.id"),
        (call(Assign={"job": "{% $states.result.name %}"}), "$job"),
        (
            {"Type": "Parallel", "Branches": [chain(give({"a": 1})), chain(give({"b": 2}))]},
            "$states.input[1].b",
        ),
        (
            {
                "Type": "Parallel",
                "Arguments": {"only": "{% $states.input.id %}"},
                "Branches": [chain(give("{% $states.input.only %}"))],
                "Output": "{% $states.result[0] %}",
            },
            "$states.input",
        ),
    ],
)
def test_what_a_state_gives_the_next_one_finds(first, expression):
    assert rules(expressions(first, give(f"{{% {expression} %}}")), INPUT, ANSWER) == []


@pytest.mark.parametrize(
    ("first", "expression"),
    [
        (give({"new": 1}), "$states.input.id"),
        (call(), "$states.input.id"),
        (call(Output={"job": "{% $states.result.name %}"}), "$states.input.name"),
        ({"Type": "Parallel", "Branches": [chain(give({"a": 1}))]}, "$states.input[0].b"),
    ],
)
def test_what_is_not_there_is_an_error(first, expression):
    machine = expressions(first, give(f"{{% {expression} %}}"))

    assert rules(machine, INPUT, ANSWER) == ["P311 States.Two.Output"]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (call(Arguments={"a": ["{% $states.input.no %}"]}), "P311 States.One.Arguments.a[0]"),
        (call(Output="{% $states.result.no %}"), "P311 States.One.Output"),
        (call(Assign={"x": "{% $y %}"}), "P304 States.One.Assign.x"),
        (call(TimeoutSeconds="{% $states.input.id %}"), "P306 States.One.TimeoutSeconds"),
        ({"Type": "Wait", "Seconds": "{% $states.input.id %}"}, "P306 States.One.Seconds"),
        ({"Type": "Wait", "Timestamp": "{% $states.input.id %}"}, "P306 States.One.Timestamp"),
        ({"Type": "Fail", "Error": "{% $states.input.n %}"}, "P306 States.One.Error"),
        ({"Type": "Fail", "Cause": "{% $states.input.no %}"}, "P311 States.One.Cause"),
        ({"Type": "Succeed", "Output": "{% $states.input.no %}"}, "P311 States.One.Output"),
    ],
)
def test_every_field_that_holds_an_expression_is_followed(state, found):
    assert rules(expressions(state), INPUT, ANSWER) == [found]


def test_after_an_error_its_output_is_there():
    catch = [
        {
            "ErrorEquals": ["States.ALL"],
            "Output": {"why": "{% $states.errorOutput.Cause %}", "id": "{% $states.input.id %}"},
            "Assign": {"error": "{% $states.errorOutput.Error %}"},
            "Next": "Clean",
        }
    ]
    clean = give("{% $states.input.why & $states.input.id & $error %}", End=True)

    assert rules(expressions(call(Catch=catch), Clean=clean), INPUT) == []


def test_without_an_output_the_error_takes_the_input_s_place():
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Clean"}]
    clean = give("{% $states.input.id %}", End=True)

    (found,) = findings(expressions(call(Catch=catch), Clean=clean), INPUT)

    assert "'One' loses it after an error" in found.message


def choice(condition, then, other=DONE, **fields):
    return expressions(
        {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% {condition} %}}", "Next": "Then", **fields}],
            "Default": "Other",
        },
        Then={**then, "End": True} if then["Type"] == "Pass" else then,
        Other=other,
    )


OPTIONAL = {
    "type": "object",
    "properties": {"note": {"type": "string"}},
    "additionalProperties": False,
}


def test_a_condition_that_holds_makes_known_what_it_asked_for():
    machine = choice("$exists($states.input.note)", give("{% $states.input.note %}"))

    assert rules(machine, OPTIONAL) == []


def test_without_it_the_value_may_be_missing():
    machine = choice("1 = 2", give("{% $states.input.note %}"))

    assert rules(machine, OPTIONAL) == ["P302 States.Then.Output"]


def test_a_condition_is_true_or_false():
    assert rules(choice("$states.input.id", DONE), INPUT) == [
        "P306 States.One.Choices[0].Condition"
    ]


def test_a_condition_on_what_is_never_there_is_never_true():
    machine = choice("$exists($states.input.no)", DONE)

    assert rules(machine, INPUT) == ["P312 States.One.Choices[0].Condition"]


def test_a_rule_has_its_own_output_and_variables():
    machine = choice(
        "$states.input.n = 5",
        give("{% $states.input.five & $n %}"),
        Output={"five": "{% $states.input.n %}"},
        Assign={"n": "{% $states.input.n %}"},
    )

    assert rules(machine, INPUT) == []
