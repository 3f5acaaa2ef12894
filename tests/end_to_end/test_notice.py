"""An execution that fails is heard of: from its end, by the rule, to people and to the bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pipelines.template.foundation import build_foundation
from tests.engine.running import eventually
from tests.engine.whole import REGION, Whole
from tests.environments import make_environment

BUCKET = "notice-bucket"
QUEUE_ARN = f"arn:aws:sqs:{REGION}:000000000000:people"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """An engine with the foundation of an environment, and a queue on its topic."""
    whole = Whole(tmp_path_factory.mktemp("engine"))
    whole.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    cloudformation = whole.client("cloudformation")
    cloudformation.create_stack(
        StackName="demo-dev-foundation",
        TemplateBody=json.dumps(build_foundation(make_environment(region=REGION))),
        Parameters=[{"ParameterKey": "Bucket", "ParameterValue": BUCKET}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    [stack] = cloudformation.describe_stacks(StackName="demo-dev-foundation")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    [topic] = [each for each in stack["Outputs"] if each["OutputKey"] == "TopicArn"]
    whole.client("sqs").create_queue(QueueName="people")
    whole.client("sns").subscribe(TopicArn=topic["OutputValue"], Protocol="sqs", Endpoint=QUEUE_ARN)
    yield whole
    whole.close()


def test_a_failure_is_told_to_people_and_its_cause_is_kept(whole: Whole) -> None:
    cause = json.dumps({"FailureReason": "AlgorithmError: the well is dry"}, separators=(",", ":"))
    fail = {"Stop": {"Type": "Fail", "Error": "States.TaskFailed", "Cause": cause}}
    machine = whole.machine(fail, "demo-dev-training")

    whole.start(machine, name="monday")

    sqs = whole.client("sqs")
    url = sqs.get_queue_url(QueueName="people")["QueueUrl"]
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    notice = json.loads(message["Body"])
    assert notice["Subject"] == "FAILED: monday"
    assert "reason   AlgorithmError: the well is dry" in notice["Message"]
    assert "python -m pipelines why monday dev" in notice["Message"]
    key = "demo/dev/runs/training/monday/failure.json"
    s3 = whole.client("s3")
    eventually(lambda: "Contents" in s3.list_objects_v2(Bucket=BUCKET, Prefix=key))
    kept = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert (kept["status"], kept["cause"]) == ("FAILED", cause)


def test_a_success_is_not_told(whole: Whole) -> None:
    machine = whole.machine({"Done": {"Type": "Pass", "End": True}}, "demo-dev-inference")

    whole.ended(whole.start(machine, name="tuesday"))
    # What is told of a failure after it is the next that is heard of.
    fail = {"Stop": {"Type": "Fail", "Error": "Odd"}}
    definition = json.dumps({"StartAt": "Stop", "States": fail})
    whole.client("stepfunctions").update_state_machine(
        stateMachineArn=machine, definition=definition
    )
    whole.start(machine, name="wednesday")

    sqs = whole.client("sqs")
    url = sqs.get_queue_url(QueueName="people")["QueueUrl"]
    subjects = []
    while "FAILED: wednesday" not in subjects:
        answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        subjects += [json.loads(each["Body"])["Subject"] for each in answer["Messages"]]
    assert "tuesday" not in " ".join(subjects)
