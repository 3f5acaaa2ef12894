"""TestState: one state by itself, with what becomes of its data, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.whole import Whole


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """One engine for all: TestState leaves nothing behind."""
    root: Path = tmp_path_factory.mktemp("engine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        whole = Whole(root / ".local")
    whole.function("double", "def handler(event, context): return {'n': event['n'] * 2}")
    whole.function("fails", "def handler(event, context): raise ValueError('because')")
    yield whole
    whole.close()


def outcome(whole: Whole, state: Mapping[str, Any], input: Any = None, **more: Any) -> Any:
    """TestState's response, its JSON texts parsed."""
    for name in ("variables", "context"):
        if name in more:
            more[name] = json.dumps(more[name])
    mock = more.get("mock", {})
    if "result" in mock:
        more["mock"] = {**mock, "result": json.dumps(mock["result"])}
    response = whole.client("stepfunctions").test_state(
        definition=json.dumps(state), input=json.dumps(input or {}), **more
    )
    del response["ResponseMetadata"]
    if "output" in response:
        response["output"] = json.loads(response["output"])
    seen = response.get("inspectionData", {})
    for name, text in seen.items():
        if isinstance(text, str):
            seen[name] = json.loads(text)
    return response


def invoke(function: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        "End": True,
        **more,
    }


def test_a_pass_state_says_what_it_makes_of_its_input(whole):
    state = {"Type": "Pass", "Result": {"b": 2}, "ResultPath": "$.r", "Next": "There"}

    assert outcome(whole, state, {"a": 1}) == {
        "status": "SUCCEEDED",
        "output": {"a": 1, "r": {"b": 2}},
        "nextState": "There",
    }


def test_each_stage_of_the_data_is_shown(whole):
    state = invoke(
        "double",
        InputPath="$.in",
        ResultSelector={"twice.$": "$.Payload.n"},
        ResultPath="$.out",
        OutputPath="$.out",
    )

    response = outcome(whole, state, {"in": {"n": 21}}, inspectionLevel="DEBUG")

    assert response["output"] == {"twice": 42}
    seen = response["inspectionData"]
    assert seen["result"]["Payload"] == {"n": 42}
    assert {name: value for name, value in seen.items() if name != "result"} == {
        "input": {"in": {"n": 21}},
        "afterInputPath": {"n": 21},
        "afterParameters": {"FunctionName": "double", "Payload": {"n": 21}},
        "afterResultSelector": {"twice": 42},
        "afterResultPath": {"in": {"n": 21}, "out": {"twice": 42}},
    }


def test_a_pass_state_shows_what_would_be_its_result(whole):
    # The example of AWS's guide.
    state = {
        "Type": "Pass",
        "InputPath": "$.payload",
        "Parameters": {"data": 1},
        "ResultPath": "$.result",
        "OutputPath": "$.result.data",
        "Next": "Another State",
    }

    response = outcome(whole, state, {"payload": {"foo": "bar"}}, inspectionLevel="DEBUG")

    assert response == {
        "status": "SUCCEEDED",
        "output": 1,
        "nextState": "Another State",
        "inspectionData": {
            "input": {"payload": {"foo": "bar"}},
            "afterInputPath": {"foo": "bar"},
            "afterParameters": {"data": 1},
            "afterResultSelector": {"data": 1},
            "afterResultPath": {"payload": {"foo": "bar"}, "result": {"data": 1}},
        },
    }


def test_a_result_of_its_own_hides_what_was_before_it(whole):
    state = {"Type": "Pass", "Result": {"b": 2}, "ResultPath": "$.r", "End": True}

    response = outcome(whole, state, {"a": 1}, inspectionLevel="DEBUG")

    assert response["inspectionData"] == {
        "input": {"a": 1},
        "result": {"b": 2},
        "afterResultSelector": {"b": 2},
        "afterResultPath": {"a": 1, "r": {"b": 2}},
    }


def test_the_input_is_shown_as_it_was_written(whole):
    response = whole.client("stepfunctions").test_state(
        definition='{"Type": "Succeed"}', input='{ "a":  1.50 }', inspectionLevel="DEBUG"
    )

    assert response["inspectionData"] == {
        "input": '{ "a":  1.50 }',
        "afterInputPath": '{"a":1.5}',
    }


