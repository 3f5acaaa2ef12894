"""Train: a training job, which packs model and preprocessor into one archive.

It runs the algorithm of the catalogue that is configured (`jobs/train.py`), a script of the
project's own in its place, or the command of an image of one's own; docs/algorithms.md says what
the latter two must do.
"""

from __future__ import annotations

from typing import Any

from pipelines import sdk
from pipelines.bundle import ARCHIVE
from pipelines.sdk import Expression, TrainingJob
from pipelines.steps import metrics, permissions, preprocess, retry
from pipelines.steps.expressions import execution_uri, job_name, output_uri
from pipelines.steps.images import packages, pull, training_image
from pipelines.steps.step import Scope, Statement, Step

NAME = "Train"
JOB_NAME_PATH = f"$.{NAME}.TrainingJobName"
# SageMaker's own choice.
CHECKPOINTS = "/opt/ml/checkpoints"
# Of the archive with model and preprocessor.
MODEL_URI = Expression(f"$.{NAME}.model")
# What is kept of a training job's description.
RESULT = {
    "TrainingJobName.$": "$.TrainingJobName",
    "model.$": "$.ModelArtifacts.S3ModelArtifacts",
}


def training_job(scope: Scope) -> TrainingJob:
    """What Train runs, on what Preprocess wrote; so does each trial of Tune."""
    environment, compute = scope.environment, scope.environment.steps.train
    model = environment.model
    own_command = model.entrypoint is not None
    chosen: dict[str, Any] = {} if model.algorithm is None else {"algorithm": model.algorithm}
    chosen |= {} if model.threshold is None else {"threshold": model.threshold}
    on_spot = compute.spot is not None
    return TrainingJob(
        image_uri=training_image(environment, compute.instance_type),
        role_arn="${JobRoleArn}",
        compute=compute,
        program=None if own_command else model.script or "jobs/train.py",
        code_uri=None if own_command else f"{scope.code_uri}/{ARCHIVE}",
        entrypoint=model.entrypoint or (),
        hyperparameters={**chosen, **model.hyperparameters},
        env={
            # The archive's manifest says which code made it.
            "CODE_SHA256": scope.code_digest,
            **({"SM_CHECKPOINT_DIR": CHECKPOINTS} if on_spot else {}),
            **packages(environment),
        },
        channels={
            channel: output_uri(scope, preprocess.JOB_NAME_PATH, f"{channel}/")
            for channel in ("train", "preprocessor")
        },
        output_uri=execution_uri(scope),
        metrics=metrics.definitions(environment),
        # For a spot machine that is taken away; an attempt of this execution goes on from there.
        checkpoints_uri=(
            Expression(f"States.Format('{scope.runs_uri}/{{}}/checkpoints', $$.Execution.Name)")
            if on_spot
            else None
        ),
    )


def time_limit_s(scope: Scope) -> int:
    """How long a job may take, from its start to its model."""
    compute = scope.environment.steps.train
    limit_s = compute.spot.max_wait_s if compute.spot is not None else compute.max_runtime_s
    return limit_s + retry.JOB_OVERHEAD_S


def training_permissions(scope: Scope) -> tuple[Statement, ...]:
    """What the job's role needs."""
    return (
        permissions.read_code(scope),
        permissions.read_runs(scope, scope.pipeline),
        permissions.write_runs(scope),
        *permissions.list_objects(scope),
        *permissions.work("Training"),
        *pull(scope.environment, training_job(scope).image_uri),
    )


def train(scope: Scope) -> Step:
    """Train the configured algorithm on what Preprocess wrote.

    The state's result, at `$.Train`, is `{"TrainingJobName": …, "model": <S3 URI>}`.
    """
    environment = scope.environment
    state = sdk.training_step(
        NAME,
        training_job(scope),
        region=environment.region,
        job_name=job_name(environment, "train"),
        tags=environment.tags,
        comment="Train the model, and pack it with the preprocessor into one archive",
        timeout_seconds=time_limit_s(scope),
        retry=retry.starting_a_job(),
        result_selector=RESULT,
        result_path=f"$.{NAME}",
    )
    return Step(
        state,
        machine=permissions.run_jobs(environment, "train", "Training"),
        job=training_permissions(scope),
    )
