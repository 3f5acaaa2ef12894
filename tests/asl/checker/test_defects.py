"""One defect is told once, by the rule that says most of it."""

import pytest

from pipelines.asl.checker import check_all
from pipelines.asl.checker.defects import SAID_BY, without_repetitions
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.rules.examples import END, jsonata, machine, task
from pipelines.asl.findings import RULES, Finding

TOKEN = {"QueueUrl": "${Queue}", "MessageBody": {"Token.$": "$$.Task.Token"}}
MODEL = {
    "ModelName": "churn",
    "ExecutionRoleArn": "${RoleArn}",
    "PrimaryContainer": {"Image": "${Image}"},
}


def model(**changed):
    return one_task("sagemaker:createModel", {**MODEL, **changed})


def computed(expression):
    return machine(Only=task(Parameters={"value.$": expression}))


@pytest.mark.parametrize(
    ("definition", "rule"),
    [
        (one_task("sqs:sendMessage.waitForTaskToken", TOKEN, TimeoutSeconds=None), "P405"),
        (one_task("states:startExecution.synch", {"StateMachineArn": "${Machine}"}), "P201"),
        (machine(Only={"Type": "Pass", "Edn": True}), "P102"),
        (machine(Only=task(Retry={})), "P105"),
        (machine(Only=task(Catch={})), "P105"),
        (machine(Only=task(Retry=[{"ErrorEquals": ["E"], "MaxDelaySeconds": 0}])), "P105"),
        (machine(Only={"Type": "Wait", "SecondsPath": "$..s", "End": True}), "P152"),
        (computed("States.Hash('x', 'CRC32')"), "P153"),
        (jsonata(Only={"Type": "Wait", "Seconds": "{% 60", "End": True}), "P105"),
        (jsonata(Only={"Type": "Succeed", "Output": "{% customer.name %}"}), "P164"),
        (jsonata(Only={"Type": "Succeed", "Output": "{% $states.customer %}"}), "P163"),
        (model(ModelName="$.name"), "P206"),
        (model(ExecutionRoleArn="role"), "P206"),
        (model(PrimaryContainer={"Image": "churn"}), "P225"),
        (model(PrimaryContainr={"Image": "${Image}"}, PrimaryContainer=None), "P202"),
        (model(ModelNam="churn", ModelName=None), "P202"),
        (model(executionRoleArn="${RoleArn}", ExecutionRoleArn=None), "P202"),
    ],
)
def test_one_defect_is_told_once(definition, rule):
    found = [each for each in check_all(definition) if each.rule not in ("P403", "P404")]

    assert [each.rule for each in found] == [rule]


def test_a_way_that_is_never_taken_says_why():
    found = check_all(RULES["P313"].bad)

    assert [each.rule for each in found] == ["P313"]


def test_other_places_are_not_looked_at():
    here, there = ("States", "A", "Name"), ("States", "B", "Name")
    found = [Finding("P206", "", here), Finding("P207", "", there), Finding("P207", "", here)]

    assert without_repetitions(found) == found[:2]


def test_two_defects_are_told():
    definition = machine(Only=task(Catch=[{"ErrorEquals": []}]), Other=END)

    assert [each.rule for each in check_all(definition)] == ["P103", "P131"]


def test_an_error_is_said_by_an_error():
    check_all(machine(Only=END))  # imports every rule

    for rule, others in SAID_BY.items():
        assert RULES[rule].severity == "warning" or {RULES[each].severity for each in others} == {
            "error"
        }