MAP = {
    "Type": "Map",
    "ItemProcessor": {"StartAt": "In", "States": {"In": {"Type": "Succeed"}}},
    "End": True,
}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}


def test_a_map_shows_its_items_and_how_it_would_go_through_them(whole):
    state = {
        **MAP,
        "ItemProcessor": {**MAP["ItemProcessor"], **DISTRIBUTED},
        "InputPath": "$.in",
        "ItemsPath": "$.items",
        "ItemSelector": {"value.$": "$$.Map.Item.Value", "number.$": "$$.Map.Item.Index"},
        "ItemBatcher": {"MaxItemsPerBatch": 2},
        "MaxConcurrencyPath": "$.at_once",
        "ToleratedFailurePercentage": 12.5,
        "ResultPath": "$.out",
    }
    given = {"in": {"items": ["a", "b", "c"], "at_once": 7}}

    response = outcome(whole, state, given, mock={"result": [1, 2]}, inspectionLevel="DEBUG")

    selected = [{"value": value, "number": number} for number, value in enumerate("abc")]
    assert response["inspectionData"] == {
        "input": given,
        "afterInputPath": given["in"],
        "maxConcurrency": 7,
        "toleratedFailurePercentage": 12.5,
        "afterItemsPath": ["a", "b", "c"],
        "afterItemSelector": selected,
        "afterItemBatcher": [{"Items": selected[:2]}, {"Items": selected[2:]}],
        "result": [1, 2],
        "afterResultSelector": [1, 2],
        "afterResultPath": {**given, "out": [1, 2]},
    }


def test_a_map_in_jsonata_shows_its_inputs(whole):
    state = {
        **MAP,
        "QueryLanguage": "JSONata",
        "Items": "{% $states.input.items %}",
        "ItemSelector": {"twice": "{% $states.context.Map.Item.Value * 2 %}"},
        "MaxConcurrency": "{% $most %}",
    }

    response = outcome(
        whole,
        state,
        {"items": [1, 2]},
        variables={"most": 3},
        mock={"result": ["x", "y"]},
        inspectionLevel="TRACE",
    )

    assert response["inspectionData"] == {
        "input": {"items": [1, 2]},
        "maxConcurrency": 3,
        "afterItemSelector": [{"twice": 2}, {"twice": 4}],
        "result": ["x", "y"],
        "variables": {"most": 3},
    }


def test_the_members_of_an_object_are_items_and_what_a_reader_reads_is_not_shown(whole):
    state = {**MAP, "ItemProcessor": {**MAP["ItemProcessor"], **DISTRIBUTED}}
    reader = {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "Parameters": {"Bucket": "bucket"},
    }

    def seen(state):
        mock = {"result": [1]}
        return outcome(whole, state, {"k": "v"}, mock=mock, inspectionLevel="DEBUG")[
            "inspectionData"
        ]

    assert seen({**state, "ItemSelector": {"it.$": "$$.Map.Item"}})["afterItemSelector"] == [
        {"it": {"Index": 0, "Value": "v", "Key": "k"}}
    ]
    assert seen({**state, "ItemBatcher": {"MaxItemsPerBatch": 9}})["afterItemBatcher"] == [
        {"Items": [{"Key": "k", "Value": "v"}]}
    ]
    assert "afterItemsPath" not in seen({**state, "ItemReader": reader})


@pytest.mark.parametrize("arguments", [{"Parameters": {"p.$": "$.a"}}, {}])
def test_a_parallel_state_shows_of_its_input_only_parameters(whole, arguments):
    inner = {"StartAt": "In", "States": {"In": {"Type": "Succeed"}}}
    state = {"Type": "Parallel", "Branches": [inner], "End": True, **arguments}

    response = outcome(whole, state, {"a": 1}, mock={"result": [2]}, inspectionLevel="DEBUG")

    seen = response["inspectionData"]
    assert seen.get("afterParameters") == ({"p": 1} if arguments else None)
    assert "afterInputPath" not in seen
    assert seen["afterResultPath"] == [2]


