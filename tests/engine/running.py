"""The services that run things, on a folder, without a server: requests as AWS's JSON."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import Tasks
from pipelines.engine.calls import Calls
from pipelines.engine.executions.files import ExecutionFiles
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.services import build_services
from pipelines.engine.wire.service import ServiceError

REGION = "eu-central-1"
ROLE = "arn:aws:iam::000000000000:role/test-job-role"
IMAGE = "012345678901.dkr.ecr.eu-central-1.amazonaws.com/sklearn:1"
MACHINE = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
INPUT = "/opt/ml/processing/input"
OUTPUT = "/opt/ml/processing/output"


class Running:
    """Services and a bucket named `bucket`; a second one on the same folder is a restart."""

    def __init__(
        self,
        root: Path,
        grace_s: float = 0.2,
        files: Callable[[Path], ExecutionFiles] = ExecutionFiles,
        between: Callable[[Tasks], Tasks] = lambda tasks: tasks,
    ) -> None:
        self.root = root
        self.objects = ObjectStore(root / "s3")
        if not self.objects.buckets():
            self.objects.create_bucket("bucket", REGION)
        self.calls = Calls(_nobody)
        self.services = build_services(
            root,
            calls=self.calls,
            objects=self.objects,
            grace_s=grace_s,
            files=files,
            between=between,
        )
        for target, service in self.services.by_target.items():
            self.calls.add(target, service)
        self.services.start()

    def close(self) -> None:
        self.services.shutdown()
        self.objects.close()

    def call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        return self.calls.call(service, operation, request, region=REGION)

    def sagemaker(self, operation: str, **request: Any) -> dict[str, Any]:
        return self.call("sagemaker", operation, **request)

    def states(self, operation: str, **request: Any) -> dict[str, Any]:
        return self.call("states", operation, **request)

    def put(self, key: str, content: bytes) -> None:
        path = self.objects.new_path()
        path.write_bytes(content)
        self.objects.put_file("bucket", key, path, move=True)

    def keys(self, prefix: str = "") -> list[str]:
        return [listed.key for listed in self.objects.list("bucket", prefix)]

    def processing(
        self,
        name: str,
        code: str,
        *,
        arguments: list[str] | None = None,
        inputs: Mapping[str, str] | None = None,
        outputs: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        max_runtime_s: int = 60,
        **more: Any,
    ) -> dict[str, Any]:
        """A CreateProcessingJob request: Python code, and S3 URIs by the names of folders.

        The code is an input (an argument has one line of at most 256 characters); `ML` is in it
        the folder that stands for /opt/ml.
        """
        key = f"code/{hashlib.sha256(code.encode()).hexdigest()}/main.py"
        self.put(key, f"import os; ML = os.environ['ML']\n{code}".encode())
        inputs = {"code": f"s3://bucket/{key}", **(inputs or {})}
        return {
            "ProcessingJobName": name,
            "RoleArn": ROLE,
            "ProcessingResources": {"ClusterConfig": MACHINE},
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["python3", f"{INPUT}/code/main.py"],
                **({"ContainerArguments": arguments} if arguments else {}),
            },
            "ProcessingInputs": [
                {
                    "InputName": folder,
                    "S3Input": {
                        "S3Uri": uri,
                        "LocalPath": f"{INPUT}/{folder}",
                        "S3DataType": "S3Prefix",
                        "S3InputMode": "File",
                    },
                }
                for folder, uri in inputs.items()
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": folder,
                        "S3Output": {
                            "S3Uri": uri,
                            "LocalPath": f"{OUTPUT}/{folder}",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                    for folder, uri in (outputs or {}).items()
                ]
            },
            "Environment": {"ML": "/opt/ml", **(environment or {})},
            "StoppingCondition": {"MaxRuntimeInSeconds": max_runtime_s},
            **more,
        }

    def processing_state(self, code: str, **more: Any) -> dict[str, Any]:
        """A Task that runs a processing job named after the execution, and ends the execution."""
        parameters = self.processing("ignored", code, **more)
        del parameters["ProcessingJobName"]
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
            "Parameters": {"ProcessingJobName.$": "$$.Execution.Name", **parameters},
            "TimeoutSeconds": 3600,
            "End": True,
        }

    def start_processing(self, name: str, code: str, **more: Any) -> None:
        """Start a processing job."""
        self.sagemaker("CreateProcessingJob", **self.processing(name, code, **more))

    def run_processing(self, name: str, code: str, **more: Any) -> dict[str, Any]:
        """Run a processing job to its end; DescribeProcessingJob's response."""
        self.start_processing(name, code, **more)
        return self.ended("Processing", name)

    def run_training(self, name: str, code: str, **more: Any) -> dict[str, Any]:
        """Run a training job with one program, train.py, to its end; its description."""
        self.put("code/sourcedir.tar.gz", archive({"train.py": code}))
        self.sagemaker("CreateTrainingJob", **training(name, **more))
        return self.ended("Training", name)

    def ended(self, noun: str, name: str) -> dict[str, Any]:
        """A job's description, once it has ended."""
        [jobs] = [each for each in self.services.jobs if each.kind.operation == f"Create{noun}Job"]
        assert jobs.get(name).ended.wait(20)
        return self.sagemaker(f"Describe{noun}Job", **{f"{noun}JobName": name})

    def log(self, name: str, noun: str = "Processing") -> list[str]:
        """The lines of a job's log, without the engine's own two at its head."""
        [jobs] = [each for each in self.services.jobs if each.kind.operation == f"Create{noun}Job"]
        text = jobs.get(name).log_path.read_text(encoding="utf-8")
        return [line.partition(" ")[2] for line in text.split("\n")[2:-1]]

    def machine(self, states: Mapping[str, Any], name: str = "machine", **more: Any) -> str:
        """Create a state machine; its ARN."""
        definition = {"StartAt": next(iter(states)), "States": states, **more}
        response = self.states(
            "CreateStateMachine", name=name, roleArn=ROLE, definition=json.dumps(definition)
        )
        arn: str = response["stateMachineArn"]
        return arn

    def start(self, machine_arn: str, **more: Any) -> str:
        """Start an execution; its ARN."""
        arn: str = self.states("StartExecution", stateMachineArn=machine_arn, **more)[
            "executionArn"
        ]
        return arn

    def execution_ended(self, arn: str) -> dict[str, Any]:
        """An execution's description, once it has ended."""
        eventually(lambda: self.describe(arn)["status"] != "RUNNING")
        return self.describe(arn)

    def describe(self, arn: str) -> dict[str, Any]:
        return self.states("DescribeExecution", executionArn=arn)

    def event_types(self, arn: str) -> list[str]:
        events = self.states("GetExecutionHistory", executionArn=arn, maxResults=1000)["events"]
        return [event["type"] for event in events]


def _nobody(service: str, operation: str, request: Mapping[str, Any], region: str) -> Any:
    raise ServiceError("UnknownOperationException", f"{service}.{operation}", status=501)


def training(
    name: str,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    channels: Mapping[str, str] | None = None,
    max_runtime_s: int = 60,
    **more: Any,
) -> dict[str, Any]:
    """A CreateTrainingJob request for `train.py` in `s3://bucket/code/sourcedir.tar.gz`."""
    if channels:
        more["InputDataConfig"] = [
            {
                "ChannelName": key,
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
            }
            for key, uri in channels.items()
        ]
    return {
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
        },
        "HyperParameters": {
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": '"s3://bucket/code/sourcedir.tar.gz"',
            **(hyperparameters or {}),
        },
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
        "ResourceConfig": MACHINE,
        "StoppingCondition": {"MaxRuntimeInSeconds": max_runtime_s},
        **more,
    }


def archive(files: Mapping[str, str]) -> bytes:
    """A tar.gz of texts."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def eventually(
    condition: Callable[[], bool], within_s: float = 10, *, every_s: float = 0.01
) -> None:
    """Wait for something that another process or thread does."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(every_s)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is only waited for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
