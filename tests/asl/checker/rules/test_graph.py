"""The graph: targets, reachability, ends, names."""

import pytest

from pipelines.asl.checker.rules.examples import ANY_ERROR, END, choice, compare, machine, task
from tests.asl.checker.rules.found import messages, rules


def both(*branches, **fields):
    return {"Type": "Parallel", "Branches": list(branches), "End": True, **fields}


@pytest.mark.parametrize(
    "definition",
    [
        {"StartAt": "B", "States": {"A": END}},
        {"StartAt": "a", "States": {"A": END}},
        machine(A={"Type": "Pass", "Next": "Dnoe"}),
        choice(compare(IsPresent=True), Default="Other"),
        choice(compare(IsPresent=True), {**compare(IsNull=True), "Next": "X"}),
        machine(A=task(Catch=[{"ErrorEquals": ANY_ERROR, "Next": "B"}])),
        machine(A=both({"StartAt": "C", "States": {"B": END}})),
    ],
)
def test_a_target_that_is_not_there_is_found(definition):
    assert "P111" in rules(definition)


def test_nothing_leads_into_a_branch_or_out_of_it():
    outward = machine(A=both(machine(B={"Type": "Pass", "Next": "C"})), C=END)
    inward = machine(A=both(machine(B=END), Next="B"))
    del inward["States"]["A"]["End"]

    assert messages(outward)[0] == (
        "States.A.Branches[0].States.B.Next: 'C' is not in this scope but in the state machine"
        " (P111)"
    )
    assert messages(inward) == [
        "States.A.Next: 'B' is not in this scope but in States.A.Branches[0] (P111)"
    ]


@pytest.mark.parametrize(
    "definition",
    [
        machine(A=END, B=END),
        machine(
            A=END,
            B={"Type": "Choice", "Choices": [compare(IsPresent=True)], "Default": "C"},
            C={"Type": "Pass", "Next": "B"},
            Done=END,
        ),
        machine(A=both(machine(B=END, C=END))),
    ],
)
def test_a_state_that_nothing_leads_to_is_found(definition):
    assert rules(definition) == {"P112"}


@pytest.mark.parametrize(
    "definition",
    [
        machine(A={"Type": "Pass", "Next": "A"}),
        machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Pass", "Next": "A"}),
        machine(
            A={"Type": "Choice", "Choices": [compare(IsPresent=True)], "Default": "B"},
            B={"Type": "Pass", "Next": "B"},
            Done=END,
        ),
        machine(A=both(machine(B={"Type": "Pass", "Next": "B"}))),
    ],
)
def test_a_ring_without_a_way_out_is_found(definition):
    assert rules(definition) == {"P113"}


def test_a_loop_with_a_way_out_is_sound():
    again = {"Type": "Choice", "Choices": [compare(IsPresent=True)], "Default": "Work"}

    assert rules(machine(Again=again, Work={"Type": "Pass", "Next": "Again"}, Done=END)) == set()


@pytest.mark.parametrize(
    "definition",
    [
        machine(A=both(machine(B=END), machine(B=END))),
        machine(A=both(machine(A=END))),
        machine(A=both(machine(B=both(machine(A=END))))),
    ],
)
def test_a_name_that_two_states_have_is_found(definition):
    assert rules(definition) == {"P114"}


def test_names_have_1_to_80_characters():
    assert rules(machine(**{"a" * 80: END})) == set()
    assert rules(machine(**{"a" * 81: END})) == {"P121"}
    assert rules(machine(**{"": END})) == {"P121"}
    assert rules(machine(A=both(machine(**{"b" * 81: END})))) == {"P121"}


def test_a_definition_has_at_most_a_million_characters():
    large = machine(A={"Type": "Pass", "Result": "x" * 1_048_576, "End": True})

    assert rules(large) == {"P122"}
