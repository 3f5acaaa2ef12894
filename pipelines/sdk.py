"""The one door to AWS's Data Science SDK (`stepfunctions`) and to `sagemaker`.

Importing the two changes the process: the root logger's level, `yaml.SafeDumper`, two lines on
standard output, warnings. Building with them reads ambient settings: the caller's region (for the
partition in an ARN), SageMaker's configuration files, the clock (for a job name in the
hyperparameters). All of it is undone or shut out here, and nowhere else. Importing costs seconds,
so only what builds definitions imports this module.

What the SDK (last released in January 2022) does not know of the language is added by subclassing
its states: `ResultSelector`, `CausePath`, `MaxDelaySeconds`, `JitterStrategy`.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import yaml


@contextlib.contextmanager
def _without_ambient_settings() -> Iterator[None]:
    """Nothing of the caller's AWS settings is seen in here: a default session reads them all."""
    environ = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ.clear()
        os.environ.update(environ)


@contextlib.contextmanager
def _undoing_side_effects() -> Iterator[None]:
    """Import the SDKs in here: what they change for the whole process is put back."""
    root_level = logging.getLogger().level
    representers = dict(yaml.SafeDumper.yaml_representers)
    # None of the million objects of an import is garbage: looking for it now costs a tenth of
    # the time, and later a fifth of a second each time. They are set aside for good.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with _without_ambient_settings(), contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        yaml.SafeDumper.yaml_representers = representers
        logging.getLogger().setLevel(root_level)
        gc.freeze()
        if collecting:
            gc.enable()


with _undoing_side_effects():
    import sagemaker
    import sagemaker.estimator
    import stepfunctions.steps as states
    from sagemaker import image_uris
    from sagemaker.inputs import TrainingInput
    from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
    from sagemaker.sklearn.estimator import SKLearn
    from stepfunctions.steps import Chain, Choice, ChoiceRule, Graph, Pass, integration_resources
    from stepfunctions.steps.states import State

# These loggers hold handlers that write to the standard output of the moment of the import.
for _name in ("sagemaker", "sagemaker.config", "stepfunctions"):
    logging.getLogger(_name).handlers.clear()
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

# Every estimator would make a client for a TensorBoard that nobody opens.
sagemaker.estimator.TensorBoardApp = lambda region: None
# Each look-up of an image would read botocore's table of endpoints (50 ms) anew.
sagemaker.utils._botocore_resolver = functools.cache(sagemaker.utils._botocore_resolver)

__all__ = [
    "Chain",
    "Choice",
    "ChoiceRule",
    "Expression",
    "Fail",
    "Graph",
    "Pass",
    "Retry",
    "State",
    "Task",
    "bind",
    "framework_image_uri",
    "partition",
    "processing_step",
    "training_step",
]


class Expression(str):
    """A value that Step Functions computes at run time: a path, or an intrinsic function.

    The `.$` that the language wants on the key is added when the state is built.
    """

    __slots__ = ()


class _Added(Enum):
    """Fields of the language that the SDK's own table of fields lacks."""

    RESULT_SELECTOR = "result_selector"
    CAUSE_PATH = "cause_path"
    MAX_DELAY_SECONDS = "max_delay_seconds"
    JITTER_STRATEGY = "jitter_strategy"


class Retry(states.Retry):  # type: ignore[misc]
    """A retrier, with the bounds and the jitter that the SDK lacks."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.MAX_DELAY_SECONDS, _Added.JITTER_STRATEGY]


class Fail(states.Fail):  # type: ignore[misc]
    """A Fail whose cause can be computed from its input."""

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.CAUSE_PATH]


class Task(states.Task):  # type: ignore[misc]
    """A Task that can select from its result, with its retriers as one more argument."""

    def __init__(self, name: str, *, retry: list[Retry], **fields: Any) -> None:
        super().__init__(name, **fields)
        self.add_retry(retry)

    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]


class _ProcessingStep(states.ProcessingStep):  # type: ignore[misc]
    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]


class _TrainingStep(states.TrainingStep):  # type: ignore[misc]
    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), _Added.RESULT_SELECTOR]


class _OfflineSession(sagemaker.Session):  # type: ignore[misc]
    """A session that knows its region and has no client: nothing built with it can call AWS."""

    def _initialize(self, boto_session: str, **clients: Any) -> None:
        self._region_name = boto_session
        self.boto_session = None
        self.local_mode = False
        # Empty, it is not consulted; anything else is validated anew for each value asked of it.
        self.sagemaker_config: dict[str, Any] = {}


def partition(region: str) -> str:
    """The partition of a region, from its name alone."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


@contextlib.contextmanager
def _in_region(region: str) -> Iterator[_OfflineSession]:
    """Build with the SDK in here: no ambient setting is seen, only `region`."""
    ambient = integration_resources.get_aws_partition
    integration_resources.get_aws_partition = lambda: partition(region)
    try:
        with _without_ambient_settings():
            yield _OfflineSession(boto_session=region)
    finally:
        integration_resources.get_aws_partition = ambient


def framework_image_uri(framework: str, version: str, region: str, instance_type: str) -> str:
    """The URI of AWS's own image, from the tables in the SDK.

    The tables list a version's image under `training` first: that of scikit-learn 1.4-2 is listed
    under nothing else, though it serves as well.

    Raises:
        ValueError: no image for this version or region; the message lists what there is.
    """
    with _in_region(region):
        uri: str = image_uris.retrieve(
            framework,
            region,
            version=version,
            instance_type=instance_type,
            image_scope="training",
            sagemaker_session=None,
        )
    return uri


