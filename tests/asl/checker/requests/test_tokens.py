"""The task token goes with the pattern that waits for it."""

import pytest

from pipelines.asl.checker import check_all
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests import check_requests

WAIT = "sqs:sendMessage.waitForTaskToken"


def rules(resource, body, **fields):
    request = {"QueueUrl": "${Queue}", "MessageBody": body}
    return [each.rule for each in check_requests(one_task(resource, request, **fields))]


def jsonata(resource, body, **fields):
    request = {"QueueUrl": "${Queue}", "MessageBody": body}
    machine = one_task(resource, QueryLanguage="JSONata", Arguments=request, **fields)
    return [each.rule for each in check_requests(machine)]


@pytest.mark.parametrize(
    "body",
    [
        {"Token.$": "$$.Task.Token"},
        {"Task.$": "$$.Task"},
        {"All.$": "$$"},
        {"Text.$": "States.Format('{}', $$.Task.Token)"},
        {"Token.$": "$$['Task']['Token']"},
    ],
)
def test_the_token_is_handed_on(body):
    assert rules(WAIT, body) == []


@pytest.mark.parametrize(
    "body",
    [
        "{% $states.context.Task.Token %}",
        {"Task": "{% $states.context.Task %}"},
        {"All": "{% $states.context %}"},
        {"All": "{% $lookup($states, 'context') %}"},
    ],
)
def test_the_token_is_handed_on_in_jsonata(body):
    assert jsonata(WAIT, body) == []


@pytest.mark.parametrize("body", [{"Input.$": "$"}, {"Id.$": "$$.Execution.Id"}, "$$.Task.Token"])
def test_without_the_token_nobody_can_answer(body):
    assert rules(WAIT, body, TimeoutSeconds=None) == ["P210"]


def test_without_the_token_a_task_can_only_time_out():
    assert rules(WAIT, {"Input.$": "$"}, TimeoutSeconds=60) == ["P217"]
    assert jsonata(WAIT, "{% $states.input %}", TimeoutSeconds=60) == ["P217"]


def test_a_request_that_an_expression_makes_is_not_judged():
    machine = one_task(WAIT, QueryLanguage="JSONata", Arguments="{% $states.input.request %}")

    assert check_requests(machine) == []


def test_a_task_that_goes_on_has_no_token():
    assert rules("sqs:sendMessage", {"Token.$": "$$.Task.Token"}) == ["P211"]
    assert jsonata("sqs:sendMessage", "{% $states.context.Task.Token %}") == ["P211"]


def test_a_nested_execution_that_is_waited_for_has_a_token():
    request = {"StateMachineArn": "${Inner}", "Input": {"Token.$": "$$.Task.Token"}}

    assert check_requests(one_task("states:startExecution.sync", request)) == []
    assert [each.rule for each in check_requests(one_task("states:startExecution", request))] == [
        "P211"
    ]


def test_an_express_child_waits_for_nothing():
    inner = one_task(WAIT, {"QueueUrl": "${Q}", "MessageBody": {"Token.$": "$$.Task.Token"}})
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    each = {"Type": "Map", "ItemProcessor": {"ProcessorConfig": config, **inner}, "End": True}
    machine = {"StartAt": "Each", "States": {"Each": each}}

    assert [found.rule for found in check_requests(machine)] == ["P216"]


PAUSE = {"Type": "Wait", "Seconds": 600, "End": True}
EACH = {
    "Type": "Map",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Done",
        "States": {"Done": {"Type": "Succeed"}},
    },
    "ResultPath": None,
    "End": True,
}


@pytest.mark.parametrize(
    ("machine", "rule"),
    [
        (one_task("states:startExecution.sync:2", {"StateMachineArn": "${Inner}"}), "P216"),
        (one_task(WAIT, {"QueueUrl": "${Q}", "MessageBody": {"T.$": "$$.Task.Token"}}), "P216"),
        ({"StartAt": "Each", "States": {"Each": EACH}}, "P216"),
        ({"StartAt": "Pause", "States": {"Pause": PAUSE}}, "P414"),
    ],
)
def test_what_an_express_workflow_has_not(machine, rule):
    assert rule in {each.rule for each in check_all(machine, type="EXPRESS")}
    assert rule not in {each.rule for each in check_all(machine, type="STANDARD")}
    assert rule not in {each.rule for each in check_all(machine)}


def test_an_express_workflow_calls_and_goes_on():
    machine = one_task("states:startExecution", {"StateMachineArn": "${Inner}"})

    assert check_all(machine, type="EXPRESS") == []