def test_jsonata_has_stages_of_its_own(whole):
    state = {
        "QueryLanguage": "JSONata",
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "double", "Payload": {"n": "{% $states.input.n + $more %}"}},
        "Assign": {"twice": "{% $states.result.Payload.n %}"},
        "Output": "{% $states.result.Payload %}",
        "End": True,
    }

    response = outcome(whole, state, {"n": 20}, variables={"more": 1}, inspectionLevel="TRACE")

    assert (response["status"], response["output"]) == ("SUCCEEDED", {"n": 42})
    seen = response["inspectionData"]
    assert seen["afterArguments"] == {"FunctionName": "double", "Payload": {"n": 21}}
    assert seen["variables"] == {"more": 1, "twice": 42}
    assert "afterInputPath" not in seen


@pytest.mark.parametrize(("auc", "next"), [(0.95, "Register"), (0.5, "Refuse")])
def test_a_choice_says_where_it_goes(whole, auc, next):
    rule = {"Variable": "$.auc", "NumericGreaterThan": 0.9, "Next": "Register"}
    state = {"Type": "Choice", "Choices": [rule], "Default": "Refuse"}

    assert outcome(whole, state, {"auc": auc})["nextState"] == next


def test_a_wait_is_not_waited_for(whole):
    state = {"Type": "Wait", "Seconds": 200, "Next": "There"}

    assert outcome(whole, state, {"a": 1})["nextState"] == "There"


def test_what_would_take_more_than_five_minutes_times_out(whole):
    response = outcome(whole, {"Type": "Wait", "Seconds": 301, "Next": "There"})

    assert (response["status"], response["error"]) == ("FAILED", "States.Timeout")


def test_a_fail_state_fails(whole):
    state = {"Type": "Fail", "Error": "TooBad", "CausePath": "$.why"}

    assert outcome(whole, state, {"why": "because"}) == {
        "status": "FAILED",
        "error": "TooBad",
        "cause": "because",
    }


def test_an_error_that_nothing_takes_fails_the_state(whole):
    response = outcome(whole, invoke("fails"))

    assert (response["status"], response["error"]) == ("FAILED", "ValueError")
    assert json.loads(response["cause"])["errorMessage"] == "because"


def test_an_error_that_is_retried_is_retriable_and_not_retried(whole, tmp_path):
    file = tmp_path / "calls"
    code = "def handler(e, c): open(e['file'], 'a').write('x'); raise ValueError('because')"
    whole.function("counts", code)
    retriers = [
        {"ErrorEquals": ["Other"]},
        {"ErrorEquals": ["ValueError"], "IntervalSeconds": 5, "BackoffRate": 3},
    ]
    state = invoke("counts", Retry=retriers)

    response = outcome(whole, state, {"file": str(file)}, inspectionLevel="DEBUG")

    assert (response["status"], response["error"]) == ("RETRIABLE", "ValueError")
    assert response["inspectionData"]["errorDetails"] == {
        "retryIndex": 1,
        "retryBackoffIntervalSeconds": 5,
    }
    assert file.read_text() == "x"


def test_an_error_that_is_caught_says_by_whom_and_what_is_handed_over(whole):
    catchers = [
        {"ErrorEquals": ["Other"], "Next": "Elsewhere"},
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Sorry"},
    ]

    response = outcome(whole, invoke("fails", Catch=catchers), {"a": 1}, inspectionLevel="DEBUG")

    assert (response["status"], response["nextState"]) == ("CAUGHT_ERROR", "Sorry")
    assert response["output"]["a"] == 1
    assert response["output"]["error"]["Error"] == "ValueError"
    assert response["inspectionData"]["errorDetails"] == {"catchIndex": 1}


# Mocks


def test_a_mocked_task_is_not_called(whole):
    state = invoke("there is no such function", ResultSelector={"n.$": "$.Payload.n"})

    response = outcome(whole, state, mock={"result": {"Payload": {"n": 1}, "StatusCode": 200}})

    assert response["output"] == {"n": 1}


