"""Variables and their scopes."""

import pytest

from tests.asl.checker.flow.machines import DONE, chain, make, message, read, rules, task, use

ASSIGN = {"job": {"id": "a1"}, "n.$": "$.n"}


def assign(variables=ASSIGN, **fields):
    return make({"n": 5}, Assign=variables, **fields)


@pytest.mark.parametrize("path", ["$job", "$job.id", "$n", "States.Format('{}', $job.id)"])
def test_what_is_assigned_is_there_from_the_next_state_on(path):
    assert rules(chain(assign(), make({}), read(path))) == []


def test_not_in_the_state_itself():
    state = {**assign(), "OutputPath": "$n"}

    assert rules(chain(state)) == ["P304 States.One.OutputPath"]


def test_a_variable_that_nobody_assigns():
    assert message(chain(assign(), read("$jobs.id"))) == (
        "nothing has been assigned to $jobs; did you mean job?"
    )


def test_a_field_that_a_variable_does_not_have():
    assert message(chain(assign(), read("$job.ID"))) == (
        "$job.ID leads nowhere: $job (the variable $job) has only id"
    )


def test_a_variable_that_one_way_does_not_assign():
    machine = chain(
        {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "IsPresent": True, "Assign": {"n.$": "$.n"}, "Next": "Use"}
            ],
            "Default": "Use",
        },
        Use={**read("$n"), "End": True},
    )

    assert rules(machine) == ["P305 States.Use.Parameters.it.$"]


def test_a_choice_assigns_by_default_what_stands_in_the_state():
    machine = chain(
        {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "IsPresent": True, "Assign": {"n.$": "$.n"}, "Next": "Use"}
            ],
            "Default": "Use",
            "Assign": {"n": 0},
        },
        Use={**read("$n"), "End": True},
    )

    assert rules(machine) == []


def test_a_catcher_assigns_of_the_error():
    catch = [
        {"ErrorEquals": ["States.ALL"], "Assign": {"why.$": "$.Cause"}, "Next": "Clean"},
    ]
    machine = chain(task(Catch=catch), Clean={**read("$why"), "End": True})

    assert rules(machine) == []


def test_a_task_assigns_of_its_result_not_of_its_input():
    machine = chain(
        make({"n": 5}), {**task(ResultPath="$.x"), "Assign": {"n.$": "$.n"}}, read("$n")
    )

    assert rules(machine) == []


def test_branches_read_the_variables_around_them():
    branch = chain(use({"id.$": "$job.id"}, Assign={"inner": 1}), read("$inner"))
    machine = chain(assign(), {"Type": "Parallel", "Branches": [branch]}, read("$job.id"))

    assert rules(machine) == []


def test_what_a_branch_assigns_ends_with_it():
    branch = chain(make(1, Assign={"inner": 1}))
    machine = chain({"Type": "Parallel", "Branches": [branch]}, read("$inner"))

    assert rules(machine) == ["P304 States.Two.Parameters.it.$"]


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        ("INLINE", []),
        ("DISTRIBUTED", ["P304 States.Two.ItemProcessor.States.One.Parameters.it.$"]),
    ],
)
def test_child_executions_do_not_have_the_variables_around_them(mode, found):
    processor = {"ProcessorConfig": {"Mode": mode}, **chain(read("$job.id"))}
    machine = chain(
        make([1, 2], Assign={"job": {"id": 1}}), {"Type": "Map", "ItemProcessor": processor}
    )

    assert rules(machine) == found


def test_a_variable_counts_around_a_loop():
    machine = chain(
        make({}, Assign={"n": 0}),
        make({}, Assign={"n.$": "States.MathAdd($n, 1)"}),
        {
            "Type": "Choice",
            "Choices": [{"Variable": "$n", "NumericLessThan": 10, "Next": "Two"}],
            "Default": "Done",
        },
        Done=DONE,
    )

    assert rules(machine) == []


def test_jsonata_and_jsonpath_states_share_them():
    machine = chain(
        {
            "Type": "Pass",
            "QueryLanguage": "JSONata",
            "Assign": {"job": {"id": "{% $states.context.Execution.Name %}"}},
        },
        read("$job.id"),
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $job.id & '-1' %}"},
    )

    assert rules(machine) == []
