"""Training jobs as the SDK's own steps: one job, or (see `tuning`) the trials of a search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.environment.compute import TrainingCompute
from pipelines.sdk.door import Estimator, SKLearn, State, TrainingInput, in_region
from pipelines.sdk.expressions import Expression, bind
from pipelines.sdk.states import Retry, TrainingStep

_SDKS_OWN = (
    "sagemaker_estimator_class_name",
    "sagemaker_estimator_module",
    "sagemaker_job_name",
)


@dataclass(frozen=True)
class TrainingJob:
    """What a training job runs, on what, and where to: all but its name.

    Exactly one of `program` (with `code_uri`) and `entrypoint` is given.

    Attributes:
        program: A script in the archive at `code_uri`, relative to its root: the image is one of
            AWS's, whose toolkit unpacks the archive and starts the script.
        entrypoint: The command of an image of one's own.
        hyperparameters: JSON values. A script of AWS's images gets them as `--name value`, a
            command finds them as texts in `/opt/ml/input/config/hyperparameters.json`.
        channels: S3 URI by channel; each lies in the container under `/opt/ml/input/data/<name>`.
        output_uri: SageMaker writes to `<output_uri>/<job name>/output/model.tar.gz`.
        metrics: Regular expressions by the metric's name; the first group is the number, wherever
            the job prints it.
        checkpoints_uri: What the job writes to `/opt/ml/checkpoints` is kept there, and is there
            again in a job that goes on.
    """

    image_uri: str
    role_arn: str
    compute: TrainingCompute
    hyperparameters: Mapping[str, Any]
    env: Mapping[str, str]
    channels: Mapping[str, str | Expression]
    output_uri: str | Expression
    program: str | None = None
    code_uri: str | None = None
    entrypoint: tuple[str, ...] = ()
    metrics: Mapping[str, str] = field(default_factory=dict)
    checkpoints_uri: str | Expression | None = None


def training_step(
    name: str,
    job: TrainingJob,
    *,
    region: str,
    job_name: Expression,
    tags: Mapping[str, str],
    retry: list[Retry],
    **fields: Any,
) -> State:
    """A training job as the SDK's own step.

    Args:
        fields: further fields of the Task, under the SDK's names.
    """
    with in_region(region) as session:
        step = TrainingStep(
            name,
            estimator(job, session),
            job_name=name,
            data=inputs(job),
            tags=dict(tags),
            **fields,
        )
    request = step.fields["parameters"]
    request["TrainingJobName"] = job_name
    complete(request, job)
    request["HyperParameters"] = hyperparameters(job, request.get("HyperParameters", {}))
    step.fields["parameters"] = bind(request)
    step.add_retry(retry)
    return step


def estimator(job: TrainingJob, session: Any) -> Any:
    """The SDK's estimator: in script mode, or of an image with a command of its own."""
    compute = job.compute
    common = dict(
        image_uri=job.image_uri,
        role=job.role_arn,
        instance_type=compute.instance_type,
        instance_count=compute.instance_count,
        volume_size=compute.volume_gb,
        max_run=compute.max_runtime_s,
        use_spot_instances=compute.spot is not None,
        max_wait=compute.spot.max_wait_s if compute.spot is not None else None,
        output_path="s3://output",
        debugger_hook_config=False,
        disable_profiler=True,
        sagemaker_session=session,
    )
    if job.program is None:
        return Estimator(**common)
    return SKLearn(
        **common,
        entry_point=job.program,
        source_dir=job.code_uri,
        framework_version=None,
        hyperparameters=dict(job.hyperparameters),
        code_location="s3://code",
    )


def inputs(job: TrainingJob) -> dict[str, Any]:
    """The channels, in the SDK's terms."""
    return {channel: TrainingInput(f"s3://{channel}") for channel in job.channels}


def complete(request: dict[str, Any], job: TrainingJob) -> None:
    """Put into the SDK's request for a job, or for trials, what the SDK drops or cannot hold."""
    request["OutputDataConfig"]["S3OutputPath"] = job.output_uri
    # The SDK wants strings that look like URIs; the real ones may be expressions.
    for item in request["InputDataConfig"]:
        item["DataSource"]["S3DataSource"]["S3Uri"] = job.channels[item["ChannelName"]]
    request["Environment"] = dict(job.env)
    algorithm = request["AlgorithmSpecification"]
    if job.metrics:
        algorithm["MetricDefinitions"] = [
            {"Name": name, "Regex": regex} for name, regex in job.metrics.items()
        ]
    if job.entrypoint:
        algorithm["ContainerEntrypoint"] = list(job.entrypoint)
    if job.checkpoints_uri is not None:
        request["CheckpointConfig"] = {"S3Uri": job.checkpoints_uri}


def hyperparameters(job: TrainingJob, given: Mapping[str, str]) -> dict[str, str]:
    """The hyperparameters as texts: the SDK's for a script, put right, or the job's own.

    The SDK would write the time of the build into the job's name, only the script's base name as
    the program, and for trials the name of its own class.
    """
    if job.program is None:
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in job.hyperparameters.items()
        }
    texts = {name: text for name, text in given.items() if name not in _SDKS_OWN}
    return {**texts, "sagemaker_program": json.dumps(job.program)}
