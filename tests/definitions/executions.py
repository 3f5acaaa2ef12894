"""Simulating our definitions, with a fake for everything that they call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.interpreter import TaskCall, TaskTokens
from pipelines.asl.simulation import Fault, Simulation, simulate
from pipelines.definitions.catalogue import PIPELINES
from pipelines.environment.model import Environment

BUCKET = "a-bucket"
METRICS = {"roc_auc": 0.95, "error": 0.04, "accuracy": 0.96}
MODEL_URI = f"s3://{BUCKET}/a/model.tar.gz"


def substituted(environment: Environment, pipeline: str) -> dict[str, Any]:
    """The definition as it is deployed, each `${Name}` replaced."""
    text = json.dumps(PIPELINES[pipeline](environment, "c" * 64).document)
    values = {
        "Bucket": BUCKET,
        "JobRoleArn": "arn:aws:iam::000000000000:role/jobs",
        "ModelPackageGroupName": f"{environment.prefix}-models",
        "ModelPackageArn": (
            f"arn:aws:sagemaker:eu-central-1:000000000000:model-package/{environment.prefix}-models"
        ),
    }
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    assert "${" not in text
    document: dict[str, Any] = json.loads(text)
    return document


def model_package(**changes: Any) -> dict[str, Any]:
    """An approved model package, as DescribeModelPackage answers."""
    package = {
        "ModelPackageArn": "arn:aws:sagemaker:eu-central-1:000000000000:model-package/demo/7",
        "ModelApprovalStatus": "Approved",
        "InferenceSpecification": {"Containers": [{"ModelDataUrl": MODEL_URI}]},
        "CustomerMetadataProperties": {"model_sha256": "ab" * 32},
    }
    return {**package, **changes}


@dataclass
class FakeAws:
    """Answers every call of our definitions.

    Attributes:
        documents: what `s3:getObject` answers, by the end of the key.
        packages: the approved model packages.
        empty_pages: how many empty pages of model packages come before the one that holds them.
    """

    documents: dict[str, Any] = field(
        default_factory=lambda: {
            "evaluation/metrics.json": {
                "metrics": METRICS,
                "rows": 1000,
                "rejected": 2,
                "training": {"rows": 4000, "rejected": 3},
                "model_sha256": "ab" * 32,
                "preprocessor_sha256": "cd" * 32,
            },
            "predictions/summary.json": {"rows": 10, "predicted": 9, "rejected": 1},
        }
    )
    packages: list[dict[str, Any]] = field(default_factory=lambda: [model_package()])
    empty_pages: int = 0
    callbacks: TaskTokens = field(default_factory=TaskTokens)

    def supports(self, resource: str) -> str | None:
        return None

    async def run(self, call: TaskCall) -> Any:
        return self._answers()[call.resource.rsplit(":", 1)[1]](call.parameters)

    def _answers(self) -> Mapping[str, Callable[[dict[str, Any]], Any]]:
        return {
            "createProcessingJob.sync": lambda p: {"ProcessingJobName": p["ProcessingJobName"]},
            "createTrainingJob.sync": lambda p: {
                "TrainingJobName": p["TrainingJobName"],
                "ModelArtifacts": {"S3ModelArtifacts": MODEL_URI},
            },
            "getObject": self._document,
            "createModelPackage": lambda p: {"ModelPackageArn": model_package()["ModelPackageArn"]},
            "listModelPackages": self._page,
            "describeModelPackage": lambda p: self.packages[0],
        }

    def _page(self, parameters: dict[str, Any]) -> dict[str, Any]:
        page = int(parameters.get("NextToken", "0"))
        if page < self.empty_pages:
            return {"ModelPackageSummaryList": [], "NextToken": str(page + 1)}
        return {"ModelPackageSummaryList": self.packages}

    def _document(self, parameters: dict[str, Any]) -> dict[str, str]:
        [body] = [body for end, body in self.documents.items() if parameters["Key"].endswith(end)]
        return {"Body": json.dumps(body)}


def execute(
    environment: Environment,
    pipeline: str,
    aws: FakeAws | None = None,
    input: Any = None,
    faults: Sequence[Fault] = (),
) -> Simulation:
    """Run a pipeline once; `input` is `{}` unless it is given."""
    return simulate(
        substituted(environment, pipeline),
        input or {},
        tasks=aws or FakeAws(),
        faults=faults,
        context={
            "Execution": {
                "Id": "arn:aws:states:eu-central-1:000000000000:execution:m:run-1",
                "Name": "run-1",
            }
        },
    )
