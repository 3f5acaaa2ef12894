"""Choose model: find the latest approved version of the environment's group, and describe one."""

from __future__ import annotations

from pipelines.sdk import Expression
from pipelines.steps import permissions
from pipelines.steps.api_call import api_call
from pipelines.steps.step import Scope, Statement, Step

FOUND = "Found"
NEXT_TOKEN = Expression(f"$.{FOUND}.NextToken")
# A page of these is some 20 kB of the 256 that a state may hold.
PAGE = 50
# The first of the list, when there is one.
LATEST_PATH = f"$.{FOUND}.ModelPackageSummaryList[0].ModelPackageArn"
MODEL = "Model"
STATUS_PATH = f"$.{MODEL}.ModelApprovalStatus"
SHA256 = Expression(f"$.{MODEL}.CustomerMetadataProperties.model_sha256")
MODEL_URI = Expression(f"$.{MODEL}.InferenceSpecification.Containers[0].ModelDataUrl")


def find_latest(name: str, scope: Scope, next_token: Expression | None = None) -> Step:
    """List the newest approved versions of the environment's group.

    SageMaker may cut a page before it filters it: a page can be empty and yet have a NextToken.

    Args:
        next_token: of the page before, if this is to be the page after.
    """
    request = {
        "ModelPackageGroupName": "${ModelPackageGroupName}",
        "ModelApprovalStatus": "Approved",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": PAGE,
    }
    if next_token is not None:
        request["NextToken"] = next_token
    state = api_call(
        name,
        scope,
        "SageMaker",
        "listModelPackages",
        request,
        result=FOUND,
        comment="The newest approved model packages of this environment's group",
    )
    statement = Statement(
        "FindModel",
        ("sagemaker:ListModelPackages",),
        permissions.model_packages(scope.environment),
    )
    return Step(state, machine=(statement,))


def describe(name: str, scope: Scope, model_package: Expression) -> Step:
    """Describe one version, given its ARN; the result is at `$.Model`."""
    state = api_call(
        name,
        scope,
        "SageMaker",
        "describeModelPackage",
        {"ModelPackageName": model_package},
        result=MODEL,
        comment="Where its archive lies, and what the archive's digest must be",
    )
    statement = Statement(
        "DescribeModel",
        ("sagemaker:DescribeModelPackage",),
        permissions.model_packages(scope.environment),
    )
    return Step(state, machine=(statement,))