def test_a_mocked_error_is_retried_as_often_as_it_may_be(whole):
    retry = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "IntervalSeconds": 3}
    catch = {"ErrorEquals": ["States.ALL"], "Next": "Sorry"}
    state = invoke("f", Retry=[retry], Catch=[catch])
    mock = {"errorOutput": {"error": "TooBad", "cause": "because"}}

    def status(retries: int) -> Any:
        response = outcome(
            whole,
            state,
            mock=mock,
            stateConfiguration={"retrierRetryCount": retries},
            inspectionLevel="DEBUG",
        )
        return response["status"], response["inspectionData"]["errorDetails"]

    assert status(0) == ("RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 3})
    assert status(1) == ("RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 6})
    assert status(2) == ("CAUGHT_ERROR", {"catchIndex": 0})


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        ("states:startExecution.sync:2", {"StateMachineArn": "arn:machine"}),
        ("sqs:sendMessage.waitForTaskToken", {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"}),
    ],
)
def test_what_is_waited_for_needs_a_mock(whole, resource, parameters):
    arn = f"arn:aws:states:::{resource}"
    state = {"Type": "Task", "Resource": arn, "Parameters": parameters, "End": True}

    with pytest.raises(ClientError, match="A mock must be specified"):
        outcome(whole, state)
    mock = {"result": {"a": 1}, "fieldValidationMode": "NONE"}
    assert outcome(whole, state, mock=mock)["output"] == {"a": 1}


@pytest.mark.parametrize("kind", ["Map", "Parallel"])
def test_a_map_or_a_parallel_is_mocked_as_a_whole(whole, kind):
    inner = {"StartAt": "In", "States": {"In": {"Type": "Succeed"}}}
    part = {"ItemProcessor": inner} if kind == "Map" else {"Branches": [inner]}
    state = {"Type": kind, **part, "ResultPath": "$.all", "Next": "There"}

    with pytest.raises(ClientError, match="A mock must be specified"):
        outcome(whole, state)
    response = outcome(whole, state, {"a": 1}, mock={"result": [1, 2]})

    assert (response["output"], response["nextState"]) == ({"a": 1, "all": [1, 2]}, "There")


def test_a_mocked_result_is_held_to_the_services_answer(whole):
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution",
        "Parameters": {"StateMachineArn": "arn:aws:states:eu-central-1:000000000000:x:y:z"},
        "End": True,
    }
    started = {"ExecutionArn": "arn", "StartDate": "2026-01-01T00:00:00Z"}

    assert outcome(whole, state, mock={"result": started})["output"] == started
    with pytest.raises(ClientError, match="StartDate"):
        outcome(whole, state, mock={"result": {"ExecutionArn": "arn"}})
    lenient = {"result": {"ExecutionArn": "arn"}, "fieldValidationMode": "PRESENT"}
    assert outcome(whole, state, mock=lenient)["status"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="Nonsense"):
        outcome(whole, state, mock={**lenient, "result": {"Nonsense": 1}})


def test_a_mocked_state_sees_the_context_object_that_is_given(whole):
    state = invoke("f", Parameters={"id.$": "$$.Execution.Id", "token.$": "$$.Task.Token"})
    context = {"Execution": {"Id": "mine"}, "Task": {"Token": "secret"}}

    response = outcome(
        whole,
        state,
        mock={"result": {"Payload": 1, "StatusCode": 200}},
        context=context,
        inspectionLevel="DEBUG",
    )

    parameters = response["inspectionData"]["afterParameters"]
    assert parameters == {"id": "mine", "token": "secret"}
    with pytest.raises(ClientError, match="context may only be specified if a mock"):
        outcome(whole, {"Type": "Succeed"}, context=context)


# A state of a whole definition


def test_a_state_is_found_in_its_definition_wherever_it_stands(whole):
    inner = {
        "StartAt": "Deep",
        "States": {"Deep": {"Type": "Pass", "Output": "{% 40 + 2 %}", "End": True}},
    }
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Fork",
        "States": {"Fork": {"Type": "Parallel", "Branches": [inner], "End": True}},
    }

    assert outcome(whole, definition, stateName="Deep")["output"] == 42
    with pytest.raises(ClientError, match="State not found in definition"):
        outcome(whole, definition, stateName="None")


@pytest.mark.parametrize(
    ("state", "more", "code"),
    [
        ({"Type": "Pas"}, {}, "InvalidDefinition"),
        ({"Type": "Pass", "End": True}, {"mock": {"result": 1}}, "ValidationException"),
        (invoke("f"), {"mock": {}}, "ValidationException"),
        (
            invoke("f"),
            {"mock": {"result": 1}, "stateConfiguration": {"errorCausedByState": "x"}},
            "ValidationException",
        ),
        (
            {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "End": True},
            {},
            "InvalidDefinition",
        ),
    ],
)
def test_what_cannot_be_tested_is_refused(whole, state, more, code):
    with pytest.raises(ClientError) as caught:
        outcome(whole, state, **more)

    assert caught.value.response["Error"]["Code"] == code
