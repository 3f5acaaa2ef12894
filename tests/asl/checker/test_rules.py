"""Each rule catches its own broken example, and no other; sound definitions break none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statelint.config import Config
from statelint.linter import Linter

from pipelines.asl.checker import check
from pipelines.asl.checker.rules.fields import CATCHER, MACHINE, RETRIER, STATES
from pipelines.asl.findings import RULES, Finding, rule
from tests.asl.examples import BROKEN, SOUND, choice, compare, job
from tests.asl.interpreter.executions import machine

EVERY_BROKEN = [
    pytest.param(id, definition, id=f"{id} {name}")
    for id, examples in BROKEN.items()
    for name, definition in examples.items()
]


@pytest.mark.parametrize("definition", SOUND.values(), ids=SOUND)
def test_a_sound_definition_breaks_no_rule(definition):
    assert check(definition) == []


@pytest.mark.parametrize("definition", SOUND.values(), ids=SOUND)
def test_statelint_agrees_that_it_is_sound(definition):
    assert Linter.validate(definition, Config(["URI", "FLOAT"])) == []


@pytest.mark.parametrize(("id", "definition"), EVERY_BROKEN)
def test_a_broken_definition_breaks_its_rule_and_no_other(id, definition):
    assert {finding.rule for finding in check(definition)} == {id}


def test_every_rule_has_a_broken_example():
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize("found", RULES.values(), ids=RULES)
def test_a_rule_says_what_it_demands(found):
    assert found.text.endswith(".")


def test_an_id_is_given_once():
    with pytest.raises(ValueError, match="P101 is defined twice"):
        rule("P101")(lambda machine: iter(()))


def messages(definition, **options):
    return [str(finding) for finding in check(definition, **options)]


def test_a_finding_says_where_what_and_what_was_meant():
    definition = machine(Preprocess=job(ResultPaht="$.x", Next="Tran"), Train={"Type": "Succeed"})

    assert messages(definition)[:2] == [
        "States.Preprocess.ResultPaht: there is no such field here;"
        " did you mean ResultPath? (P102)",
        "States.Preprocess.Next: there is no state 'Tran'; did you mean Train? (P111)",
    ]


def test_a_finding_names_the_rule_within_the_rule():
    inner = {"Variable": "$.x", "NumericEquals": "1"}

    assert messages(choice({"And": [{"Not": inner}], "Next": "Done"}, compare(IsNull=True))) == [
        "States.Choose.Choices[0].And[0].Not.NumericEquals: '1' is not a number (P144)"
    ]


def test_substitutions_are_held_to_those_that_are_declared():
    definition = machine(A={"Type": "Pass", "Result": "s3://${Buckt}/x", "End": True})

    assert messages(definition) == []
    assert messages(definition, substitutions=["Buckt"]) == []
    assert messages(definition, substitutions=["Bucket"]) == [
        "States.A.Result: the substitution ${Buckt} is not declared; did you mean Bucket? (P155)"
    ]


def test_what_is_no_object_is_no_state_machine():
    assert check([]) == [Finding("P101", "a state machine is an object", ())]


def test_a_definition_of_ten_thousand_states_is_checked_in_seconds():
    # A guard against a rule that is quadratic; what it takes is measured by the benchmarks.
    states = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(10_000)}
    start = time.perf_counter()

    assert check(machine(**states, S10000={"Type": "Succeed"})) == []
    assert time.perf_counter() - start < 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = sorted(
    {name for fields in (MACHINE, RETRIER, CATCHER, *STATES.values()) for name in fields}
)
TEXTS = st.sampled_from(
    ["A", "B", "$.x", "$$.a", "$.x[*]", "States.UUID()", "Task", "Choice", "${x}"]
)
ANYTHING = st.recursive(
    TEXTS | JSON,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*FIELDS, "And", "Not", "Variable", "StringEquals", "IsPresent", "k.$"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
STATE = st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6).flatmap(
    lambda state: st.sampled_from([*STATES]).map(lambda type: {**state, "Type": type})
)


@given(ANYTHING)
def test_any_json_can_be_checked(value):
    assert all(finding.rule in RULES for finding in check(value))


@given(st.dictionaries(st.sampled_from("AB"), STATE | ANYTHING), st.data())
def test_anything_that_looks_like_a_machine_can_be_checked(states, data):
    definition = {**data.draw(st.dictionaries(st.sampled_from(FIELDS), ANYTHING)), "States": states}

    assert all(finding.rule in RULES for finding in check(definition))
