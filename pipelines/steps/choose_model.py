"""Choose model: find the latest approved version of the environment's group, and describe one."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.sdk import Expression
from pipelines.steps import permissions
from pipelines.steps.api_call import api_call
from pipelines.steps.step import Scope, Statement, Step

# A page of these is some 20 kB of the 256 that a state may hold.
PAGE = 50


@dataclass(frozen=True)
class Found:
    """Where a page of model packages lies in the execution's data: at `$.<result>`."""

    result: str

    @property
    def next_token(self) -> Expression:
        """What the page after is asked for with; absent on the last one."""
        return Expression(f"$.{self.result}.NextToken")

    @property
    def latest_path(self) -> str:
        """The first of the list; absent if there is none."""
        return f"$.{self.result}.ModelPackageSummaryList[0].ModelPackageArn"


FOUND = Found("Found")
NEXT_TOKEN, LATEST_PATH = FOUND.next_token, FOUND.latest_path
MODEL = "Model"
STATUS_PATH = f"$.{MODEL}.ModelApprovalStatus"
SHA256 = Expression(f"$.{MODEL}.CustomerMetadataProperties.model_sha256")
MODEL_URI = Expression(f"$.{MODEL}.InferenceSpecification.Containers[0].ModelDataUrl")


def find_latest(
    name: str, scope: Scope, next_token: Expression | None = None, found: Found = FOUND
) -> Step:
    """List the newest approved versions of the environment's group.

    SageMaker may cut a page before it filters it: a page can be empty and yet have a NextToken.

    Args:
        next_token: of the page before, if this is to be the page after.
        found: where the result goes.
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
        result=found.result,
        comment="The newest approved model packages of this environment's group",
    )
    statement = Statement(
        "FindModel",
        ("sagemaker:ListModelPackages",),
        permissions.model_packages(scope.environment),
    )
    return Step(state, machine=(statement,))


def describe(name: str, scope: Scope, model_package: Expression, result: str = MODEL) -> Step:
    """Describe one version, given its ARN; the result is at `$.Model`, or `$.<result>`."""
    state = api_call(
        name,
        scope,
        "SageMaker",
        "describeModelPackage",
        {"ModelPackageName": model_package},
        result=result,
        comment="Where its archive lies, and what the archive's digest must be",
    )
    statement = Statement(
        "DescribeModel",
        ("sagemaker:DescribeModelPackage",),
        permissions.model_packages(scope.environment),
    )
    return Step(state, machine=(statement,))
