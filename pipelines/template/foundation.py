"""The foundation stack: what both pipelines of an environment share."""

from __future__ import annotations

from typing import Any

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.template.parts import BUCKET, tags


def build_foundation(environment: Environment) -> dict[str, Any]:
    """The template with the model package group; it also remembers the environment's bucket."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{environment.prefix}: what the training and inference pipelines share",
        "Parameters": {"Bucket": BUCKET},
        "Resources": {
            "ModelPackageGroup": {
                "Type": "AWS::SageMaker::ModelPackageGroup",
                # Registered models outlive the stack: they say what produced which predictions.
                "DeletionPolicy": "RetainExceptOnCreate",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "ModelPackageGroupName": naming.model_package_group_name(environment),
                    "ModelPackageGroupDescription": f"Models trained in {environment.prefix}",
                    **tags(environment),
                },
            }
        },
        "Outputs": {
            "Bucket": {
                "Description": "The bucket that the environment is deployed with",
                "Value": {"Ref": "Bucket"},
            },
            "ModelPackageGroupName": {
                "Description": "The group that this environment's models are registered in",
                "Value": naming.model_package_group_name(environment),
            },
        },
    }
