"""Evaluate: the model's archive on the test rows, beside the champion's where there is one."""

from __future__ import annotations

from pipelines.sdk import Expression
from pipelines.steps import champion, permissions, preprocess, train
from pipelines.steps.expressions import output_uri
from pipelines.steps.processing import CODE, INPUT, OUTPUT, processing_step
from pipelines.steps.step import Scope, Step

NAME = "Evaluate"
JOB_NAME_PATH = f"$.{NAME}.ProcessingJobName"


def evaluate(scope: Scope) -> Step:
    """Measure the trained model, and decide whether it passes the gate.

    Writes `evaluation/` with metrics.json, evaluation.json, golden.json and report.html.
    """
    environment = scope.environment
    arguments = [
        *("--model", f"{INPUT}/model"),
        *("--test", f"{INPUT}/test"),
        *("--rows", f"{INPUT}/rows"),
        *("--evaluation", f"{CODE}/evaluation.json"),
    ]
    inputs: dict[str, str | Expression] = {
        "model": train.MODEL_URI,
        "test": output_uri(scope, preprocess.JOB_NAME_PATH, "test/"),
        "rows": rows_uri(scope),
    }
    if champion.is_compared(environment):
        inputs["champion"] = champion.MODEL_URI
        arguments += ["--champion", f"{INPUT}/champion", "--champion-sha256", champion.SHA256]
    return processing_step(
        NAME,
        scope,
        module="evaluate",
        compute=environment.steps.evaluate,
        arguments=[*arguments, "--output", OUTPUT],
        inputs=inputs,
        outputs=("evaluation",),
        reads=[
            permissions.read_runs(scope, scope.pipeline),
            permissions.read_data([rows_data(scope)]),
        ],
        lists=permissions.list_objects(scope, [rows_data(scope)]),
        comment="Measure the model on the test rows, and decide whether it passes the gate",
    )


def rows_data(scope: Scope) -> str:
    """The configured location of the raw rows that test rows are among."""
    data = scope.environment.data
    return data.training if data.test is None else data.test


def rows_uri(scope: Scope) -> Expression:
    """Where this execution's raw rows lie that test rows are among."""
    return Expression(
        "$.input.training_data" if scope.environment.data.test is None else "$.input.test_data"
    )


def metrics_uri(scope: Scope) -> Expression:
    """What the state machine reads: see `documents.metrics`."""
    return output_uri(scope, JOB_NAME_PATH, "evaluation/metrics.json")


def golden_uri(scope: Scope) -> Expression:
    """The folder that holds golden.json, for whoever serves the model."""
    return output_uri(scope, JOB_NAME_PATH, "evaluation/")