def bind(parameters: Any) -> Any:
    """A copy of `parameters` in which each key that holds an `Expression` ends in `.$`."""
    if isinstance(parameters, Mapping):
        return {
            f"{key}.$" if isinstance(value, Expression) else key: (
                str(value) if isinstance(value, Expression) else bind(value)
            )
            for key, value in parameters.items()
        }
    if isinstance(parameters, list):
        return [bind(item) for item in parameters]
    return parameters


def processing_step(
    name: str,
    *,
    region: str,
    image_uri: str,
    role_arn: str,
    instance_type: str,
    instance_count: int,
    volume_gb: int,
    max_runtime_s: int,
    job_name: Expression,
    entrypoint: Sequence[str],
    arguments: Sequence[str] | Expression,
    env: Mapping[str, str],
    inputs: Mapping[str, str | Expression],
    outputs: Mapping[str, str | Expression],
    tags: Mapping[str, str],
    retry: list[Retry],
    **fields: Any,
) -> State:
    """A processing job as the SDK's own step.

    Args:
        inputs, outputs: S3 URI by name; each lies in the container under
            `/opt/ml/processing/input/<name>` and `/opt/ml/processing/output/<name>`.
        fields: further fields of the Task, under the SDK's names.
    """
    with _in_region(region) as session:
        processor = Processor(
            role=role_arn,
            image_uri=image_uri,
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_gb,
            max_runtime_in_seconds=max_runtime_s,
            env=dict(env),
            sagemaker_session=session,
        )
        step = _ProcessingStep(
            name,
            processor,
            job_name=name,
            inputs=[
                ProcessingInput(
                    source=f"s3://{name}",
                    destination=f"/opt/ml/processing/input/{name}",
                    input_name=name,
                )
                for name in inputs
            ],
            outputs=[
                ProcessingOutput(
                    source=f"/opt/ml/processing/output/{name}",
                    destination=f"s3://{name}",
                    output_name=name,
                )
                for name in outputs
            ],
            container_entrypoint=list(entrypoint),
            container_arguments=[],
            tags=dict(tags),
            **fields,
        )
    request = step.fields["parameters"]
    request["ProcessingJobName"] = job_name
    request["AppSpecification"]["ContainerArguments"] = arguments
    # The SDK wants strings that look like URIs; the real ones may be expressions.
    for item in request["ProcessingInputs"]:
        item["S3Input"]["S3Uri"] = inputs[item["InputName"]]
    for item in request["ProcessingOutputConfig"]["Outputs"]:
        item["S3Output"]["S3Uri"] = outputs[item["OutputName"]]
    step.fields["parameters"] = bind(request)
    step.add_retry(retry)
    return step


def training_step(
    name: str,
    *,
    region: str,
    image_uri: str,
    role_arn: str,
    instance_type: str,
    instance_count: int,
    volume_gb: int,
    max_runtime_s: int,
    max_wait_s: int | None,
    job_name: Expression,
    program: str,
    code_uri: str,
    hyperparameters: Mapping[str, Any],
    env: Mapping[str, str],
    channels: Mapping[str, str | Expression],
    output_uri: str | Expression,
    tags: Mapping[str, str],
    retry: list[Retry],
    **fields: Any,
) -> State:
    """A script-mode training job as the SDK's own step.

    Args:
        program: The script, relative to the root of the archive at `code_uri`.
        max_wait_s: With a value, train on spot capacity and wait for it at most this long.
        channels: S3 URI by channel; each lies in the container under `/opt/ml/input/data/<name>`.
        output_uri: SageMaker writes to `<output_uri>/<job name>/output/model.tar.gz`.
        fields: further fields of the Task, under the SDK's names.
    """
    with _in_region(region) as session:
        estimator = SKLearn(
            entry_point=program,
            source_dir=code_uri,
            image_uri=image_uri,
            framework_version=None,
            role=role_arn,
            instance_type=instance_type,
            instance_count=instance_count,
            volume_size=volume_gb,
            max_run=max_runtime_s,
            use_spot_instances=max_wait_s is not None,
            max_wait=max_wait_s,
            hyperparameters=dict(hyperparameters),
            output_path="s3://output",
            code_location="s3://code",
            debugger_hook_config=False,
            disable_profiler=True,
            sagemaker_session=session,
        )
        step = _TrainingStep(
            name,
            estimator,
            job_name=name,
            data={channel: TrainingInput(f"s3://{channel}") for channel in channels},
            tags=dict(tags),
            **fields,
        )
    request = step.fields["parameters"]
    request["TrainingJobName"] = job_name
    request["OutputDataConfig"]["S3OutputPath"] = output_uri
    for item in request["InputDataConfig"]:
        item["DataSource"]["S3DataSource"]["S3Uri"] = channels[item["ChannelName"]]
    # The SDK drops an estimator's environment. It would write the time of the build into the
    # job's name, and only the script's base name as the program.
    request["Environment"] = dict(env)
    del request["HyperParameters"]["sagemaker_job_name"]
    request["HyperParameters"]["sagemaker_program"] = f'"{program}"'
    step.fields["parameters"] = bind(request)
    step.add_retry(retry)
    return step
