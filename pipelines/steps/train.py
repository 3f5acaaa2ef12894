"""Train: a script-mode training job, which packs model and preprocessor into one archive."""

from __future__ import annotations

from pipelines import sdk
from pipelines.bundle import ARCHIVE
from pipelines.sdk import Expression, TrainingJob
from pipelines.steps import metrics, permissions, preprocess, retry
from pipelines.steps.expressions import execution_uri, job_name, output_uri
from pipelines.steps.images import pull, training_image
from pipelines.steps.step import Scope, Statement, Step

NAME = "Train"
JOB_NAME_PATH = f"$.{NAME}.TrainingJobName"
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
    return TrainingJob(
        image_uri=training_image(environment, compute.instance_type),
        role_arn="${JobRoleArn}",
        compute=compute,
        program="jobs/train.py",
        code_uri=f"{scope.code_uri}/{ARCHIVE}",
        hyperparameters={
            "algorithm": environment.model.algorithm,
            **environment.model.hyperparameters,
        },
        # The archive's manifest says which code made it.
        env={"CODE_SHA256": scope.code_digest},
        channels={
            channel: output_uri(scope, preprocess.JOB_NAME_PATH, f"{channel}/")
            for channel in ("train", "preprocessor")
        },
        output_uri=execution_uri(scope),
        metrics=metrics.definitions(environment),
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
