"""JSONPath and JSONata: whose fields are whose, and who can be what."""

import pytest

from pipelines.asl.checker.rules.examples import END, jsonata, machine, task
from tests.asl.checker.rules.found import messages, rules

OF_JSONPATH = [
    ("Pass", {"InputPath": "$.a"}),
    ("Pass", {"Parameters": {}}),
    ("Pass", {"Result": 1}),
    ("Pass", {"ResultPath": "$.a"}),
    ("Pass", {"OutputPath": "$.a"}),
    ("Wait", {"SecondsPath": "$.a"}),
    ("Wait", {"TimestampPath": "$.a"}),
]
OF_JSONATA = [("Pass", {"Output": 1})]


@pytest.mark.parametrize(("type", "fields"), OF_JSONPATH)
def test_fields_of_jsonpath_are_found_in_jsonata(type, fields):
    state = {"Type": type, **fields, "End": True}

    assert "P106" in rules(jsonata(A=state))
    assert "P106" in rules(machine(A={**state, "QueryLanguage": "JSONata"}))
    assert "P106" not in rules(machine(A=state))


@pytest.mark.parametrize(("type", "fields"), OF_JSONATA)
def test_fields_of_jsonata_are_found_in_jsonpath(type, fields):
    state = {"Type": type, **fields, "End": True}

    assert "P106" in rules(machine(A=state))
    assert rules(machine(A={**state, "QueryLanguage": "JSONata"})) == set()


def test_a_map_does_not_hand_its_language_on():
    inner = {"Type": "Pass", "Output": 1, "End": True}
    each = {"Type": "Map", "QueryLanguage": "JSONata", "ItemProcessor": machine(In=inner)}

    assert messages(machine(Each={**each, "End": True})) == [
        "States.Each.ItemProcessor.States.In.Output: Output is for JSONata, and the state's"
        " QueryLanguage is JSONPath (P106)"
    ]


def test_catchers_have_their_states_language():
    catcher = {"ErrorEquals": ["States.ALL"], "Next": "B", "ResultPath": "$.e"}
    state = task(Catch=[catcher], Next="B")

    assert rules(machine(A=state, B=END)) == set()
    assert rules(jsonata(A=state, B=END)) == {"P106"}


def test_a_jsonata_machine_has_no_jsonpath_states():
    assert rules(jsonata(A={**END, "QueryLanguage": "JSONPath"})) == {"P107"}
    assert rules(machine(A={**END, "QueryLanguage": "JSONata"})) == set()
