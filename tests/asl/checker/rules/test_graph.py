"""The graph: targets, reachability, ends, names."""

import pytest

from pipelines.asl.checker.rules.examples import END, choice, compare, machine, task
from tests.asl.checker.rules.found import ANY_ERROR, messages, rules


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


def test_of_a_chain_that_nothing_leads_to_the_first_state_is_told():
    def on(name):
        return {"Type": "Pass", "Next": name}

    chain = machine(A=END, D=END, C=on("D"), B=on("C"))
    ring = machine(A=END, B=on("C"), C=on("B"))

    assert [each.split(":")[0] for each in messages(chain)] == ["States.B"]
    assert [each.split(":")[0] for each in messages(ring)] == ["States.B"]


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        ({"Type": "Pass", "Next": "Dnoe"}, "P111"),
        ({"Type": "Pass"}, "P103"),
        ({"Type": "Pass", "Nxet": "Done"}, "P102"),
        (task(Catch=[{"ErrorEquals": ANY_ERROR}]), "P103"),
        (task(Cacth=[{"ErrorEquals": ANY_ERROR, "Next": "Done"}]), "P102"),
        ({"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True}]}, "P143"),
    ],
)
def test_what_misses_its_target_is_told_once(state, rule):
    found = messages(machine(Work=state, Done={"Type": "Pass", "Next": "End"}, End=END))

    assert [each for each in found if "P145" not in each] == [
        each for each in found if rule in each
    ]
    assert rule in rules(machine(Work=state, Done=END))


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


def test_of_a_ring_one_state_is_told():
    def on(name):
        return {"Type": "Pass", "Next": name}

    into = machine(A=on("B"), B=on("C"), C=on("D"), D=on("C"))

    assert [each.split(":")[0] for each in messages(into)] == ["States.C"]


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
