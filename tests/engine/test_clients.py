"""Jobs, executions and logs as boto3 sees them: the same answers, over HTTP, in AWS's types."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from pipelines.engine.application import Application
from pipelines.engine.wire.http_server import LoopbackServer
from tests.engine.running import REGION, ROLE, eventually

STATE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
    "Parameters": {
        "ProcessingJobName.$": "$$.Execution.Name",
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": "x", "ContainerEntrypoint": ["python3", "-c", "print(1)"]},
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 1,
            }
        },
    },
    "TimeoutSeconds": 60,
    "Next": "Packages",
}
PACKAGES = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:sagemaker:listModelPackageGroups",
    "Parameters": {},
    "TimeoutSeconds": 60,
    "End": True,
}


class Clients:
    """An application on a port, and its clients."""

    def __init__(self, root: Path) -> None:
        self.application = Application(root)
        self.application.start()
        self._server = LoopbackServer(self.application)
        self.url = self._server.url
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self._clients: list[Any] = []

    def __call__(self, service: str) -> Any:
        client = boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.application.shutdown()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Clients]:
    clients = Clients(tmp_path / ".local")
    yield clients
    clients.close()


def test_an_execution_its_job_and_its_log(client):
    states, sagemaker, logs = client("stepfunctions"), client("sagemaker"), client("logs")
    sagemaker.create_model_package_group(ModelPackageGroupName="models")
    machine = states.create_state_machine(
        name="m",
        roleArn=ROLE,
        definition=json.dumps({"StartAt": "Work", "States": {"Work": STATE, "Packages": PACKAGES}}),
    )["stateMachineArn"]

    arn = states.start_execution(stateMachineArn=machine, name="one")["executionArn"]
    eventually(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING")

    execution = states.describe_execution(executionArn=arn)
    assert execution["status"] == "SUCCEEDED"
    assert abs((datetime.now(UTC) - execution["stopDate"]).total_seconds()) < 60
    [group] = json.loads(execution["output"])["ModelPackageGroupSummaryList"]
    assert group["ModelPackageGroupName"] == "models"
    assert group["CreationTime"].endswith("Z")
    history = states.get_execution_history(executionArn=arn)["events"]
    assert history[0]["timestamp"].tzinfo is not None
    assert [event["id"] for event in history] == list(range(1, len(history) + 1))
    assert states.list_executions(stateMachineArn=machine)["executions"][0]["name"] == "one"

    job = sagemaker.describe_processing_job(ProcessingJobName="one")
    assert job["ProcessingJobStatus"] == "Completed"
    assert isinstance(job["ProcessingEndTime"], datetime)
    [summary] = sagemaker.list_processing_jobs(
        CreationTimeAfter=job["CreationTime"], NameContains="ONE"
    )["ProcessingJobSummaries"]
    assert summary["ProcessingJobArn"] == job["ProcessingJobArn"]

    [stream] = logs.describe_log_streams(
        logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix="one/"
    )["logStreams"]
    events = logs.get_log_events(
        logGroupName="/aws/sagemaker/ProcessingJobs",
        logStreamName=stream["logStreamName"],
        limit=1,
    )["events"]
    assert [event["message"] for event in events] == ["1"]


def test_errors_are_the_clients_own_exceptions(client):
    states, sagemaker = client("stepfunctions"), client("sagemaker")

    with pytest.raises(states.exceptions.StateMachineDoesNotExist):
        states.start_execution(
            stateMachineArn=f"arn:aws:states:{REGION}:000000000000:stateMachine:none"
        )
    with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found\."):
        sagemaker.describe_training_job(TrainingJobName="none")


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("delete_notebook_instance", {"NotebookInstanceName": "x"}),
        ("stop_pipeline_execution", {"PipelineExecutionArn": "x", "ClientRequestToken": "x" * 32}),
        ("list_transform_jobs", {}),
    ],
)
def test_what_nobody_does_is_refused_by_name(client, operation, request_):
    with pytest.raises(ClientError, match="The local engine does not have sagemaker:"):
        getattr(client("sagemaker"), operation)(**request_)


def test_the_status_tells_what_runs(client):
    states = client("stepfunctions")
    wait = {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}
    machine = states.create_state_machine(
        name="m", roleArn=ROLE, definition=json.dumps({"StartAt": "Wait", "States": wait})
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]

    with urlopen(f"{client.url}/_engine/status") as response:
        assert json.load(response)["executions"] == [arn]
