"""Fields: unknown, missing, exclusive, of the wrong type or out of bounds."""

import pytest

from pipelines.asl.checker.rules.examples import END, jsonata, machine, task
from tests.asl.checker.rules.found import ANY_ERROR, messages, rules


def only(**state):
    return machine(Only={"Type": "Pass", "End": True, **state})


def mapped(**fields):
    processor = {"StartAt": "Work", "States": {"Work": END}}
    return machine(Each={"Type": "Map", "ItemProcessor": processor, "End": True, **fields})


def parallel(*branches, **fields):
    return machine(Both={"Type": "Parallel", "Branches": list(branches), "End": True, **fields})


@pytest.mark.parametrize(
    "definition",
    [
        {"StartAt": "A", "States": {}},
        machine(A="Pass"),
        machine(A={"End": True}),
        machine(A={"Type": 1, "End": True}),
        machine(A={"Type": "pass", "End": True}),
        machine(A={"Type": "Activity", "End": True}),
        parallel(machine(A=None)),
        mapped(ItemProcessor={"StartAt": "A", "States": {"A": {"Type": "Nothing"}}}),
    ],
)
def test_every_state_has_a_type(definition):
    assert "P101" in rules(definition)


@pytest.mark.parametrize(
    "definition",
    [
        {**machine(A=END), "TimeoutSecs": 5},
        {**machine(A=END), "End": True},
        only(Retry=[]),
        only(ResultSelector={}),
        machine(A={**END, "End": True}),
        machine(A={**END, "Next": "A"}),
        machine(A={**END, "Parameters": {}}),
        machine(A=task(Result={})),
        machine(A=task(Iterator={})),
        machine(A=task(Retry=[{"ErrorEquals": ANY_ERROR, "Interval": 1}])),
        machine(A=task(Catch=[{"ErrorEquals": ANY_ERROR, "Next": "A", "End": True}])),
        mapped(TimeoutSeconds=5),
        parallel(machine(A=END), TimeoutSeconds=5),
        parallel({**machine(A=END), "QueryLanguage": "JSONPath"}),
        mapped(ItemProcessor={**machine(A=END), "QueryLanguage": "JSONPath"}),
        mapped(ItemProcessor={**machine(A=END), "ProcessorConfig": {"Type": "INLINE"}}),
        machine(A={"Type": "Choice", "Choices": [], "Default": "B", "Next": "B"}, B=END),
        machine(A={"Type": "Fail", "InputPath": "$"}),
        machine(A=task(Credentials={"RoleArn": "r", "Role": "r"})),
    ],
)
def test_a_field_that_the_language_has_not_is_found(definition):
    assert "P102" in rules(definition)


@pytest.mark.parametrize(
    "definition",
    [
        {"States": {"A": END}},
        {"StartAt": "A"},
        machine(A={"Type": "Task", "TimeoutSeconds": 5, "End": True}),
        machine(A=task(Retry=[{"MaxAttempts": 1}])),
        machine(A=task(Catch=[{"ErrorEquals": ANY_ERROR}])),
        machine(A={"Type": "Choice", "Default": "B"}, B=END),
        machine(A={"Type": "Pass"}),
        machine(A={"Type": "Wait", "End": True}),
        machine(A={"Type": "Parallel", "End": True}),
        machine(A={"Type": "Map", "End": True}),
        parallel({"States": {"A": END}}),
        parallel({"StartAt": "A"}),
        mapped(ItemProcessor={"StartAt": "A"}),
        machine(A=task(Credentials={})),
    ],
)
def test_a_field_that_must_be_there_is_missed(definition):
    assert "P103" in rules(definition)


