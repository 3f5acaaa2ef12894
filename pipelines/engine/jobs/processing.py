"""Processing jobs: inputs and outputs as folders, an entrypoint, arguments and variables."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import PurePosixPath
from typing import Any

from pipelines.engine.jobs.container import Container
from pipelines.engine.jobs.kind import Command
from pipelines.engine.jobs.record import Record
from pipelines.engine.jobs.supported import PROCESSING
from pipelines.engine.jobs.transfer import Stored, download, upload
from pipelines.engine.processes.log import LogFile
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

_LOCAL = PurePosixPath("/opt/ml/processing")
_MAX_RUNTIME_S = 86_400  # SageMaker's, when the request says nothing


class Processing:
    """The kind of job that CreateProcessingJob starts."""

    folder = "processing"
    operation = "CreateProcessingJob"
    name_key = "ProcessingJobName"
    arn_type = "processing-job"
    log_group = "/aws/sagemaker/ProcessingJobs"
    supported = PROCESSING

    def check(self, request: Mapping[str, Any]) -> None:
        """An entrypoint, and local paths below /opt/ml/processing that are all different."""
        if not request["AppSpecification"].get("ContainerEntrypoint"):
            raise _invalid(
                "AppSpecification.ContainerEntrypoint is missing: the image's own entrypoint "
                "is inside the image, which the local engine does not run."
            )
        paths = [
            *(_local_path(each, "S3Input") for each in request.get("ProcessingInputs", ())),
            *(_local_path(each, "S3Output") for each in _outputs(request)),
        ]
        for path in paths:
            if ".." in PurePosixPath(path).parts or _LOCAL not in PurePosixPath(path).parents:
                raise _invalid(f"LocalPath {path!r} is not below {_LOCAL}.")
        if len(paths) != len(set(paths)):
            raise _invalid(f"A LocalPath is used twice: {', '.join(sorted(paths))}.")

    def name_in_use(self, arn: str) -> str:
        return (
            "Job name must be unique within an AWS account and region, "
            f"and a job with this name already exists ({arn})"
        )

    def not_found(self, name: str) -> ServiceError:
        return _invalid(f"Could not find requested job with name: {name}")

    def image(self, request: Mapping[str, Any]) -> str:
        image: str = request["AppSpecification"]["ImageUri"]
        return image

    def prepare(self, record: Record, container: Container, objects: ObjectStore) -> Command:
        request = record.request
        for each in request.get("ProcessingInputs", ()):
            path = container.path(_local_path(each, "S3Input"))
            download(objects, each["S3Input"]["S3Uri"], path)
        for each in _outputs(request):
            container.path(_local_path(each, "S3Output")).mkdir(parents=True, exist_ok=True)
        container.write_config(
            "/opt/ml/config/processingjobconfig.json",
            {"ProcessingJobArn": record.arn, **request},
        )
        container.write_config(
            "/opt/ml/config/resourceconfig.json",
            {"current_host": "algo-1", "hosts": ["algo-1"]},
        )
        application = request["AppSpecification"]
        stopping = request.get("StoppingCondition", {})
        return Command(
            argv=[
                *application["ContainerEntrypoint"],
                *application.get("ContainerArguments", ()),
            ],
            environment=request.get("Environment", {}),
            cwd=container.work,
            max_runtime_s=stopping.get("MaxRuntimeInSeconds", _MAX_RUNTIME_S),
        )

    def beside(
        self, record: Record, container: Container, objects: ObjectStore, log: LogFile
    ) -> AbstractContextManager[None]:
        """Nothing: outputs are stored at the end of the job."""
        return nullcontext()

    def message(self, container: Container) -> str:
        return container.read_message("/opt/ml/output/message")

    def collect(
        self,
        record: Record,
        container: Container,
        objects: ObjectStore,
        stored: Stored,
        *,
        completed: bool,
    ) -> str:
        """Everything at the end of the job; of one that was stopped, nothing."""
        for each in _outputs(record.request) if completed else ():
            path = container.path(_local_path(each, "S3Output"))
            if path.exists():  # a job may remove its own folder
                upload(objects, path, each["S3Output"]["S3Uri"], stored)
        return ""


def describe(record: Record) -> dict[str, Any]:
    """DescribeProcessingJob's response."""
    request = {key: value for key, value in record.request.items() if key != "Tags"}
    response = {
        **request,
        "ProcessingJobArn": record.arn,
        "ProcessingJobStatus": record.status,
        "CreationTime": record.created,
        "LastModifiedTime": record.modified,
        "ProcessingStartTime": record.started,
        "ProcessingEndTime": record.ended,
        "ExitMessage": record.exit_message or None,
        "FailureReason": record.failure_reason or None,
    }
    if "ProcessingInputs" in response:
        response["ProcessingInputs"] = [
            {"AppManaged": False, **each} for each in response["ProcessingInputs"]
        ]
    if "ProcessingOutputConfig" in response:
        outputs = [{"AppManaged": False, **each} for each in _outputs(request)]
        response["ProcessingOutputConfig"] = {
            **response["ProcessingOutputConfig"],
            "Outputs": outputs,
        }
    return {key: value for key, value in response.items() if value is not None}


def _outputs(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    return outputs


def _local_path(part: Mapping[str, Any], key: str) -> str:
    if "LocalPath" not in part.get(key, {}):
        name = part.get("InputName") or part.get("OutputName")
        raise _invalid(f"{name}: {key}.LocalPath is missing.")
    path: str = part[key]["LocalPath"]
    return path.rstrip("/")


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
