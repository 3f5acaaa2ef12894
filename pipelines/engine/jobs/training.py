"""Training jobs: channels, hyperparameters, a program, and a model in one archive.

The program is a script, as the toolkit in AWS's training images starts it (script mode), or the
command of an image of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.engine.jobs import metrics
from pipelines.engine.jobs.archive import pack, unpack
from pipelines.engine.jobs.checkpoints import Checkpoints, local_path
from pipelines.engine.jobs.container import Container, JobError
from pipelines.engine.jobs.kind import Command
from pipelines.engine.jobs.record import Record
from pipelines.engine.jobs.script_mode import arguments, decode, users_own, variables
from pipelines.engine.jobs.supported import TRAINING
from pipelines.engine.jobs.transfer import Stored, download, files_below, split_uri, upload_file
from pipelines.engine.processes.log import LogFile
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

_ML = PurePosixPath("/opt/ml")
_CODE = "/opt/ml/code"
# What SageMaker itself puts below /opt/ml.
_TAKEN = ("code", "config", "errors", "input", "model", "output")
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
        """A program, channels that are all different, metrics and checkpoints that can be had."""
        if _is_script(request):
            _check_script(decode(request.get("HyperParameters", {})))
        channels = _channels(request)
        if len(channels) != len(request.get("InputDataConfig", ())):
            raise _invalid("Two channels have the same ChannelName.")
        metrics.check(metrics.metric_definitions(request))
        _check_checkpoints(request.get("CheckpointConfig"))

    def name_in_use(self, arn: str) -> str:
        return (
            "Training job names must be unique within an AWS account and region, "
            f"and a training job with this name already exists ({arn})"
        )

    def not_found(self, name: str) -> ServiceError:
        return _invalid("Requested resource not found.")

    def image(self, request: Mapping[str, Any]) -> str:
        return str(request.get("AlgorithmSpecification", {}).get("TrainingImage"))

    def prepare(self, record: Record, container: Container, objects: ObjectStore) -> Command:
        request = record.request
        channels = _channels(request)
        for name, uri in channels.items():
            download(objects, uri, container.path(f"/opt/ml/input/data/{name}"))
        for folder in ("/opt/ml/model", "/opt/ml/output/data", "/opt/ml/output/intermediate"):
            container.path(folder).mkdir(parents=True)
        if checkpoints := _checkpoints(request, container, objects):
            checkpoints.restore()
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
        hyperparameters = request.get("HyperParameters", {})
        config = "/opt/ml/input/config"
        container.write_config(f"{config}/hyperparameters.json", hyperparameters)
        container.write_config(f"{config}/inputdataconfig.json", input_data_config)
        container.write_config(f"{config}/resourceconfig.json", resource_config)

        environment = {"TRAINING_JOB_NAME": record.name, "TRAINING_JOB_ARN": record.arn}
        if _is_script(request):
            values = decode(hyperparameters)
            _unpack_code(values, container, objects)
            words = arguments(users_own(values))
            argv, cwd = ["python", values["sagemaker_program"], *words], container.path(_CODE)
            environment |= {"PYTHONPATH": _CODE} | variables(
                values=values,
                channels=list(channels),
                input_data_config=input_data_config,
                resource_config=resource_config,
                job_name=record.name,
                argv=words,
                cores=record.cores,
            )
        else:
            algorithm = request["AlgorithmSpecification"]
            argv = [*algorithm["ContainerEntrypoint"], *algorithm.get("ContainerArguments", ())]
            cwd = container.work
        stopping = request.get("StoppingCondition", {})
        return Command(
            argv=argv,
            environment={**environment, **request.get("Environment", {})},
            cwd=cwd,
            max_runtime_s=stopping.get("MaxRuntimeInSeconds", _MAX_RUNTIME_S),
        )

    def beside(
        self, record: Record, container: Container, objects: ObjectStore, log: LogFile
    ) -> AbstractContextManager[None]:
        """Checkpoints are copied while the program runs."""
        checkpoints = _checkpoints(record.request, container, objects)
        return nullcontext() if checkpoints is None else checkpoints.kept(log)

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
        "TuningJobArn": record.tuning_arn or None,
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
        "FinalMetricDataList": list(record.metrics) or None,
        "FailureReason": record.failure_reason or None,
    }
    return {key: value for key, value in response.items() if value is not None}


def _is_script(request: Mapping[str, Any]) -> bool:
    """Whether the image's toolkit starts a script, rather than the request naming a command.

    Raises:
        ServiceError: arguments for a command that only the image knows.
    """
    algorithm = request.get("AlgorithmSpecification", {})
    if algorithm.get("ContainerArguments") and not algorithm.get("ContainerEntrypoint"):
        raise _invalid(
            "AlgorithmSpecification.ContainerArguments needs a ContainerEntrypoint: the image's "
            "own is inside the image, which the local engine does not run."
        )
    return not algorithm.get("ContainerEntrypoint")


def _check_script(values: Mapping[str, Any]) -> None:
    program = values.get("sagemaker_program")
    archive = values.get("sagemaker_submit_directory")
    if not isinstance(program, str) or not isinstance(archive, str):
        raise _invalid(
            "HyperParameters has no sagemaker_program and sagemaker_submit_directory, and "
            "AlgorithmSpecification no ContainerEntrypoint: the local engine does not run the "
            "image, and so not what the image alone knows."
        )
    path = PurePosixPath(program)
    if path.suffix != ".py" or path.is_absolute() or ".." in path.parts:
        raise _invalid(f"sagemaker_program {program!r} is not a Python file in the archive.")
    if not archive.startswith("s3://"):
        raise _invalid(f"sagemaker_submit_directory {archive!r} is not an S3 URI.")


def _check_checkpoints(config: Mapping[str, Any] | None) -> None:
    if config is None:
        return
    if not config["S3Uri"].startswith("s3://"):
        raise _invalid(f"CheckpointConfig.S3Uri {config['S3Uri']!r} is not an S3 URI.")
    path = PurePosixPath(local_path(config))
    inside = path.parts[3:4]
    if path.parts[:3] != _ML.parts or ".." in path.parts or not inside or inside[0] in _TAKEN:
        raise _invalid(
            f"CheckpointConfig.LocalPath {str(path)!r} is not a folder of its own below {_ML}."
        )


def _checkpoints(
    request: Mapping[str, Any], container: Container, objects: ObjectStore
) -> Checkpoints | None:
    config = request.get("CheckpointConfig")
    if config is None:
        return None
    return Checkpoints(container.path(local_path(config)), config["S3Uri"], objects)


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
