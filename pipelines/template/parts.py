"""Parts of a template that more than one stack has."""

from __future__ import annotations

from pipelines.environment.model import Environment

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
TOPIC_ARN = {
    "Type": "String",
    "Description": "What tells of failures and open questions (an output of the foundation stack)",
}
APPROVALS_TABLE = {
    "Type": "String",
    "Description": "Questions to people, and their answers (an output of the foundation stack)",
}
REUSE_TABLE = {
    "Type": "String",
    "Description": "Results that may be taken over (an output of the foundation stack)",
}
# In the place of a commit, without git; and after that of a tree that was changed since.
UNKNOWN_COMMIT, DIRTY = "unknown", "-dirty"
GIT_COMMIT = {
    "Type": "String",
    "Description": "The commit of the project's tree that is deployed, or unknown",
    "Default": UNKNOWN_COMMIT,
    "AllowedPattern": f"([0-9a-f]{{40}}|[0-9a-f]{{64}})({DIRTY})?|{UNKNOWN_COMMIT}",
    "ConstraintDescription": (
        f"must be the whole hash of a commit ({DIRTY} if changed since), or {UNKNOWN_COMMIT}"
    ),
}


def tags(environment: Environment) -> dict[str, list[dict[str, str]]]:
    """The property `Tags`, to be spread into a resource's properties; absent without tags.

    `deploy` tags the stacks too. That reaches the resources as well, but only of who deploys with
    it: a template is whole without.
    """
    if not environment.tags:
        return {}
    return {"Tags": [{"Key": key, "Value": value} for key, value in environment.tags.items()]}
