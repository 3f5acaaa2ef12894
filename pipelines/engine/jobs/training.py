"""Training jobs: script mode, channels, hyperparameters, and a model in one archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.engine.jobs.archive import pack, unpack
from pipelines.engine.jobs.container import Container, JobError
from pipelines.engine.jobs.kind import Command
from pipelines.engine.jobs.record import Record
from pipelines.engine.jobs.script_mode import arguments, decode, users_own, variables
from pipelines.engine.jobs.supported import TRAINING
from pipelines.engine.jobs.transfer import Stored, download, files_below, split_uri, upload_file
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

_CODE = "/opt/ml/code"
_MAX_RUNTIME_S = 86_400  # SageMaker's, when the request says nothing
_INSTALLED = ("requirements.txt", "setup.py", "pyproject.toml")


class Training:
    """The kind of job that CreateTrainingJob starts."""

    folder = "training"
    operation = "CreateTrainingJob"
    name_key = "TrainingJobName"
    arn_type = "training-job"
    log_group = "/aws/sagemaker/TrainingJobs"
    supported = TRAINING

    def check(self, request: Mapping[str, Any]) -> None:
        """A program and its archive, and channels that are all different."""
        values = decode(request.get("HyperParameters", {}))
        program = values.get("sagemaker_program")
        archive = values.get("sagemaker_submit_directory")
        if not isinstance(program, str) or not isinstance(archive, str):
            raise _invalid(
                "HyperParameters has no sagemaker_program and sagemaker_submit_directory: the "
                "local engine trains in script mode only, as it does not run the image."
            )
        path = PurePosixPath(program)
        if path.suffix != ".py" or path.is_absolute() or ".." in path.parts:
            raise _invalid(f"sagemaker_program {program!r} is not a Python file in the archive.")
        if not archive.startswith("s3://"):
            raise _invalid(f"sagemaker_submit_directory {archive!r} is not an S3 URI.")
        channels = _channels(request)
        if len(channels) != len(request.get("InputDataConfig", ())):
            raise _invalid("Two channels have the same ChannelName.")

    def name_in_use(self, arn: str) -> str:
        return (
            "Training job names must be unique within an AWS account and region, "
            f"and a training job with this name already exists ({arn})"
        )

    def not_found(self, name: str) -> str:
        return "Requested resource not found."

    def image(self, request: Mapping[str, Any]) -> str:
        return str(request.get("AlgorithmSpecification", {}).get("TrainingImage"))

    def prepare(self, record: Record, container: Container, objects: ObjectStore) -> Command:
        request = record.request
        values = decode(request["HyperParameters"])
        channels = _channels(request)
        for name, uri in channels.items():
            download(objects, uri, container.path(f"/opt/ml/input/data/{name}"))
        for folder in ("/opt/ml/model", "/opt/ml/output/data", "/opt/ml/output/intermediate"):
            container.path(folder).mkdir(parents=True)
        _unpack_code(values, container, objects)

        input_data_config = {
            each["ChannelName"]: {
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": "None",
                "TrainingInputMode": "File",
                **({"ContentType": each["ContentType"]} if "ContentType" in each else {}),
            }
            for each in request.get("InputDataConfig", ())
        }
        resource_config = {
            "current_host": "algo-1",
            "hosts": ["algo-1"],
            "network_interface_name": "lo",
        }
        config = "/opt/ml/input/config"
        container.write_config(f"{config}/hyperparameters.json", request["HyperParameters"])
        container.write_config(f"{config}/inputdataconfig.json", input_data_config)
        container.write_config(f"{config}/resourceconfig.json", resource_config)

        argv = arguments(users_own(values))
        environment = variables(
            values=values,
            channels=list(channels),
            input_data_config=input_data_config,
            resource_config=resource_config,
            job_name=record.name,
            argv=argv,
        )
        return Command(
            argv=["python", values["sagemaker_program"], *argv],
            environment={
                "PYTHONPATH": _CODE,
                "TRAINING_JOB_NAME": record.name,
                "TRAINING_JOB_ARN": record.arn,
                **environment,
                **request.get("Environment", {}),
            },
            cwd=container.path(_CODE),
            max_runtime_s=request.get("StoppingCondition", {}).get(
                "MaxRuntimeInSeconds", _MAX_RUNTIME_S
            ),
        )

    def message(self, container: Container) -> str:
        return container.read_message("/opt/ml/output/failure")

    def collect(
        self,
        record: Record,
        container: Container,
        objects: ObjectStore,
        stored: Stored,
        *,
        completed: bool,
    ) -> str:
        """The model and the output data, also of a job that was stopped: they are not lost."""
        base = f"{record.request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{record.name}"
        output = f"{base}/output"
        for folder, name in (("/opt/ml/model", "model"), ("/opt/ml/output/data", "output")):
            path = container.path(folder)
            files = list(files_below(path)) if path.exists() else []
            if files:
                archive = container.folder / f"{name}.tar.gz"
                pack(files, archive)
                upload_file(objects, archive, f"{output}/{name}.tar.gz", stored)
        # SageMaker names it even if the program saved no model.
        return f"{output}/model.tar.gz"


def describe(record: Record) -> dict[str, Any]:
    """DescribeTrainingJob's response."""
    request = {key: value for key, value in record.request.items() if key != "Tags"}
    ends = [at for _, at in record.transitions[1:]] + [record.ended]
    transitions = [
        {"Status": status, "StartTime": start, **({"EndTime": end} if end is not None else {})}
        for (status, start), end in zip(record.transitions, ends, strict=True)
    ]
    duration = (
        round(record.ended - record.started)
        if record.started is not None and record.ended is not None
        else None
    )
    response = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **request,
        "TrainingJobArn": record.arn,
        "TrainingJobStatus": record.status,
        "SecondaryStatus": record.secondary,
        "SecondaryStatusTransitions": transitions,
        "ModelArtifacts": {"S3ModelArtifacts": record.artifacts} if record.artifacts else None,
        "CreationTime": record.created,
        "LastModifiedTime": record.modified,
        "TrainingStartTime": record.started,
        "TrainingEndTime": record.ended,
        "TrainingTimeInSeconds": duration,
        "BillableTimeInSeconds": duration,
        "FailureReason": record.failure_reason or None,
    }
    return {key: value for key, value in response.items() if value is not None}


def _unpack_code(values: Mapping[str, Any], container: Container, objects: ObjectStore) -> None:
    uri, program = values["sagemaker_submit_directory"], values["sagemaker_program"]
    try:
        archive = objects.get_path(*split_uri(uri))
    except ServiceError as error:
        raise JobError(f"ClientError: Data download failed: {uri}: {error.message}") from error
    code = container.path(_CODE)
    unpack(archive, code)
    if not (code / program).is_file():
        raise JobError(f"ClientError: {uri} does not hold the program {program}")
    _require_nothing_to_install(code)


def _require_nothing_to_install(code: Path) -> None:
    # The image would install it before the program starts; here it would change our own Python.
    for name in _INSTALLED:
        if (code / name).exists():
            raise JobError(
                f"ClientError: the source archive holds {name}, which the image would install; "
                "the local engine installs nothing"
            )


def _channels(request: Mapping[str, Any]) -> dict[str, str]:
    return {
        each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"]
        for each in request.get("InputDataConfig", ())
    }


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
