"""Simulating our definitions, with a fake for everything that they call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pipelines.asl.simulation import Call, Fault, Simulation, after, simulate
from pipelines.definitions.catalogue import PIPELINES
from pipelines.environment.model import Environment
from tests.environments import BUNDLE
from tests.steps.hosting import FakeHosting, not_found

BUCKET = "a-bucket"
METRICS = {
    "roc_auc": 0.95,
    "average_precision": 0.8,
    "accuracy": 0.96,
    "error": 0.04,
    "precision": 0.7,
    "recall": 0.6,
    "f1": 0.65,
    "log_loss": 0.1,
    "brier": 0.03,
}
GATE = {
    "passed": True,
    "close": False,
    "reason": "roc_auc is 0.95; at least 0.9 is wanted",
    "recorded": "roc_auc is 0.95 / at least 0.9 is wanted",
}
BEFORE_URI = f"s3://{BUCKET}/before/model.tar.gz"
MODEL_URI = f"s3://{BUCKET}/a/model.tar.gz"
EXECUTION = {
    "Id": "arn:aws:states:eu-central-1:000000000000:execution:m:run-1",
    "Name": "run-1",
}
_SUBSTITUTIONS = {
    "Bucket": BUCKET,
    "JobRoleArn": "arn:aws:iam::000000000000:role/jobs",
    "TopicArn": "arn:aws:sns:eu-central-1:000000000000:notices",
    "ApprovalsTable": "approvals",
    "GitCommit": "f" * 40,
}


def substituted(environment: Environment, pipeline: str) -> dict[str, Any]:
    """The definition as it is deployed, each `${Name}` replaced."""
    document: dict[str, Any] = json.loads(_substituted(environment.model_dump_json(), pipeline))
    return document


@lru_cache(maxsize=64)
def _substituted(environment_json: str, pipeline: str) -> str:
    environment = Environment.model_validate_json(environment_json)
    text = json.dumps(PIPELINES[pipeline](environment, BUNDLE).document)
    group = f"{environment.prefix}-models"
    values = {
        **_SUBSTITUTIONS,
        "ModelPackageGroupName": group,
        "ModelPackageArn": f"arn:aws:sagemaker:eu-central-1:000000000000:model-package/{group}",
    }
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    assert "${" not in text
    return text


def model_package(**changes: Any) -> dict[str, Any]:
    """An approved model package, as DescribeModelPackage answers."""
    package = {
        "ModelPackageArn": "arn:aws:sagemaker:eu-central-1:000000000000:model-package/demo/7",
        "ModelApprovalStatus": "Approved",
        "InferenceSpecification": {"Containers": [{"ModelDataUrl": BEFORE_URI}]},
        "CustomerMetadataProperties": {
            "model_sha256": "ef" * 32,
            "evaluate_folder": "demo/dev/runs/training/run-0/evaluate",
            "explain_folder": "demo/dev/runs/training/run-0/explain",
        },
    }
    return {**package, **changes}


def metrics_document(**changes: Any) -> dict[str, Any]:
    """evaluation/metrics.json."""
    return {
        "metrics": METRICS,
        "intervals": {name: [value - 0.01, value + 0.01] for name, value in METRICS.items()},
        "rows": 1000,
        "rejected": 2,
        "training": {"rows": 4000, "rejected": 3},
        "model_sha256": "ab" * 32,
        "preprocessor_sha256": "cd" * 32,
        "code_sha256": "c0" * 32,
        "algorithm": "hist_gradient_boosting",
        "task": "classification",
        "threshold": 0.5,
        "packages": "python 3.11.7 / numpy 2.4.6",
        "data": {"training_sha256": "12" * 32, "test_sha256": "34" * 32},
        "gate": GATE,
        "champion": None,
        "leaks": [],
        "worst_slice": None,
        **changes,
    }


ANSWER = {"decision": "approved", "by": "ann", "at": "2026-01-02T03:04:05Z", "reason": "fine"}


@dataclass
class FakeAws:
    """Answers every call of our definitions.

    Attributes:
        documents: what `s3:getObject` answers, by the end of the key.
        packages: the approved model packages.
        empty_pages: how many empty pages of model packages come before the one that holds them.
        hosting: models, endpoint configurations and the endpoint.
        answers: what people answer, one question after the other; after these, yes.
        tables: items by table and key.
        etags: of the data's objects.
    """

    documents: dict[str, Any] = field(
        default_factory=lambda: {
            "validation/summary.json": {
                "passed": True,
                "errors": 0,
                "warnings": 0,
                "reason": "",
            },
            "evaluation/metrics.json": metrics_document(),
            "predictions/summary.json": {"rows": 10, "predicted": 9, "rejected": 1},
            "endpoint-test/summary.json": {"passed": True, "reason": "all is as it was"},
        }
    )
    packages: list[dict[str, Any]] = field(default_factory=lambda: [model_package()])
    empty_pages: int = 0
    hosting: FakeHosting = field(default_factory=FakeHosting)
    answers: list[Any] = field(default_factory=list)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    etags: list[str] = field(default_factory=lambda: ["e1"])
    model_uri: str = MODEL_URI
    containers: dict[str, Any] = field(default_factory=dict)

    @property
    def tasks(self) -> Mapping[str, Any]:
        """What simulate() takes."""
        return {"*": self._answer}

    def _answer(self, request: dict[str, Any], call: Call) -> Any:
        operation = call.resource.rsplit(":", 1)[1]
        if operation == "putItem.waitForTaskToken":
            self._putItem(request)
            return self.answers.pop(0) if self.answers else after(3600, ANSWER)
        answer = getattr(self, f"_{operation.replace('.', '_')}", None)
        return self.hosting.answer(operation, request) if answer is None else answer(request)

    def _createProcessingJob_sync(self, request: dict[str, Any]) -> Any:
        return {"ProcessingJobName": request["ProcessingJobName"]}

    def _createTrainingJob_sync(self, request: dict[str, Any]) -> Any:
        return self._describeTrainingJob(request)

    def _describeTrainingJob(self, request: dict[str, Any]) -> Any:
        return {
            "TrainingJobName": request["TrainingJobName"],
            "ModelArtifacts": {"S3ModelArtifacts": self.model_uri},
        }

    def _getObject(self, request: dict[str, Any]) -> Any:
        [body] = [body for end, body in self.documents.items() if request["Key"].endswith(end)]
        return {"Body": json.dumps(body)}

    def _listObjectsV2(self, request: dict[str, Any]) -> Any:
        objects = [{"Key": f"{n}.csv", "ETag": etag} for n, etag in enumerate(self.etags)]
        return {"IsTruncated": False, "Contents": objects}

    def _createModelPackage(self, request: dict[str, Any]) -> Any:
        return {"ModelPackageArn": f"{model_package()['ModelPackageArn'][:-1]}8"}

    def _updateModelPackage(self, request: dict[str, Any]) -> Any:
        return {"ModelPackageArn": request["ModelPackageArn"]}

    def _listModelPackages(self, request: dict[str, Any]) -> Any:
        page = int(request.get("NextToken", "0"))
        if page < self.empty_pages:
            return {"ModelPackageSummaryList": [], "NextToken": str(page + 1)}
        return {"ModelPackageSummaryList": self.packages}

    def _describeModelPackage(self, request: dict[str, Any]) -> Any:
        return self.packages[0]

    def _createModel(self, request: dict[str, Any]) -> Any:
        self.containers[request["ModelName"]] = request["PrimaryContainer"]
        return self.hosting.createModel(request)

    def _describeModel(self, request: dict[str, Any]) -> Any:
        if request["ModelName"] not in self.containers:
            raise not_found("model", request["ModelName"])
        return {"PrimaryContainer": self.containers[request["ModelName"]]}

    def _createHyperParameterTuningJob_sync(self, request: dict[str, Any]) -> Any:
        name = request["HyperParameterTuningJobName"]
        return {
            "HyperParameterTuningJobName": name,
            "BestTrainingJob": {
                "TrainingJobName": f"{name}-001",
                "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "m", "Value": 0.9},
                "TunedHyperParameters": {},
            },
            "TrainingJobStatusCounters": {"Completed": 1},
        }

    def _publish(self, request: dict[str, Any]) -> Any:
        return {"MessageId": "1"}

    def _putItem(self, request: dict[str, Any]) -> Any:
        self.tables.setdefault(request["TableName"], {})[_key(request["Item"])] = request["Item"]
        return {}

    def _updateItem(self, request: dict[str, Any]) -> Any:
        return {}

    def _getItem(self, request: dict[str, Any]) -> Any:
        item = self.tables.get(request["TableName"], {}).get(_key(request["Key"]))
        return {} if item is None else {"Item": item}


def _key(item: Mapping[str, Any]) -> str:
    return json.dumps([item.get(name) for name in ("execution_arn", "step", "digest")])


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
        tasks=(aws or FakeAws()).tasks,
        faults=faults,
        context={"Execution": EXECUTION},
        check=False,  # creating the templates has done that
    )
