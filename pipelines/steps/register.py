"""Register: the archive with model and preprocessor becomes a version in the registry."""

from __future__ import annotations

from pipelines.sdk import Expression
from pipelines.steps import evaluate, permissions, train
from pipelines.steps.api_call import api_call
from pipelines.steps.expressions import output_uri
from pipelines.steps.images import serving_image
from pipelines.steps.step import Scope, Statement, Step

NAME = "Register"
ARN_PATH = f"$.{NAME}.ModelPackageArn"


def register(scope: Scope, metrics_path: str) -> Step:
    """Create a model package; `approval: automatic` approves it at once.

    The package records the digests of the archive and of the preprocessor inside it: the jobs of
    the inference pipeline load neither before they have compared them.

    Args:
        metrics_path: of the document that Evaluate wrote.
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
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {
                    "ContentType": "application/json",
                    "S3Uri": output_uri(
                        scope, evaluate.JOB_NAME_PATH, "evaluation/evaluation.json"
                    ),
                }
            }
        },
        "CustomerMetadataProperties": {
            "model_sha256": Expression(f"{metrics_path}.model_sha256"),
            "preprocessor_sha256": Expression(f"{metrics_path}.preprocessor_sha256"),
            "algorithm": environment.model.algorithm,
            "code_sha256": scope.code_digest,
            "execution_arn": Expression("$$.Execution.Id"),
        },
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
