"""P202 to P215: each Task's request against botocore's model of the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests.tasks import Request, requests_of
from pipelines.asl.checker.requests.texts import is_placeholder
from pipelines.asl.checker.requests.values import Problem, problems
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine

_PARAMETERS = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-parameters.html"
_SDK = "https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"
_MODEL: dict[str, Any] = {
    "ModelName": "churn",
    "ExecutionRoleArn": "${ModelRoleArn}",
    "PrimaryContainer": {"Image": "${Image}", "ModelDataUrl": "s3://${Bucket}/model.tar.gz"},
}


def _model(**changed: Any) -> Any:
    return one_task("sagemaker:createModel", {**_MODEL, **changed})


def _queue(**request: Any) -> Any:
    return one_task("aws-sdk:sqs:receiveMessage", request, ResultSelector={"n": 1})


@once_per_machine
def problems_of(machine: Machine) -> Iterator[Problem]:
    """All that is wrong with the requests of a machine; each rule takes its own."""
    for request in requests_of(machine):
        yield from _of_request(request)


def _of_request(request: Request) -> Iterator[Problem]:
    shape = request.found.request_shape
    if request.value is None:
        yield from _no_object(request)
        return
    if shape is not None:
        yield from problems(request.place, request.value, shape, request.reading)
    elif request.found.takes_nothing and request.value:
        yield Problem("P202", f"{request.found.name} takes no parameters", request.place)


def _no_object(request: Request) -> Iterator[Problem]:
    """Of JSONata's Arguments: those of JSONPath's Parameters that are none break the language."""
    value = request.state.fields.get(str(request.place[-1]))
    if request.state.language == "JSONPath" or value is None or isinstance(value, list):
        return
    if request.found.request_shape is None or (isinstance(value, str) and _may_be_made(value)):
        return
    yield Problem("P204", f"{json.dumps(value)[:80]} is not an object", request.place)


def _may_be_made(text: str) -> bool:
    return text.lstrip().startswith("{%") or is_placeholder(text)


def _of(machine: Machine, id: str) -> Iterator[Broken]:
    for problem in problems_of(machine):
        if problem.rule == id:
            yield Broken(problem.place, problem.message, problem.remedy)


@rule(
    "P202",
    source=_PARAMETERS,
    quote="The field Filter is not supported by Step Functions.",
    bad=_model(Tag=[]),
    good=_model(Tags=[]),
)
def a_request_has_known_members(machine: Machine) -> Iterator[Broken]:
    """A request has only members that the operation's input has, each with a capital first
    letter where Step Functions writes it so."""
    yield from _of(machine, "P202")


@rule(
    "P203",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html",
    quote="EndpointConfigName … Required: Yes",
    bad=one_task("sagemaker:updateEndpoint", {"EndpointName": "churn"}),
    good=one_task(
        "sagemaker:updateEndpoint", {"EndpointName": "churn", "EndpointConfigName": "churn-2"}
    ),
)
def a_request_has_its_required_members(machine: Machine) -> Iterator[Broken]:
    """A request has every member that the operation requires."""
    yield from _of(machine, "P203")


@rule(
    "P204",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html",
    quote="EnableNetworkIsolation … Type: Boolean",
    bad=_model(EnableNetworkIsolation="true"),
    good=_model(EnableNetworkIsolation=True),
)
def a_member_holds_a_value_of_its_type(machine: Machine) -> Iterator[Broken]:
    """A member holds a value of its type: an object, a list, a text, a number, true or false."""
    yield from _of(machine, "P204")


@rule(
    "P205",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/"
    "API_InferenceExecutionConfig.html",
    quote="Valid Values: Serial | Direct",
    bad=_model(InferenceExecutionConfig={"Mode": "Series"}),
    good=_model(InferenceExecutionConfig={"Mode": "Serial"}),
)
def a_member_holds_a_value_that_there_is(machine: Machine) -> Iterator[Broken]:
    """A member holds one of the values that its enumeration has, in the service's capitals."""
    yield from _of(machine, "P205")


@rule(
    "P206",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html",
    quote=r"Pattern: arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    bad=_model(ExecutionRoleArn="the role of the model"),
    good=_model(ExecutionRoleArn="${ModelRoleArn}"),
)
def a_text_matches_its_pattern(machine: Machine) -> Iterator[Broken]:
    """A text of SageMaker's matches the pattern that it enforces."""
    yield from _of(machine, "P206")


@rule(
    "P207",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html",
    quote="Array Members: Minimum number of 0 items. Maximum number of 50 items.",
    bad=_model(Tags=[{"Key": f"key-{number}", "Value": ""} for number in range(51)]),
    good=_model(Tags=[{"Key": "key", "Value": ""}]),
)
def a_value_is_within_its_bounds(machine: Machine) -> Iterator[Broken]:
    """A text's length, a list's size and a number are within the service's bounds."""
    yield from _of(machine, "P207")


@rule(
    "P208",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html",
    quote="Each attribute value is described as a name-value pair. The name is the data type, and "
    "the value is the data itself.",
    bad=one_task("dynamodb:putItem", {"TableName": "runs", "Item": {"id": {"S": "a", "N": "1"}}}),
    good=one_task("dynamodb:putItem", {"TableName": "runs", "Item": {"id": {"S": "a"}}}),
)
def a_union_has_one_member(machine: Machine) -> Iterator[Broken]:
    """Of a union's members exactly one is there: a value of DynamoDB's has one type."""
    yield from _of(machine, "P208")


@rule(
    "P213",
    severity="warning",
    source=_SDK,
    quote="Parameters in Step Functions are expressed in PascalCase, even if the native service "
    "API is in camelCase.",
    bad=one_task("batch:submitJob", {
        "JobName": "j", "JobQueue": "${Queue}", "JobDefinition": "${Job}",
        "RetryStrategy": {"attempts": 5},
    }),
    good=one_task("batch:submitJob", {
        "JobName": "j", "JobQueue": "${Queue}", "JobDefinition": "${Job}",
        "RetryStrategy": {"Attempts": 5},
    }),
)  # fmt: skip
def a_member_is_written_as_step_functions_writes_it(machine: Machine) -> Iterator[Broken]:
    """Step Functions writes members with a capital first letter and, in the AWS SDK
    integrations, as the SDK for Java 2 does (DbInstanceIdentifier); some integrations take other
    members than the service's API, in places."""
    yield from _of(machine, "P213")


@rule(
    "P214",
    severity="warning",
    source=_PARAMETERS,
    quote="You can include a JSON object directly in your state machine definition to pass as a "
    "parameter to a resource.",
    bad=_queue(QueueUrl="${Queue}", MaxNumberOfMessages="10"),
    good=_queue(QueueUrl="${Queue}", MaxNumberOfMessages=10),
)
def a_value_need_not_be_converted(machine: Machine) -> Iterator[Broken]:
    """A number is not written as a text, nor a text as a number: whether the integration
    converts it is up to the service."""
    yield from _of(machine, "P214")


@rule(
    "P215",
    severity="warning",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html",
    quote=r"Pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
    bad=one_task("lambda:invoke", {"FunctionName": "${Function}", "Qualifier": "the newest one"}),
    good=one_task("lambda:invoke", {"FunctionName": "${Function}", "Qualifier": "$LATEST"}),
)
def a_text_matches_the_pattern_that_its_service_documents(machine: Machine) -> Iterator[Broken]:
    """A text matches the pattern in its service's model; not every service holds to its own."""
    yield from _of(machine, "P215")
