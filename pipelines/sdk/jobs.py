"""SageMaker's jobs as the SDK's own steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.environment.compute import Compute, TrainingCompute
from pipelines.sdk.door import (
    ProcessingInput,
    ProcessingOutput,
    Processor,
    SKLearn,
    State,
    TrainingInput,
    in_region,
)
from pipelines.sdk.expressions import Expression, bind
from pipelines.sdk.states import ProcessingStep, Retry, TrainingStep


def processing_step(
    name: str,
    *,
    region: str,
    image_uri: str,
    role_arn: str,
    compute: Compute,
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
    with in_region(region) as session:
        processor = Processor(
            role=role_arn,
            image_uri=image_uri,
            instance_count=compute.instance_count,
            instance_type=compute.instance_type,
            volume_size_in_gb=compute.volume_gb,
            max_runtime_in_seconds=compute.max_runtime_s,
            env=dict(env),
            sagemaker_session=session,
        )
        step = ProcessingStep(
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
    compute: TrainingCompute,
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
        channels: S3 URI by channel; each lies in the container under `/opt/ml/input/data/<name>`.
        output_uri: SageMaker writes to `<output_uri>/<job name>/output/model.tar.gz`.
        fields: further fields of the Task, under the SDK's names.
    """
    with in_region(region) as session:
        estimator = SKLearn(
            entry_point=program,
            source_dir=code_uri,
            image_uri=image_uri,
            framework_version=None,
            role=role_arn,
            instance_type=compute.instance_type,
            instance_count=compute.instance_count,
            volume_size=compute.volume_gb,
            max_run=compute.max_runtime_s,
            use_spot_instances=compute.spot is not None,
            max_wait=compute.spot.max_wait_s if compute.spot is not None else None,
            hyperparameters=dict(hyperparameters),
            output_path="s3://output",
            code_location="s3://code",
            debugger_hook_config=False,
            disable_profiler=True,
            sagemaker_session=session,
        )
        step = TrainingStep(
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
