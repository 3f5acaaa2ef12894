"""What a Resource calls, takes and answers."""

import subprocess
import sys

import jsonschema
import pytest

from pipelines.asl.integrations import Integration, Problem, integration, models
from pipelines.asl.integrations.optimized import OPTIMIZED

EVERY_OPTIMIZED = [
    f"arn:aws:states:::{service}:{action}{pattern and '.'}{pattern}"
    for service, offered in OPTIMIZED.items()
    for action, known in offered.actions.items()
    for pattern in known.patterns
]


def states(resource):
    return integration(f"arn:aws:states:::{resource}")


def properties(resource):
    return states(resource).result_type["properties"]


@pytest.mark.parametrize("resource", EVERY_OPTIMIZED)
def test_every_optimized_integration_is_described(resource):
    found = integration(resource)

    assert isinstance(found, Integration)
    assert found.request_shape is not None or found.takes_nothing
    assert found.result_type is not None


def test_an_sdk_integration_has_the_service_s_own_names():
    found = states("aws-sdk:rds:describeDBInstances")

    assert (found.service, found.action, found.pattern) == (
        "aws-sdk:rds", "describeDBInstances", "",
    )  # fmt: skip
    assert found.error_prefixes == ("Rds",)
    assert found.error_names == ("Rds.DbInstanceNotFoundException",)
    assert "DbInstances" in found.result_type["properties"]


def test_errors_are_named_with_the_suffix_that_step_functions_adds():
    assert "S3.NoSuchKeyException" in states("aws-sdk:s3:getObject").error_names


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("arn:aws:lambda:eu-central-1:123456789012:function:f:1", "function"),
        ("arn:aws:states:eu-central-1:123456789012:activity:a", "activity"),
    ],
)
def test_functions_and_activities_answer_anything(resource, kind):
    found = integration(resource)

    assert (found.kind, found.request_shape, found.result_type) == (kind, None, {})


EXAMPLES = (
    "arn:aws:swf:eu-central-1:1:task:t",
    "arn:aws:swf:::task:Add",
    "arn:aws:states:us-east-1:123456789012:task:X",
)


@pytest.mark.parametrize("resource", ["${Resource}", "x", "", *EXAMPLES])
def test_what_is_no_arn_of_a_task_is_not_known(resource):
    assert integration(resource) is None


def test_a_partition_may_be_a_substitution_or_a_placeholder():
    for partition in ("${AWS::Partition}", "<partition>", "aws-cn"):
        assert integration(f"arn:{partition}:states:::sns:publish").name == "sns:publish"


def test_a_problem_says_what_there_is():
    assert states("sns:publishAll") == Problem(
        "sns has no action 'publishAll' here; did you mean publish?",
        "the service's other operations are those of aws-sdk:sns",
    )


def test_a_callback_answers_anything():
    assert states("sqs:sendMessage.waitForTaskToken").result_type == {}


def test_a_job_answers_what_describes_it():
    assert "ModelArtifacts" in properties("sagemaker:createTrainingJob.sync")
    assert set(properties("sagemaker:createTrainingJob")) == {
        "TrainingJobArn", "SdkHttpMetadata", "SdkResponseMetadata",
    }  # fmt: skip
    assert "StoppedReason" in properties("ecs:runTask.sync")
    assert "Tasks" in properties("ecs:runTask")
    assert "JobId" in properties("batch:submitJob.sync")
    assert {"JobName", "JobRunState"} <= set(properties("glue:startJobRun.sync"))


def test_a_nested_execution_answers_text_or_json():
    assert properties("states:startExecution.sync")["Output"] == {"type": "string"}
    assert properties("states:startExecution.sync:2")["Output"] == {}


def test_a_function_s_payload_is_anything():
    assert properties("lambda:invoke")["Payload"] == {}
    assert properties("lambda:invoke")["StatusCode"] == {"type": "integer"}


def test_the_body_of_an_object_is_text():
    assert properties("aws-sdk:s3:getObject")["Body"] == {"type": "string"}


def test_in_which_form_other_streams_arrive_is_not_known():
    assert properties("aws-sdk:bedrockruntime:invokeModel")["Body"] == {}


# As AWS recorded them.
RECORDED = {
    "aws-sdk:s3:getObject": {
        "AcceptRanges": "bytes", "ContentLength": 0, "ContentType": "binary/octet-stream",
        "ETag": '"d41d8cd98f00b204e9800998ecf8427e"', "LastModified": "2026-01-31T12:00:00Z",
        "Metadata": {}, "ServerSideEncryption": "AES256", "Body": "",
    },
    "aws-sdk:dynamodb:query": {
        "Count": 1, "ScannedCount": 1,
        "Items": [{"id": {"S": "id1"}, "data": {"S": "HelloWorld"}}],
    },
    "aws-sdk:sfn:startExecution": {
        "ExecutionArn": "arn:aws:states:eu-central-1:123456789012:execution:a:b",
        "StartDate": "2026-01-31T12:00:00Z",
    },
    "events:putEvents": {"Entries": [{"EventId": "1"}], "FailedEntryCount": 0},
    "sqs:sendMessage": {
        "MD5OfMessageBody": "x", "MessageId": "1", "SdkHttpMetadata": {"HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": "1"},
    },
    "states:startExecution.sync:2": {
        "ExecutionArn": "arn:aws:states:eu-central-1:123456789012:execution:a:b", "Input": {},
        "InputDetails": {"Included": True}, "Name": "b", "Output": {"Arg1": "argument1"},
        "OutputDetails": {"Included": True}, "StartDate": 1769860800000,
        "StateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:a",
        "Status": "SUCCEEDED", "StopDate": 1769860800001,
    },
    "apigateway:invoke": {
        "Headers": {"Content-Type": ["application/json"]}, "ResponseBody": {"a": 1},
        "StatusCode": 200, "StatusText": "OK",
    },
}  # fmt: skip


@pytest.mark.parametrize("resource", RECORDED)
def test_recorded_answers_are_of_the_type(resource):
    jsonschema.validate(RECORDED[resource], states(resource).result_type)


def test_a_shape_within_itself_is_anything():
    jsonschema.Draft202012Validator.check_schema(states("aws-sdk:wafv2:getRuleGroup").result_type)


def test_an_unknown_model_is_a_lookup_error():
    with pytest.raises(LookupError, match="no service 'nothing'"):
        models.service("nothing")


def test_a_shape_is_made_once():
    first = models.service("sagemaker").operation("CreateModel").request
    second = models.service("sagemaker").operation("CreateModel").request

    assert first is second
    assert first.members["PrimaryContainer"] is second.members["PrimaryContainer"]


def test_the_models_are_read_without_botocore_s_code():
    code = (
        "import sys; from pipelines.asl.integrations import integration;"
        "integration('arn:aws:states:::aws-sdk:s3:getObject').result_type;"
        "assert not [name for name in sys.modules if name.startswith('botocore.')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
