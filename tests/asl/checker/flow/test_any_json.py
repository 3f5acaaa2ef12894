"""Whatever the definition is, the analysis gives its findings; and it looks at each state once."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.asl.checker.flow import check_flow
from pipelines.asl.checker.flow.analysis import Analysis
from pipelines.asl.checker.flow.rules import FLOW
from pipelines.asl.checker.flow.values.types import UNKNOWN
from pipelines.asl.jsonata import parse
from pipelines.asl.model import Machine
from tests.asl.checker.flow.machines import FUNCTION

parse("1")  # imports the library, which raises the recursion limit: Hypothesis must not see that

WORDS = [
    *("StartAt", "States", "Type", "Next", "End", "Choices", "Default", "Catch", "Branches"),
    *("ItemProcessor", "ItemsPath", "Items", "Parameters", "ResultPath", "ResultSelector"),
    *("InputPath", "OutputPath", "Assign", "Output", "Variable", "IsPresent", "And", "Not"),
    *("Pass", "Task", "Choice", "Map", "Parallel", "Wait", "JSONata", "QueryLanguage"),
    *("$", "$.a", "$$.Map", "$x.y", "$.a[*]", "{% $states.input.a %}", "{% $x %}", "a.$"),
    *("States.Format('{}', $.a)", FUNCTION, "One", "Two", "Result", "Seconds", "ItemBatcher"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(WORDS), JSON), JSON)
def test_any_json_is_looked_at(definition, schema):
    list(check_flow(Machine(definition), input_schema=schema))


@pytest.mark.parametrize("number", [1e999, -1e999, float("nan"), 10**400, 2**53, 1e-300])
def test_numbers_may_be_of_any_size(number):
    wait = {"Type": "Wait", "SecondsPath": "$.n", "Next": "Add"}
    add = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1e308)"}, "End": True}
    make = {"Type": "Pass", "Result": {"n": number}, "Next": "Wait"}
    machine = {"StartAt": "Make", "States": {"Make": make, "Wait": wait, "Add": add}}

    list(check_flow(Machine(machine), input_schema={"const": number}))


def places(value, place=()):
    """Every place in a value but its root."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*place, key)
        if isinstance(item, dict | list):
            yield from places(item, (*place, key))


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(st.sampled_from(FLOW), st.integers(0, 2**32), JSON)
def test_so_is_a_definition_of_which_a_part_is_something_else(rule, seed, junk):
    definition = json.loads(json.dumps(rule.bad))
    place = random.Random(seed).choice(sorted(places(definition), key=str))
    inner = definition
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = junk

    list(check_flow(Machine(definition)))


def nested(depth, wrap):
    """Machines within machines."""
    inner = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    for _ in range(depth):
        inner = {"StartAt": "A", "States": {"A": wrap(inner)}}
    return inner


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: {"Type": "Map", "ItemProcessor": inner, "End": True},
        lambda inner: {"Type": "Parallel", "Branches": [inner, inner], "End": True},
    ],
    ids=["Map", "Parallel"],
)
def test_scopes_may_be_nested_deeply(wrap):
    assert list(check_flow(Machine(nested(9, wrap)))) == []


def test_far_too_deeply_as_well():
    machine = nested(300, lambda inner: {"Type": "Map", "ItemProcessor": inner, "End": True})

    list(check_flow(Machine(machine)))


def deep(depth):
    value = "$.x"
    for _ in range(depth):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize("field", ["Result", "Parameters", "Assign", "InputPath", "Next"])
def test_values_may_be_nested_deeply(field):
    state = {"Type": "Pass", field: {"x": deep(400)}, "End": True}

    list(check_flow(Machine({"StartAt": "A", "States": {"A": state}})))


def visits(definition):
    """How often states are entered with something new."""

    class Counting(Analysis):
        entered = 0

        def read_context(self, state, steps, item=None):
            type(self).entered += 1
            return super().read_context(state, steps, item)

    Counting(Machine(definition), UNKNOWN, lambda resource: UNKNOWN)
    return Counting.entered


def ring(count):
    """States in a ring, each of which reads the context once and puts something into the data."""
    states = {
        f"S{number}": {
            "Type": "Pass",
            "Parameters": {"it.$": "$$.State.Name", "before.$": "$"},
            "ResultPath": f"$.r{number}",
            "Next": f"S{(number + 1) % count}",
        }
        for number in range(count)
    }
    return {"StartAt": "S0", "States": states}


def test_a_line_of_states_is_looked_at_once():
    line = ring(100)
    line["States"]["S99"].pop("Next")

    assert visits(line) == 100


def test_a_ring_of_states_a_few_times():
    assert visits(ring(100)) <= 8 * 100


def test_ten_times_the_states_ten_times_the_work():
    assert visits(ring(400)) <= 4 * visits(ring(100))


def test_loops_within_loops_are_no_worse():
    """Each state may go back to every one before it."""
    count = 30
    states = {
        f"S{number}": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$$.State.Name", "StringEquals": "x", "Next": f"S{back}"}
                for back in range(number)
            ]
            or [{"Variable": "$.x", "IsPresent": True, "Next": "S0"}],
            "Default": f"S{number + 1}" if number + 1 < count else "S0",
        }
        for number in range(count)
    }
    rules = sum(len(state["Choices"]) for state in states.values())

    assert visits({"StartAt": "S0", "States": states}) <= 10 * rules
