"""Values behind paths and expressions, held to the models of the services."""

import pytest

from pipelines.asl.checker.flow import check_flow
from pipelines.asl.checker.flow.texts import can_be, can_match
from pipelines.asl.model import Machine
from tests.asl.checker.flow.machines import chain, make, message, rules, use

DATA = {
    "text": "job-1",
    "number": 5,
    "list": ["a"],
    "object": {"Key": "stage", "Value": "dev"},
    "bad name": "job(1)",
    "kind": "ml.m5.huge",
}
PROCESSING = "arn:aws:states:::sagemaker:createProcessingJob.sync"
TRAINING = "arn:aws:states:::sagemaker:createTrainingJob.sync"
MODELS = "arn:aws:states:::aws-sdk:sagemaker:listModels"
QUEUE = "arn:aws:states:::sqs:sendMessage"


def send(resource, parameters, *before):
    """A machine that makes values and sends a request with them."""
    first = before or (make(DATA),)
    return chain(*first, {"Type": "Task", "Resource": resource, "Parameters": parameters})


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        (PROCESSING, {"ProcessingJobName.$": "$.text"}),
        (PROCESSING, {"ProcessingJobName.$": "States.Format('{}-x', $.text)"}),
        (PROCESSING, {"ProcessingJobName.$": "States.Format('{}', $$.Execution.Name)"}),
        (MODELS, {"MaxResults.$": "$.number"}),
        (MODELS, {"NoSuchMember.$": "$.number"}),
        (TRAINING, {"Tags.$": "States.Array($.object)"}),
        (TRAINING, {"HyperParameters": {"depth.$": "$.text"}}),
        (QUEUE, {"MessageBody.$": "$.object"}),
        ("arn:aws:states:::lambda:invoke", {"Payload.$": "$.number"}),
        ("arn:aws:states:::dynamodb:putItem", {"TableName": "runs", "Item": {"id.$": "$.text"}}),
        ("arn:aws:states:::nowhere:toBeFound", {"Payload.$": "$.number"}),
        ("arn:aws:lambda:eu-central-1:123456789012:function:f", {"any.$": "$.number"}),
    ],
)
def test_what_fits_is_sent(resource, parameters):
    assert rules(send(resource, parameters)) == []


@pytest.mark.parametrize(
    ("resource", "parameters", "field"),
    [
        (PROCESSING, {"ProcessingJobName.$": "$.number"}, "ProcessingJobName.$"),
        (PROCESSING, {"ProcessingJobName.$": "$['bad name']"}, "ProcessingJobName.$"),
        (
            PROCESSING,
            {"ProcessingJobName.$": "States.Format('{}: x', $.text)"},
            "ProcessingJobName.$",
        ),
        (PROCESSING, {"ProcessingJobName.$": "$$.Execution.Id"}, "ProcessingJobName.$"),
        (
            PROCESSING,
            {"ProcessingJobName.$": "States.Format('x-{}', $$.State.EnteredTime)"},
            "ProcessingJobName.$",
        ),
        (PROCESSING, {"ProcessingInputs.$": "$.object"}, "ProcessingInputs.$"),
        (MODELS, {"MaxResults.$": "$.text"}, "MaxResults.$"),
        (
            TRAINING,
            {"ResourceConfig": {"InstanceType.$": "$.kind"}},
            "ResourceConfig.InstanceType.$",
        ),
        (TRAINING, {"Tags.$": "$.list"}, "Tags.$"),
        (TRAINING, {"Tags": [{"Key.$": "$.list", "Value": "x"}]}, "Tags[0].Key.$"),
        (TRAINING, {"HyperParameters": {"depth.$": "$.object"}}, "HyperParameters.depth.$"),
    ],
)
def test_what_does_not_fit_is_an_error(resource, parameters, field):
    assert rules(send(resource, parameters)) == [f"P308 States.Two.Parameters.{field}"]


def test_a_service_that_takes_more_than_it_says_is_a_warning():
    assert rules(send(QUEUE, {"DelaySeconds.$": "$.text"})) == [
        "P309 States.Two.Parameters.DelaySeconds.$"
    ]


def test_a_text_that_should_have_been_a_path_is_followed_to_where_it_is_used():
    """The first state lacks the `.$` behind its key: its text is taken as it stands."""
    name = use({"id": "States.ArrayGetItem(States.StringSplit(States.UUID(), '-'), 4)"})
    machine = send(PROCESSING, {"ProcessingJobName.$": "States.Format('census-{}-0', $.id)"}, name)

    assert "does not match" in message(machine)


def test_jsonata_arguments_are_held_to_the_model_as_well():
    machine = {
        "QueryLanguage": "JSONata",
        **chain(
            {"Type": "Pass", "Output": DATA},
            {
                "Type": "Task",
                "Resource": MODELS,
                "Arguments": {"MaxResults": "{% $states.input.text %}"},
            },
        ),
    }

    assert rules(machine) == ["P308 States.Two.Arguments.MaxResults"]


def test_answers_are_those_of_the_service():
    from pipelines.asl.checker.flow.answers import answer_of

    answer = answer_of(PROCESSING)

    assert str(answer.object.get("ProcessingJobName").type) == "a text"
    assert answer.object.get("ProcessingJobNam") is None


def test_a_text_that_a_substitution_completes_is_known_in_part():
    uri = {"S3Output": {"S3Uri": "States.Format('s3://${Bucket}/{}', $.text)"}}
    parameters = {"ProcessingOutputConfig": {"Outputs": [uri]}}

    assert rules(send(PROCESSING, parameters)) == [
        "P308 States.Two.Parameters.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri"
    ]


def test_a_text_that_stands_for_another_one_is_not_held_to_a_pattern():
    assert can_match("[a-z]+", ("REPLACE_ME",))
    assert not can_match("[a-z]+", ("Replaced",))


def test_how_a_service_s_members_are_capitalised_is_no_certain_error():
    describe = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeModelPackage",
        "Parameters": {},
    }
    inference = "$.InferenceSpecification.SupportedResponse"
    machine = chain(describe, use({"a.$": f"{inference}MimeTypes", "b.$": f"{inference}Types"}))

    found = [f"{each.rule} {each.path}" for each in check_flow(Machine(machine))]

    assert found == ["P301 States.Two.Parameters.b.$", "P302 States.Two.Parameters.a.$"]


@pytest.mark.parametrize(
    ("pieces", "can"),
    [(("Approved",), True), (("approved",), False), (("App", None), True), ((None, "x"), False)],
)
def test_or_be_one_of_some(pieces, can):
    assert can_be(["Approved", "Rejected"], pieces) is can
