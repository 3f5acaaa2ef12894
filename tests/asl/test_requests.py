"""Each Task's request is held to botocore's model of the service."""

import pytest

from pipelines.asl.requests import REFERENCE, check_requests
from tests.asl.examples import LAMBDA, job
from tests.asl.interpreter.executions import CREATE_JOB, GET_OBJECT, machine

SDK = "arn:aws:states:::aws-sdk:sagemaker:"
REQUEST = {
    "ProcessingJobName.$": "$.name",
    "RoleArn": "${JobRoleArn}",
    "AppSpecification": {
        "ImageUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/sklearn:1.4-2",
        "ContainerEntrypoint": ["python3", "-m", "jobs.preprocess"],
        "ContainerArguments.$": "States.Array('--model', $.model)",
    },
    "ProcessingResources": {
        "ClusterConfig": {
            "InstanceCount": 1,
            "InstanceType": "ml.m5.xlarge",
            "VolumeSizeInGB": 30,
        }
    },
    "ProcessingOutputConfig": {
        "Outputs": [
            {
                "OutputName": "out",
                "S3Output": {
                    "S3Uri.$": "States.Format('s3://${Bucket}/{}', $.name)",
                    "LocalPath": "/opt/ml/processing/output",
                    "S3UploadMode": "EndOfJob",
                },
            }
        ]
    },
    "Environment": {"PYTHONPATH": "/opt/ml/processing/input/code"},
}


def findings(parameters, resource=CREATE_JOB):
    return check_requests(machine(Job=job(Resource=resource, Parameters=parameters)))


def with_value(path, value):
    """The sound request with another value at a path; ... takes the member away."""
    request = {**REQUEST}
    inner = request
    *parents, last = path.split(".")
    for name in parents:
        inner[name] = {**inner[name]}
        inner = inner[name]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return request


def test_a_sound_request_has_no_finding():
    assert findings(REQUEST) == []


CLUSTER = "ProcessingResources.ClusterConfig"
BROKEN = [
    ("P202", "ProcessingJobNme", "x", "Parameters: there is no member 'ProcessingJobNme'; "
     "did you mean ProcessingJobName?"),
    ("P202", f"{CLUSTER}.VolumeSize", 1, f"Parameters.{CLUSTER}: there is no "
     "member 'VolumeSize'; did you mean VolumeSizeInGB?"),
    ("P203", "RoleArn", ..., "Parameters: RoleArn is missing"),
    ("P203", "AppSpecification.ImageUri", ..., "Parameters.AppSpecification: ImageUri is missing"),
    ("P204", f"{CLUSTER}.InstanceCount", "1", f"Parameters.{CLUSTER}.InstanceCount: "
     '"1" is not an integer'),
    ("P204", f"{CLUSTER}.InstanceCount", True, f"Parameters.{CLUSTER}.InstanceCount: "
     "true is not an integer"),
    ("P204", "Environment", {"N": 1}, "Parameters.Environment.N: 1 is not a text"),
    ("P204", "AppSpecification.ContainerEntrypoint", "python3",
     'Parameters.AppSpecification.ContainerEntrypoint: "python3" is not a list'),
    ("P204", "NetworkConfig", {"EnableNetworkIsolation": "true"},
     'Parameters.NetworkConfig.EnableNetworkIsolation: "true" is not true or false'),
    ("P205", f"{CLUSTER}.InstanceType", "ml.m5.xlarg", "did you mean ml.m5.xlarge?"),
    ("P206", "RoleArn", "a role's name, not its ARN", "does not match arn:aws"),
    ("P207", f"{CLUSTER}.VolumeSizeInGB", 0, f"Parameters.{CLUSTER}.VolumeSizeInGB: 0: "
     "the least is 1"),
    ("P207", "AppSpecification.ContainerEntrypoint", [],
     "Parameters.AppSpecification.ContainerEntrypoint: 0 elements: the least is 1"),
    ("P207", "AppSpecification.ContainerEntrypoint", ["x" * 257],
     "Parameters.AppSpecification.ContainerEntrypoint[0]: 257 characters: the most is 256"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "value", "message"), BROKEN)
def test_a_broken_request_breaks_one_rule(rule, path, value, message):
    (finding,) = findings(with_value(path, value))

    assert finding.rule == rule
    assert message in str(finding)
    assert str(finding).startswith("States.Job.Parameters")


def test_every_rule_has_a_broken_example_and_a_text():
    assert {rule for rule, *_ in BROKEN} | {"P201"} == set(REFERENCE)


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            SDK + "listModelPackage",
            "no operation 'listModelPackage'; did you mean listModelPackages?",
        ),
        (SDK + "ListModelPackages", "no operation 'ListModelPackages'; did you mean list"),
        (SDK + "createProcessingJob.sync", "aws-sdk integrations have no .sync"),
        ("arn:aws:states:::sagemaker:listModelPackages", "only to be had as aws-sdk:sagemaker"),
        ("arn:aws:states:::sagemaker:createModel.sync", "createModel has no .sync"),
        (CREATE_JOB.replace(".sync", ".waitForTaskToken"), "has no .waitForTaskToken"),
    ],
)
def test_an_operation_that_the_integration_does_not_offer_is_found(resource, message):
    (finding,) = findings({}, resource)

    assert finding.rule == "P201"
    assert message in finding.message


def test_a_value_that_is_not_known_counts_as_there():
    request = with_value("RoleArn", ...)

    assert findings({**request, "RoleArn.$": "$.role"}) == []
    assert findings({**request, "RoleArn": "${Role}"}) == []


def test_the_sdk_integrations_write_members_with_a_capital():
    assert findings({"Bucket": "b", "Key": "k"}, GET_OBJECT) == []
    assert findings({"Input": "{}", "StateMachineArn": "a", "Name": "n"},
                    "arn:aws:states:::aws-sdk:sfn:startExecution") == []  # fmt: skip
    assert [finding.rule for finding in findings(
        {"stateMachineArn": "a"}, "arn:aws:states:::aws-sdk:sfn:startExecution")] == [
            "P202", "P203"]  # fmt: skip


@pytest.mark.parametrize(
    "resource", [LAMBDA, "${Resource}", "arn:aws:states:::aws-sdk:nosuchservice:doIt"]
)
def test_what_has_no_model_is_left_alone(resource):
    assert findings({"anything": 1}, resource) == []


def test_what_is_no_machine_has_no_requests():
    assert check_requests(None) == []
