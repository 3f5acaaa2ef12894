"""Predict: one line of predictions for every row, in order."""

from __future__ import annotations

from pipelines.sdk import Expression
from pipelines.steps import permissions, preprocess
from pipelines.steps.expressions import output_uri
from pipelines.steps.processing import INPUT, OUTPUT, processing_step
from pipelines.steps.step import Scope, Step

NAME = "Predict"
JOB_NAME_PATH = f"$.{NAME}.ProcessingJobName"


def predict(scope: Scope, *, model_uri: Expression, sha256: Expression) -> Step:
    """Score what Preprocess wrote; writes `predictions/`."""
    return processing_step(
        NAME,
        scope,
        module="predict",
        compute=scope.environment.steps.predict,
        arguments=[
            *("--model", f"{INPUT}/model"),
            *("--model-sha256", sha256),
            *("--features", f"{INPUT}/features"),
            *("--output", OUTPUT),
        ],
        inputs={
            "model": model_uri,
            "features": output_uri(scope, preprocess.JOB_NAME_PATH, "features/"),
        },
        outputs=("predictions",),
        reads=[
            permissions.read_runs(scope, "training"),
            permissions.read_runs(scope, scope.pipeline),
        ],
        lists=permissions.list_objects(scope),
        comment="Score every row",
    )
