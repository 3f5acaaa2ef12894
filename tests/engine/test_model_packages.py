"""The model registry: versions in groups, approval, and the latest approved one."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.conftest import REGION, Engine

SPECIFICATION = {
    "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}
METRICS = {
    "ModelQuality": {
        "Statistics": {"ContentType": "application/json", "S3Uri": "s3://bucket/metrics.json"}
    }
}


@pytest.fixture
def registry(engine: Engine) -> Any:
    """A SageMaker client, and a group named `models`."""
    client = engine.client("sagemaker")
    client.create_model_package_group(ModelPackageGroupName="models")
    return client


def register(registry: Any, **more: Any) -> str:
    """A new version; its ARN."""
    arn: str = registry.create_model_package(
        ModelPackageGroupName="models", InferenceSpecification=SPECIFICATION, **more
    )["ModelPackageArn"]
    return arn


def test_versions_count_up_within_their_group(registry: Any) -> None:
    prefix = f"arn:aws:sagemaker:{REGION}:000000000000:model-package/models"

    assert [register(registry), register(registry)] == [f"{prefix}/1", f"{prefix}/2"]


def test_a_package_is_described_as_it_was_registered(registry: Any) -> None:
    arn = register(
        registry,
        ModelApprovalStatus="Approved",
        CustomerMetadataProperties={"model_sha256": "abc"},
        ModelMetrics=METRICS,
        ModelPackageDescription="first",
    )

    found = registry.describe_model_package(ModelPackageName=arn)

    assert found["ModelPackageVersion"] == 1
    assert found["ModelApprovalStatus"] == "Approved"
    assert found["CustomerMetadataProperties"] == {"model_sha256": "abc"}
    assert found["ModelMetrics"] == METRICS
    assert found["InferenceSpecification"] == SPECIFICATION
    assert found["ModelPackageStatus"] == "Completed"


def test_a_package_waits_for_approval_unless_it_says_otherwise(registry: Any) -> None:
    found = registry.describe_model_package(ModelPackageName=register(registry))

    assert found["ModelApprovalStatus"] == "PendingManualApproval"


@pytest.mark.parametrize(
    "name", ["models", f"arn:aws:sagemaker:{REGION}:000000000000:model-package-group/models"]
)
def test_the_latest_approved_one_is_found_though_later_ones_are_not_approved(
    registry: Any, name: str
) -> None:
    register(registry, ModelApprovalStatus="Approved")
    wanted = register(registry, ModelApprovalStatus="Approved")
    for _ in range(12):
        register(registry, ModelApprovalStatus="Rejected")

    found = registry.list_model_packages(
        ModelPackageGroupName=name,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=1,
    )

    (latest,) = found["ModelPackageSummaryList"]
    assert latest["ModelPackageArn"] == wanted
    assert "NextToken" in found


def test_a_long_list_comes_in_pages(registry: Any) -> None:
    arns = [register(registry) for _ in range(5)]

    pages = registry.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName="models", PaginationConfig={"PageSize": 2}
    )

    listed = [each["ModelPackageArn"] for page in pages for each in page["ModelPackageSummaryList"]]
    assert listed == arns


def test_an_approval_leaves_everything_else_as_it_was(registry: Any) -> None:
    arn = register(registry, CustomerMetadataProperties={"a": "1"})

    registry.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="looks good"
    )
    registry.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"b": "2"})

    found = registry.describe_model_package(ModelPackageName=arn)
    assert found["ModelApprovalStatus"] == "Approved"
    assert found["ApprovalDescription"] == "looks good"
    assert found["CustomerMetadataProperties"] == {"a": "1", "b": "2"}


def test_packages_survive_a_restart_and_versions_go_on(engine: Engine, registry: Any) -> None:
    arn = register(registry)
    before = registry.describe_model_package(ModelPackageName=arn)
    registry.delete_model_package(ModelPackageName=register(registry))

    engine.restart()
    registry = engine.client("sagemaker")

    found = registry.describe_model_package(ModelPackageName=arn)
    del found["ResponseMetadata"], before["ResponseMetadata"]
    assert found == before
    assert register(registry).endswith("/3")


def test_a_group_that_holds_packages_is_not_deleted(registry: Any) -> None:
    arn = register(registry)
    with pytest.raises(ClientError, match="still contains model packages"):
        registry.delete_model_package_group(ModelPackageGroupName="models")

    registry.delete_model_package(ModelPackageName=arn)
    registry.delete_model_package_group(ModelPackageGroupName="models")

    assert registry.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_a_region_has_its_own_groups(engine: Engine, registry: Any) -> None:
    elsewhere = engine.client("sagemaker", "us-east-1")

    assert elsewhere.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


@pytest.mark.parametrize(
    ("call", "arguments", "message"),
    [
        ("create_model_package_group", {"ModelPackageGroupName": "models"}, "already exists"),
        ("describe_model_package_group", {"ModelPackageGroupName": "no"}, "does not exist"),
        ("describe_model_package", {"ModelPackageName": "no"}, "does not exist"),
        ("create_model_package", {"ModelPackageName": "alone"}, "in groups only"),
        (
            "create_model_package",
            {
                "ModelPackageGroupName": "models",
                "InferenceSpecification": SPECIFICATION,
                "ModelApprovalStatus": "Fine",
            },
            "none of Approved",
        ),
        (
            "create_model_package",
            {"ModelPackageGroupName": "models", "CertifyForMarketplace": True},
            "does not honour CertifyForMarketplace",
        ),
    ],
)
def test_what_is_wrong_is_a_validation_exception(
    registry: Any, call: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message) as error:
        getattr(registry, call)(**arguments)

    assert error.value.response["Error"]["Code"] == "ValidationException"
