"""Choose model: find the latest approved version of the environment's group, and describe one."""

from __future__ import annotations

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.sdk import Expression, Task, bind, partition
from pipelines.steps import retry
from pipelines.steps.step import Scope, Statement, Step

FOUND = "Found"
# The first of the list, when there is one.
LATEST_PATH = f"$.{FOUND}.ModelPackageSummaryList[0].ModelPackageArn"
MODEL = "Model"
STATUS_PATH = f"$.{MODEL}.ModelApprovalStatus"
SHA256 = Expression(f"$.{MODEL}.CustomerMetadataProperties.model_sha256")
MODEL_URI = Expression(f"$.{MODEL}.InferenceSpecification.Containers[0].ModelDataUrl")


def _versions(environment: Environment) -> tuple[str, ...]:
    group = naming.model_package_group_name(environment)
    here = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}"
    return (f"{here}:model-package-group/{group}", f"{here}:model-package/{group}/*")


def find_latest(name: str, scope: Scope) -> Step:
    """List the newest approved version of the environment's group: a list of one or none."""
    state = Task(
        name,
        resource=(
            f"arn:{partition(scope.environment.region)}:states:::aws-sdk:sagemaker:listModelPackages"
        ),
        parameters={
            "ModelPackageGroupName": "${ModelPackageGroupName}",
            "ModelApprovalStatus": "Approved",
            "SortBy": "CreationTime",
            "SortOrder": "Descending",
            "MaxResults": 1,
        },
        comment="The newest approved model package of this environment's group",
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("SageMaker"),
        result_path=f"$.{FOUND}",
    )
    statement = Statement(
        "FindModel", ("sagemaker:ListModelPackages",), _versions(scope.environment)
    )
    return Step(state, machine=(statement,))


def describe(name: str, scope: Scope, model_package: Expression) -> Step:
    """Describe one version, given its ARN; the result is at `$.Model`."""
    state = Task(
        name,
        resource=(
            f"arn:{partition(scope.environment.region)}"
            ":states:::aws-sdk:sagemaker:describeModelPackage"
        ),
        parameters=bind({"ModelPackageName": model_package}),
        comment="Where its archive lies, and what the archive's digest must be",
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("SageMaker"),
        result_path=f"$.{MODEL}",
    )
    statement = Statement(
        "DescribeModel", ("sagemaker:DescribeModelPackage",), _versions(scope.environment)
    )
    return Step(state, machine=(statement,))
