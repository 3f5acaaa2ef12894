"""Evaluate: the model's archive on the test rows, and nothing else."""

from __future__ import annotations

from pipelines.steps import permissions, preprocess, train
from pipelines.steps.expressions import output_uri
from pipelines.steps.processing import INPUT, OUTPUT, processing_step
from pipelines.steps.step import Scope, Step

NAME = "Evaluate"
JOB_NAME_PATH = f"$.{NAME}.ProcessingJobName"


def evaluate(scope: Scope) -> Step:
    """Measure the trained model; writes `evaluation/` with metrics.json and report.html."""
    return processing_step(
        NAME,
        scope,
        module="evaluate",
        compute=scope.environment.steps.evaluate,
        arguments=[
            *("--model", f"{INPUT}/model"),
            *("--test", f"{INPUT}/test"),
            *("--output", OUTPUT),
        ],
        inputs={
            "model": train.MODEL_URI,
            "test": output_uri(scope, preprocess.JOB_NAME_PATH, "test/"),
        },
        outputs=("evaluation",),
        reads=[permissions.read_runs(scope, scope.pipeline)],
        lists=permissions.list_objects(scope),
        comment="Measure the model on the test rows",
    )
