"""Preprocess: the same code in both pipelines; training fits, inference applies what was fitted."""

from __future__ import annotations

from pipelines.sdk import Expression
from pipelines.steps import permissions
from pipelines.steps.processing import CODE, INPUT, OUTPUT, processing_step
from pipelines.steps.step import Scope, Step

NAME = "Preprocess"
JOB_NAME_PATH = f"$.{NAME}.ProcessingJobName"


def preprocess_training(scope: Scope) -> Step:
    """Fit on the training rows; transform the training and the test rows.

    Writes `train/`, `test/` and `preprocessor/` below the job's prefix.
    """
    environment, data = scope.environment, scope.environment.data
    inputs = {"training": Expression("$.input.training_data")}
    arguments = ["training", "--features", f"{CODE}/features.json"]
    arguments += ["--training", f"{INPUT}/training"]
    uris = [data.training]
    if data.test is not None:
        inputs["test"] = Expression("$.input.test_data")
        arguments += ["--test", f"{INPUT}/test"]
        uris.append(data.test)
    else:
        arguments += ["--test-fraction", str(data.test_fraction)]
    return processing_step(
        NAME,
        scope,
        module="preprocess",
        compute=environment.steps.preprocess,
        arguments=[*arguments, "--output", OUTPUT],
        inputs=inputs,
        outputs=("train", "test", "preprocessor"),
        reads=[permissions.read_data(uris)],
        lists=permissions.list_objects(scope, uris),
        comment="Fit the preprocessor on the training rows, and apply it to them and the test rows",
    )


def preprocess_inference(scope: Scope, *, model_uri: Expression, sha256: Expression) -> Step:
    """Apply the preprocessor inside the model's archive; writes `features/`."""
    environment = scope.environment
    uris = [environment.data.inference]
    return processing_step(
        NAME,
        scope,
        module="preprocess",
        compute=environment.steps.preprocess,
        arguments=[
            "inference",
            *("--model", f"{INPUT}/model"),
            *("--model-sha256", sha256),
            *("--inference", f"{INPUT}/inference"),
            *("--output", OUTPUT),
        ],
        inputs={"model": model_uri, "inference": Expression("$.input.inference_data")},
        outputs=("features",),
        reads=[permissions.read_runs(scope, "training"), permissions.read_data(uris)],
        lists=permissions.list_objects(scope, uris),
        comment="Apply the preprocessor that lies in the model's archive",
    )
