"""Whatever a definition is, checking it ends, and in findings."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.checker import check, check_all
from pipelines.asl.checker.contents import MAX_DEPTH
from pipelines.asl.checker.rules.examples import END, machine
from pipelines.asl.checker.rules.tables import CATCHER, MACHINE, RETRIER, STATES
from pipelines.asl.findings import RULES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = sorted(
    {name for shape in (MACHINE, RETRIER, CATCHER, *STATES.values()) for name in shape.fields}
)
TEXTS = st.sampled_from(
    ["A", "B", "$.x", "$$.a", "$.x[*]", "States.UUID()", "Task", "Choice", "${x}", "{% $a %}",
     "JSONata", "States.ALL", "arn:aws:states:::s3:getObject"]
)  # fmt: skip
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


def ends_in_findings(definition):
    return all(finding.rule in RULES for finding in check(definition))


@given(ANYTHING)
def test_any_json_can_be_checked(value):
    assert ends_in_findings(value)


@given(st.dictionaries(st.sampled_from("AB"), STATE | ANYTHING), st.data())
def test_anything_that_looks_like_a_machine_can_be_checked(states, data):
    definition = {**data.draw(st.dictionaries(st.sampled_from(FIELDS), ANYTHING)), "States": states}

    assert ends_in_findings(definition)


@given(st.dictionaries(st.none() | st.integers() | st.booleans(), STATE, max_size=3))
def test_keys_that_are_no_texts_can_be_checked(states):
    assert ends_in_findings({"StartAt": "A", "States": states})


def mutants(value):
    """The value with each of its parts in turn taken away or replaced by something else."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield {name: other for name, other in value.items() if name != key}
            for mutant in (None, 5, "x", [], {}, *mutants(item)):
                yield {**value, key: mutant}
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield value[:number] + value[number + 1 :]
            for mutant in (None, 5, "x", [], {}, *mutants(item)):
                yield [*value[:number], mutant, *value[number + 1 :]]


@pytest.mark.parametrize(
    "each",
    [each for each in RULES.values() if isinstance(each.good, dict)],
    ids=lambda each: each.id,
)
def test_every_mutant_of_an_example_can_be_checked(each):
    for mutant in mutants(each.good):
        assert ends_in_findings(mutant)


@pytest.mark.parametrize("deeper", [lambda inner: {"a": inner}, lambda inner: [inner]])
def test_what_is_nested_without_end_is_one_finding(deeper):
    value = 1
    for _ in range(10_000):
        value = deeper(value)
    definition = machine(A={"Type": "Pass", "Result": value, "End": True})

    for findings in (check(definition), check_all(definition)):
        assert [str(finding) for finding in findings] == [
            f"States.A: more than {MAX_DEPTH} objects and lists within one another (P118)"
        ]


def test_what_is_nested_deep_is_checked():
    value = 1
    for _ in range(MAX_DEPTH - 3):
        value = {"a": value}

    assert check(machine(A={"Type": "Pass", "Parameters": value, "End": True})) == []
    assert check(machine(A={"Type": "Pass", "Parameters": {"a": value}, "End": True})) != []


def test_a_definition_of_ten_thousand_states_is_checked_in_seconds():
    # A guard against a rule that is quadratic; what it takes is measured by the benchmarks.
    states = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(10_000)}
    start = time.perf_counter()

    assert check(machine(**states, S10000=END)) == []
    assert time.perf_counter() - start < 20


def test_findings_come_in_the_same_order_every_time():
    definition = json.loads(json.dumps({"States": {"A": {}, "B": {"Type": 5}}, "X": 1}))

    assert check(definition) == check(json.loads(json.dumps(definition)))
