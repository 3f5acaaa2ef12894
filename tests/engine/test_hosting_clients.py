"""Hosting as a user of it sees it: boto3's clients, state machines, what is captured in S3."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipelines.engine.hosting.capture import Capture
from pipelines.engine.s3.objects import ObjectStore
from tests.engine.hosted import PROGRAM
from tests.engine.running import IMAGE, archive, eventually
from tests.engine.whole import REGION, ROLE, Whole

CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/captured",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """An engine with a model's archive and its program in S3."""
    whole = Whole(tmp_path_factory.mktemp("engine") / ".local")
    s3 = whole.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="bucket", Key="m/model.tar.gz", Body=archive({"model.txt": "first"}))
    code = archive({"served/program.py": PROGRAM})
    s3.put_object(Bucket="bucket", Key="m/code.tar.gz", Body=code)
    yield whole
    whole.close()


CONTAINER = {
    "Image": IMAGE,
    "ModelDataUrl": "s3://bucket/m/model.tar.gz",
    "Environment": {
        "SAGEMAKER_PROGRAM": "served.program",
        "SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/m/code.tar.gz",
    },
}
VARIANT = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


def task(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    resource = f"arn:aws:states:::aws-sdk:{service}:{operation}"
    return {
        "Type": "Task",
        "Resource": resource,
        "Parameters": parameters,
        "ResultPath": f"$.{operation}",
    }


def test_a_state_machine_makes_an_endpoint_waits_for_it_and_asks_it(whole):
    name = {"EndpointName": "by-machine"}
    states = {
        "Model": task(
            "sagemaker",
            "createModel",
            ModelName="m",
            ExecutionRoleArn=ROLE,
            PrimaryContainer=CONTAINER,
        ),
        "Config": task(
            "sagemaker",
            "createEndpointConfig",
            EndpointConfigName="c",
            ProductionVariants=[{**VARIANT, "ModelName": "m"}],
        ),
        "Create": task("sagemaker", "createEndpoint", **name, EndpointConfigName="c"),
        "Wait": {"Type": "Wait", "Seconds": 0},
        "Describe": task("sagemaker", "describeEndpoint", **name),
        "Is it there?": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.describeEndpoint.EndpointStatus",
                    "StringEquals": "InService",
                    "Next": "Ask",
                }
            ],
            "Default": "Wait",
        },
        "Ask": task(
            "sagemakerruntime",
            "invokeEndpoint",
            **name,
            ContentType="application/json",
            Body={"print": "asked"},
        ),
        "Refused": {
            **task("sagemakerruntime", "invokeEndpoint", **name, ContentType="text/csv", Body="x"),
            "Catch": [
                {
                    "ErrorEquals": ["SageMakerRuntime.ModelErrorException"],
                    "ResultPath": "$.error",
                    "Next": "Delete",
                }
            ],
        },
        "Delete": task("sagemaker", "deleteEndpoint", **name),
    }
    order = [*states]
    for state, following in zip(order, [*order[1:], None], strict=True):
        if states[state]["Type"] != "Choice":
            states[state] |= {"Next": following} if following else {"End": True}

    ended = whole.run(states, name="endpoints")

    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert json.loads(output["invokeEndpoint"]["Body"])["model"] == "first"
    assert output["describeEndpoint"]["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    assert "client error (415)" in output["error"]["Cause"]


@pytest.fixture(scope="module")
def captured(whole: Whole) -> str:
    """The name of an endpoint that captures all that it is asked."""
    sagemaker = whole.client("sagemaker")
    sagemaker.create_model(ModelName="m2", ExecutionRoleArn=ROLE, PrimaryContainer=CONTAINER)
    sagemaker.create_endpoint_config(
        EndpointConfigName="c2",
        ProductionVariants=[{**VARIANT, "ModelName": "m2"}],
        DataCaptureConfig=CAPTURE,
    )
    sagemaker.create_endpoint(EndpointName="ep", EndpointConfigName="c2")
    waiter = sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName="ep", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return "ep"


def test_boto3_invokes_an_endpoint_and_finds_it_captured_in_s3(whole, captured):
    response = whole.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=captured,
        ContentType="application/json",
        Body=b'{"a": 1}',
        InferenceId="row-7",
    )
    body = response["Body"].read().decode()
    s3 = whole.client("s3")

    def keys() -> list[str]:
        found = s3.list_objects_v2(Bucket="bucket", Prefix="captured/ep/AllTraffic/")
        return [each["Key"] for each in found.get("Contents", ())]

    eventually(lambda: bool(keys()), 20)
    [key] = keys()
    [line] = s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode().splitlines()
    event = json.loads(line)

    assert json.loads(body)["model"] == "first"
    assert event["captureData"]["endpointInput"] == {
        "observedContentType": "application/json",
        "mode": "INPUT",
        "data": '{"a": 1}',
        "encoding": "JSON",
    }
    assert event["captureData"]["endpointOutput"]["data"] == body
    assert event["eventMetadata"]["inferenceId"] == "row-7"
    described = whole.client("sagemaker").describe_endpoint(EndpointName=captured)
    assert described["DataCaptureConfig"]["CaptureStatus"] == "Started"


def test_boto3_gets_a_models_own_error_with_its_status_and_text(whole, captured):
    with pytest.raises(ClientError) as caught:
        whole.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=captured, ContentType="text/csv", Body=io.BytesIO(b"x")
        )

    response = caught.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert (response["OriginalStatusCode"], response["OriginalMessage"]) == (
        415,
        '{"error": "send JSON"}',
    )


def test_boto3_is_told_of_an_endpoint_that_is_not_there(whole):
    with pytest.raises(ClientError, match="Endpoint nobody of account 000000000000 not found"):
        whole.client("sagemaker-runtime").invoke_endpoint(EndpointName="nobody", Body=b"")


def test_a_payload_beyond_sagemakers_quota_is_refused(whole, captured):
    with pytest.raises(ClientError) as caught:
        whole.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=captured, Body=b"x" * (25 * 1024 * 1024 + 1)
        )

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_a_sample_is_spread_evenly_and_binary_bodies_are_base64(tmp_path):
    objects = ObjectStore(tmp_path)
    objects.create_bucket("bucket", REGION)
    config = {
        **CAPTURE,
        "InitialSamplingPercentage": 25,
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    capture = Capture("ep", config, objects, now=lambda: 1_800_000_000.0)

    for number in range(8):
        capture.add("v", ("application/x-npy", b"\xff%d" % number), ("text/csv", b"1"))
    capture.flush()

    [listed] = objects.list("bucket", "captured/ep/v/2027/01/15/08/")
    lines = objects.get_path("bucket", listed.key).read_text().splitlines()
    sides = [json.loads(line)["captureData"] for line in lines]
    assert [side["endpointInput"]["data"] for side in sides] == ["/zM=", "/zc="]
    assert all("endpointOutput" not in side for side in sides)
    assert json.loads(lines[0])["eventMetadata"]["inferenceTime"] == "2027-01-15T08:00:00Z"
    objects.close()
