"""Explain: what the model goes by, for all rows and row by row; completes Evaluate's page."""

from __future__ import annotations

from pipelines.errors import CheckError
from pipelines.sdk import Expression
from pipelines.steps import evaluate, permissions, preprocess, train
from pipelines.steps.expressions import output_uri
from pipelines.steps.processing import CODE, INPUT, OUTPUT, processing_step
from pipelines.steps.step import Scope, Step

NAME = "Explain"
JOB_NAME_PATH = f"$.{NAME}.ProcessingJobName"


def explain(scope: Scope) -> Step:
    """Explain the trained model; writes `explanation/` with explanation.json and report.html.

    Raises:
        CheckError: the configuration gives it no machines.
    """
    compute = scope.environment.steps.explain
    if compute is None:
        raise CheckError(
            f"{scope.environment.name}: Explain has no machines",
            hint="Set steps.explain, or explanation.enabled: false.",
        )
    return processing_step(
        NAME,
        scope,
        module="explain",
        compute=compute,
        arguments=[
            *("--model", f"{INPUT}/model"),
            *("--test", f"{INPUT}/test"),
            *("--measured", f"{INPUT}/evaluation"),
            *("--evaluation", f"{CODE}/evaluation.json"),
            *("--output", OUTPUT),
        ],
        inputs={
            "model": train.MODEL_URI,
            "test": output_uri(scope, preprocess.JOB_NAME_PATH, "test/"),
            "evaluation": output_uri(scope, evaluate.JOB_NAME_PATH, "evaluation/"),
        },
        outputs=("explanation",),
        reads=[permissions.read_runs(scope, scope.pipeline)],
        lists=permissions.list_objects(scope),
        comment="What the model goes by, for all rows and row by row",
    )


def report_uri(scope: Scope) -> Expression:
    """The page for people: of Explain, which holds all that Evaluate's does, or of Evaluate."""
    section = scope.environment.explanation
    if section is not None and section.enabled:
        return output_uri(scope, JOB_NAME_PATH, "explanation/report.html")
    return output_uri(scope, evaluate.JOB_NAME_PATH, "evaluation/report.html")
