"""Processing jobs as the SDK's own steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.environment.compute import Compute
from pipelines.sdk.door import ProcessingInput, ProcessingOutput, Processor, State, in_region
from pipelines.sdk.expressions import Expression, bind
from pipelines.sdk.states import ProcessingStep, Retry


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
