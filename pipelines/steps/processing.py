"""A processing job that runs one of our job modules: what such steps have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipelines import sdk
from pipelines.environment.compute import Compute
from pipelines.sdk import Expression, bind
from pipelines.steps import permissions, retry
from pipelines.steps.expressions import array, job_folder, job_name, own_output_uri
from pipelines.steps.images import packages, pull, training_image
from pipelines.steps.step import Scope, Statement, Step

INPUT = "/opt/ml/processing/input"
OUTPUT = "/opt/ml/processing/output"
CODE = f"{INPUT}/code"


def processing_step(
    name: str,
    scope: Scope,
    *,
    module: str,
    word: str = "",
    compute: Compute,
    arguments: Sequence[str],
    inputs: Mapping[str, str | Expression],
    outputs: Sequence[str],
    reads: Iterable[Statement],
    lists: Iterable[Statement],
    comment: str,
    result: str | None = None,
) -> Step:
    """A Task that runs `python3 -m jobs.<module>` to its end.

    Args:
        module: under `jobs`.
        word: for the step in the job's name; the module's own, if that is not another one.
        arguments: of the module. SageMaker takes at most 256 characters each.
        inputs: S3 URI by name, mounted at `<INPUT>/<name>`; the code is added.
        outputs: names of folders under `<OUTPUT>`, stored below the job's own prefix.
        reads, lists: what the job's role needs for the inputs, beyond the code.
        result: where the state's result is kept, `$.<result>`, if not under the state's name.

    The state's result, at `$.<name>`, is `{"ProcessingJobName": …, "folder": …}`: later states
    build the URIs of the outputs from it.
    """
    environment = scope.environment
    uri = training_image(environment, compute.instance_type)
    word = word or module
    state = sdk.processing_step(
        name,
        region=environment.region,
        image_uri=uri,
        role_arn="${JobRoleArn}",
        compute=compute,
        job_name=job_name(environment, word),
        entrypoint=("python3", "-m", f"jobs.{module}"),
        arguments=(
            array(arguments)
            if any(isinstance(argument, Expression) for argument in arguments)
            else list(arguments)
        ),
        env={"PYTHONPATH": CODE, **packages(environment)},
        inputs={"code": f"{scope.code_uri}/source/", **inputs},
        outputs={output: own_output_uri(scope, word, output) for output in outputs},
        tags=environment.tags,
        comment=comment,
        timeout_seconds=compute.max_runtime_s + retry.JOB_OVERHEAD_S,
        retry=retry.starting_a_job(),
        result_selector=bind(
            {
                "ProcessingJobName": Expression("$.ProcessingJobName"),
                "folder": job_folder(scope, "$.ProcessingJobName"),
            }
        ),
        result_path=f"$.{result or name}",
    )
    return Step(
        state,
        machine=permissions.run_jobs(environment, word, "Processing"),
        job=(
            permissions.read_code(scope),
            *reads,
            permissions.write_runs(scope),
            *lists,
            *permissions.work("Processing"),
            *pull(environment, uri),
        ),
    )
