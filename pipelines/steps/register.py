"""Register: the archive with model and preprocessor becomes a version in the registry.

With it goes what made it, its lineage, as the package's customer metadata. The registry takes
letters, digits, spaces and `_ . : / = + - @` there, at most 256, and nothing else.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
"""

from __future__ import annotations

from typing import Any

from pipelines.environment.digest import configuration_sha256
from pipelines.environment.model import Environment
from pipelines.sdk import Expression
from pipelines.steps import evaluate, permissions, preprocess, train
from pipelines.steps.api_call import api_call
from pipelines.steps.expressions import output_uri
from pipelines.steps.images import serving_image, training_image
from pipelines.steps.step import Scope, Statement, Step

NAME = "Register"
ARN_PATH = f"$.{NAME}.ModelPackageArn"
# The approved model when this one was made, whose place it is to take: "none" without one.
PARENT_PATH = "$.Champion.model_package_arn"


def register(scope: Scope, metrics_path: str, *, report: Expression | None = None) -> Step:
    """Create a model package; `approval: automatic` approves it at once.

    The package records the digests of the archive and of the preprocessor inside it: the jobs of
    the inference pipeline load neither before they have compared them.

    Args:
        metrics_path: of the document that Evaluate wrote.
        report: S3 URI of the page that explains the model, if there is one.
    """
    environment = scope.environment
    automatic = environment.approval == "automatic"
    request = {
        "ModelPackageGroupName": "${ModelPackageGroupName}",
        # A redriven execution that had already registered its model gets the same version.
        "ClientToken": Expression("$.id"),
        "ModelApprovalStatus": "Approved" if automatic else "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": serving_image(environment, environment.steps.train.instance_type),
                    "ModelDataUrl": train.MODEL_URI,
                }
            ],
            "SupportedContentTypes": ["text/csv", "application/json"],
            "SupportedResponseMIMETypes": ["text/csv", "application/json"],
        },
        "ModelMetrics": _metrics(scope, report),
        "CustomerMetadataProperties": _lineage(scope, metrics_path),
    }
    state = api_call(
        NAME,
        scope,
        "SageMaker",
        "createModelPackage",
        request,
        result=NAME,
        comment="Make the model a version of this environment's model package group",
    )
    return Step(
        state,
        machine=(
            Statement(
                "RegisterModel",
                ("sagemaker:CreateModelPackage",),
                permissions.model_packages(environment),
            ),
            # SageMaker looks at the archive and the metrics as whoever registers them.
            permissions.read_runs(scope, scope.pipeline),
        ),
    )


def _metrics(scope: Scope, report: Expression | None) -> dict[str, Any]:
    """Where the documents lie: of the model, of the data it was fitted on, and the page."""

    def source(uri: Expression, content_type: str = "application/json") -> dict[str, Any]:
        return {"ContentType": content_type, "S3Uri": uri}

    evaluation = output_uri(scope, evaluate.JOB_NAME_PATH, "evaluation/evaluation.json")
    data = output_uri(scope, preprocess.JOB_NAME_PATH, "preprocessor/summary.json")
    metrics = {
        "ModelQuality": {"Statistics": source(evaluation)},
        "ModelDataQuality": {"Statistics": source(data)},
    }
    if report is not None:
        metrics["Explainability"] = {"Report": source(report, "text/html")}
    return metrics


def _lineage(scope: Scope, metrics_path: str) -> dict[str, Any]:
    """What made the model: code, configuration, data, packages, and whose place it is to take."""
    environment = scope.environment
    measured = {
        name: Expression(f"{metrics_path}.{name}")
        for name in ("model_sha256", "preprocessor_sha256", "algorithm", "task", "packages")
    }
    return {
        **measured,
        **_threshold(environment, metrics_path),
        # Of the code that trained it, which is older than this execution's if Train was reused.
        "code_sha256": Expression(f"States.Format('{{}}', {metrics_path}.code_sha256)"),
        "configuration_sha256": configuration_sha256(environment),
        "git_commit": "${GitCommit}",
        "image": training_image(environment, environment.steps.train.instance_type),
        "execution_arn": Expression("$$.Execution.Id"),
        **_data(environment, metrics_path),
        "parent_model": Expression(PARENT_PATH),
        **_gate(environment, metrics_path),
        **_folders(environment),
    }


def _threshold(environment: Environment, metrics_path: str) -> dict[str, Any]:
    """The probability from which a row is of the positive class; a number has none."""
    if environment.is_regression:
        return {}
    return {"threshold": Expression(f"States.Format('{{}}', {metrics_path}.threshold)")}


def _data(environment: Environment, metrics_path: str) -> dict[str, Any]:
    """Where the rows lay, and the digest of what lay there then: "null" if nobody has told it."""
    roles = ["training"] if environment.data.test is None else ["training", "test"]
    return {
        key: value
        for role in roles
        for key, value in (
            (f"{role}_data", Expression(f"$.input.{role}_data")),
            (
                f"{role}_sha256",
                Expression(f"States.Format('{{}}', {metrics_path}.data.{role}_sha256)"),
            ),
        )
    }


def _gate(environment: Environment, metrics_path: str) -> dict[str, Any]:
    """Why it was good enough, in the registry's letters."""
    if environment.gate is None or not environment.gate.enabled:
        return {}
    return {"gate": Expression(f"{metrics_path}.gate.recorded")}


def _folders(environment: Environment) -> dict[str, Any]:
    """Where it was measured and explained, as keys of the environment's bucket."""
    names = [evaluate.NAME]
    if environment.explanation is not None and environment.explanation.enabled:
        names.append("Explain")
    return {f"{name.lower()}_folder": Expression(f"$.{name}.folder") for name in names}
