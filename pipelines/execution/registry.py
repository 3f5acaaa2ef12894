"""The models of an environment, as the registry has them, each with what is recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipelines.aws import AwsError, pages

# In the place of a value: there is none, or nobody has told it.
ABSENT = frozenset({"", "none", "null", "unknown"})


@dataclass(frozen=True)
class Registered:
    """One version of an environment's model package group.

    Attributes:
        status: of its approval, in SageMaker's words.
        approval: who approved or rejected it, when and why; empty if the gate alone did.
        archive: S3 URI of the model; `data`, `evaluation` and `report` are those of documents,
            empty where there is none.
        metadata: what the training pipeline recorded (pipelines/steps/register.py).
    """

    arn: str
    version: int
    status: str
    registered: datetime
    archive: str
    approval: str = ""
    data: str = ""
    evaluation: str = ""
    report: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str:
        """What is recorded under a key; empty if nothing is."""
        value = self.metadata.get(key, "")
        return "" if value in ABSENT else value

    @property
    def execution(self) -> str:
        """The name of the execution that made it."""
        return self.get("execution_arn").rpartition(":")[2]


def models(sagemaker: Any, group: str) -> list[Registered]:
    """Every version of a group, the newest first; none if there is no such group.

    Raises:
        AwsError
    """
    found: list[Registered] = []
    try:
        for page in pages(
            sagemaker.list_model_packages,
            ModelPackageGroupName=group,
            ModelPackageType="Versioned",
            SortBy="CreationTime",
            SortOrder="Descending",
            MaxResults=100,
        ):
            for summary in page["ModelPackageSummaryList"]:
                found.append(describe(sagemaker, summary["ModelPackageArn"]))
    except AwsError as error:
        if error.code in ("ValidationException", "ResourceNotFound") and not found:
            return []
        raise
    return found


def describe(sagemaker: Any, arn: str) -> Registered:
    """One version, by its ARN.

    Raises:
        AwsError
    """
    return read(sagemaker.describe_model_package(ModelPackageName=arn))


def read(answer: Mapping[str, Any]) -> Registered:
    """The answer of DescribeModelPackage."""
    [container, *_] = answer.get("InferenceSpecification", {}).get("Containers") or [{}]
    metrics = answer.get("ModelMetrics", {})
    evaluation = _uri(metrics, "ModelQuality", "Statistics")
    return Registered(
        arn=answer["ModelPackageArn"],
        version=answer.get("ModelPackageVersion", 0),
        status=answer.get("ModelApprovalStatus", ""),
        registered=answer["CreationTime"],
        archive=container.get("ModelDataUrl", ""),
        approval=answer.get("ApprovalDescription", ""),
        data=_uri(metrics, "ModelDataQuality", "Statistics"),
        evaluation=evaluation,
        # Without an explanation the page is beside the evaluation.
        report=_uri(metrics, "Explainability", "Report")
        or (evaluation and evaluation.rpartition("/")[0] + "/report.html"),
        metadata=dict(answer.get("CustomerMetadataProperties", {})),
    )


def _uri(metrics: Mapping[str, Any], of: str, kind: str) -> str:
    return str(metrics.get(of, {}).get(kind, {}).get("S3Uri", ""))
