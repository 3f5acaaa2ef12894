"""What AWS says against parameters that the task cannot be started with."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.asl.integrations import start_problems


def problems(action: str, parameters: Any, *, has_paths: bool = True) -> list[str]:
    return start_problems(f"arn:aws:states:::{action}", parameters, has_paths=has_paths)


API: dict[str, Any] = {"ApiEndpoint": "a.example.com", "Method": "POST"}
MODEL: dict[str, Any] = {"ModelName": "churn", "ExecutionRoleArn": "arn:aws:iam::1:role/r"}


@pytest.mark.parametrize("value", ["a: b", {"custom_header": "a text"}, {"a": ["b"], "c": 1}])
def test_each_header_of_an_api_is_an_array(value: Any) -> None:
    expected = ["The value of the field 'Headers' has an invalid format"]
    assert problems("apigateway:invoke", {**API, "Headers": value}) == expected
    assert problems("apigateway:invoke", {**API, "Headers": {"custom_header": ["a", "b"]}}) == []


def test_query_parameters_are_an_object() -> None:
    expected = ["The value of the field 'QueryParameters' has an invalid format"]
    assert problems("apigateway:invoke", {**API, "QueryParameters": "?a=b"}) == expected
    assert problems("apigateway:invoke", {**API, "QueryParameters": {"a": ["b"]}}) == []


@pytest.mark.parametrize("payload", [1, 0.5, True])
def test_a_payload_is_a_text_an_object_or_an_array(payload: Any) -> None:
    expected = ["The value for the field 'Payload' must be a STRING"]
    assert problems("lambda:invoke", {"FunctionName": "f", "Payload": payload}) == expected


@pytest.mark.parametrize("payload", ["a", {"n": 1}, [1], None])
def test_any_other_payload_is_sent(payload: Any) -> None:
    assert problems("lambda:invoke", {"FunctionName": "f", "Payload": payload}) == []


def test_a_member_that_the_operation_lacks_is_not_supported() -> None:
    request = {"FunctionName": "f", "TaskToken": "t"}
    expected = ['The field "TaskToken" is not supported by Step Functions']
    assert problems("lambda:invoke.waitForTaskToken", request) == expected


def test_so_is_one_at_any_depth_whose_first_letter_is_small_in_an_sdk_integration() -> None:
    job = {"JobName": "j", "JobQueue": "q", "JobDefinition": "d"}
    strategy = {"EvaluateOnExit": [{"Action": "RETRY", "onStatusReason": "Host*"}]}
    request = {**job, "RetryStrategy": strategy}
    expected = ['The field "onStatusReason" is not supported by Step Functions']
    assert problems("aws-sdk:batch:submitJob", request) == expected


def test_but_the_optimized_integrations_read_small_letters_within_a_member() -> None:
    # AWS's own example: "RetryStrategy": {"attempts": 5}
    job = {"JobName": "j", "JobQueue": "q", "JobDefinition": "d"}
    assert problems("batch:submitJob", {**job, "RetryStrategy": {"attempts": 5}}) == []


def test_an_operation_that_takes_nothing_is_given_nothing() -> None:
    expected = ['The field "Region" is not supported by Step Functions']
    assert problems("aws-sdk:sts:getCallerIdentity", {"Region": "eu-west-1"}) == expected
    assert problems("aws-sdk:sts:getCallerIdentity", {}) == []


def test_a_required_member_is_missing_even_if_a_path_gave_the_object_that_lacks_it() -> None:
    assert problems("lambda:invoke", {}) == ["The field 'FunctionName' is required but was missing"]
    request = {**MODEL, "VpcConfig": {"Subnets": ["s-1"]}}
    expected = ["The field 'SecurityGroupIds' is required but was missing"]
    assert problems("sagemaker:createModel", request) == expected


def test_null_stands_for_a_member_that_is_there() -> None:
    assert problems("states:startExecution", {"StateMachineArn": None, "Input": None}) == []


def test_sagemakers_texts_are_texts() -> None:
    request = {**MODEL, "PrimaryContainer": {"Image": "i", "Environment": {"WORKERS": 2}}}
    expected = ["The value for the field 'WORKERS' must be a STRING"]
    assert problems("sagemaker:createModel", request) == expected


def test_what_is_wrong_is_listed_together() -> None:
    assert problems("apigateway:invoke", {"ApiEndpoint": "a", "Body": {}, "Headers": 1}) == [
        "The value of the field 'Headers' has an invalid format",
        'The field "Body" is not supported by Step Functions',
        "The field 'Method' is required but was missing",
    ]


TOKEN: dict[str, Any] = {"FunctionName": "f", "Payload": {"taskToken.$": "AQCwAAAAKgAA"}}


def test_a_key_that_still_asks_for_a_path_needs_one() -> None:
    assert problems("lambda:invoke", TOKEN) == [
        "The value for the field 'taskToken.$' must be a valid JSONPath"
        " or a valid intrinsic function call"
    ]


@pytest.mark.parametrize("text", ["$.token", "States.UUID()"])
def test_nothing_is_known_of_one_that_has_a_path(text: str) -> None:
    assert problems("lambda:invoke", {"FunctionName": "f", "Payload": {"token.$": text}}) == []


def test_in_jsonata_no_key_asks_for_a_path() -> None:
    assert problems("lambda:invoke", TOKEN, has_paths=False) == []


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:lambda:eu-west-1:123456789012:function:f",
        "arn:aws:states:eu-west-1:123456789012:activity:a",
        "arn:aws:states:::nowhere:doIt",
    ],
)
def test_a_function_an_activity_and_the_unknown_take_anything(resource: str) -> None:
    assert start_problems(resource, {"any.$": "thing"}, has_paths=True) == []


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("elasticmapreduce:addStep", {"Step": {"Unheard": 1}}),
        ("dynamodb:putItem", {"TableName": "t", "Item": {"id": {"s": "1"}}}),
        ("lambda:invoke", "no object"),
    ],
)
def test_what_no_report_shows_is_left_to_the_service(action: str, parameters: Any) -> None:
    assert problems(action, parameters) == []
