"""Template parameters that more than one stack has."""

from __future__ import annotations

BUCKET = {
    "Type": "String",
    "Description": "The environment's bucket",
    "AllowedPattern": "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "ConstraintDescription": "must be the name of an S3 bucket",
}
MODEL_PACKAGE_GROUP_NAME = {
    "Type": "String",
    "Description": "The group that models are registered in (an output of the foundation stack)",
}