@pytest.mark.parametrize(
    "definition",
    [
        machine(A={"Type": "Pass", "Next": "B", "End": True}, B=END),
        machine(A={"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "End": True}),
        machine(A={"Type": "Wait", "Seconds": 1, "Timestamp": "2030-01-01T00:00:00Z", "End": True}),
        machine(A=task(TimeoutSecondsPath="$.t")),
        machine(A={"Type": "Fail", "Cause": "c", "CausePath": "$.c"}),
        mapped(Iterator=machine(A=END)),
        mapped(ItemSelector={}, Parameters={}),
        mapped(MaxConcurrency=1, MaxConcurrencyPath="$.n"),
    ],
)
def test_fields_that_exclude_each_other_are_found(definition):
    assert "P104" in rules(definition)


def test_an_end_that_is_false_says_nothing_beside_a_next():
    assert rules(machine(A={"Type": "Pass", "Next": "B", "End": False}, B=END)) == set()


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (machine(A=task(TimeoutSeconds=0)), "0 is less than 1"),
        (machine(A=task(TimeoutSeconds="60")), '"60" is not an integer'),
        (machine(A=task(TimeoutSeconds=True)), "true is not an integer"),
        (machine(A=task(TimeoutSeconds=None)), "null is not an integer"),
        (machine(A=task(TimeoutSeconds=1.5)), "1.5 is not an integer"),
        (machine(A=task(TimeoutSeconds=100_000_000)), "100,000,000 is more than 99,999,999"),
        (machine(A=task(TimeoutSeconds="{% 60 %}")), '"{% 60 %}" is not an integer'),
        (
            machine(A=task(Retry=[{"ErrorEquals": ANY_ERROR, "BackoffRate": 0.5}])),
            "0.5 is less than 1.0",
        ),
        (
            machine(A=task(Retry=[{"ErrorEquals": ANY_ERROR, "JitterStrategy": "full"}])),
            '"full" is not FULL or NONE',
        ),
        (machine(A=task(Retry={"ErrorEquals": ANY_ERROR})), "is not a list"),
        (only(ResultPath=5), "5 is not a path or null"),
        (only(End=False), "End is true, or it is left out and there is a Next"),
        (only(Comment=["a"]), '["a"] is not a text'),
        (only(Parameters="text"), '"text" is not an object or a list'),
        (only(Assign=[]), "[] is not an object"),
        (only(QueryLanguage="jsonata"), '"jsonata" is not JSONPath or JSONata'),
        ({**machine(A=END), "Version": "2.0"}, '"2.0" is not 1.0'),
        ({**machine(A=END), "Version": 1.0}, "1.0 is not a text"),
        (
            machine(A={"Type": "Wait", "Timestamp": "2026-01-01T00:00:00", "End": True}),
            "is not a timestamp",
        ),
        (machine(A={"Type": "Wait", "Seconds": "10", "End": True}), "is not an integer"),
        (machine(A={"Type": "Parallel", "Branches": [], "End": True}), "the list is empty"),
        (machine(A={"Type": "Parallel", "Branches": ["A"], "End": True}), '"A" is not an object'),
        (mapped(MaxConcurrency=-1), "-1 is less than 0"),
        (mapped(ToleratedFailurePercentage=101), "101 is more than 100"),
        (mapped(ItemsPath={}), "{} is not a path"),
        (
            jsonata(A={"Type": "Wait", "Seconds": "10", "End": True}),
            '"10" is not an integer or a JSONata expression like {% … %}',
        ),
    ],
)
def test_a_value_that_the_field_cannot_hold_is_found(definition, message):
    (found,) = [each for each in messages(definition) if each.endswith("(P105)")]
    assert message in found


@pytest.mark.parametrize(
    "definition",
    [
        machine(A=task(TimeoutSeconds="${Seconds}")),
        machine(A=task(Retry="${Retriers}")),
        machine(A={"Type": "Wait", "Timestamp": "${Until}", "End": True}),
        only(InputPath="${Path}", ResultPath="${Path}", Parameters="${Template}"),
        machine(A={"Type": "Wait", "SecondsPath": "{{ path }}", "End": True}),
        mapped(MaxConcurrency="${Most}", ItemsPath="${Items}"),
        machine(A={"Type": "${Type}", "End": True}),
        machine(A={"Type": "Pass", "Next": "${Next}"}, B=END),
    ],
)
def test_a_text_that_is_filled_in_later_passes_for_anything(definition):
    assert rules(definition) == set()


def test_expressions_stand_for_values_in_jsonata():
    wait = {"Type": "Wait", "Seconds": "{% $states.input.s %}", "Next": "B"}
    work = {**task(), "TimeoutSeconds": "{% 60 %}", "HeartbeatSeconds": "{% 10 %}"}

    assert rules(jsonata(A=wait, B=work)) == set()


def test_a_payload_template_can_be_a_list():
    assert rules(only(Parameters=[{"a.$": "$.a"}])) == set()


def test_a_comment_that_is_left_empty_in_yaml_is_null():
    assert rules({**machine(A={**END, "Comment": None}), "Comment": None}) == set()
