"""IAM roles, derived from the steps: nothing in them is written by hand for a pipeline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.errors import CheckError
from pipelines.steps.step import Statement

# IAM: all inline policies of a role together, white space not counted.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_LIMIT = 10_240
ROLE_NAME_LIMIT = 64

Permission = tuple[str, Statement]


def role(
    name: str,
    *,
    service: str,
    description: str,
    trust: Mapping[str, Any],
    permissions: Iterable[Permission],
    properties: Mapping[str, Any],
) -> dict[str, Any]:
    """An AWS::IAM::Role with one inline policy.

    Args:
        service: who assumes the role, such as "sagemaker.amazonaws.com".
        trust: conditions on who assumes it.
        permissions: (state name, statement); equal statements are merged under all their names.
        properties: further properties of the resource.

    Raises:
        CheckError: a name or policy is larger than IAM accepts.
    """
    if len(name) > ROLE_NAME_LIMIT:
        raise CheckError(
            f"the role name {name} has {len(name)} characters; IAM takes {ROLE_NAME_LIMIT}",
            hint="Make `project` or the environment's name shorter.",
        )
    statements = policy_statements(permissions)
    size = _policy_size(statements)
    if size > POLICY_LIMIT:
        raise CheckError(f"the policy of {name} has {size} characters; IAM takes {POLICY_LIMIT}")
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "Description": description,
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": service},
                        "Action": "sts:AssumeRole",
                        "Condition": trust,
                    }
                ],
            },
            "Policies": [
                {
                    "PolicyName": "steps",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                }
            ],
            **properties,
        },
    }


def policy_statements(permissions: Iterable[Permission]) -> list[dict[str, Any]]:
    """IAM statements, each with the states that need it in its id, in the order of the states."""
    needed: dict[str, tuple[Statement, list[str]]] = {}
    for state, statement in permissions:
        _, states = needed.setdefault(repr(statement), (statement, []))
        if state not in states:
            states.append(state)
    return [_render(statement, states) for statement, states in needed.values()]


def _policy_size(statements: list[dict[str, Any]]) -> int:
    """Characters that IAM counts, each `${…}` taken at its longest: a bucket has 63."""
    text = re.sub(r"\s", "", json.dumps(statements))
    return len(re.sub(r"\$\{(?:Bucket|JobRole\.Arn)\}", "x" * 63, text).replace("${AWS::", "$"))


def _render(statement: Statement, states: list[str]) -> dict[str, Any]:
    who = "".join(re.sub(r"[^A-Za-z0-9]", "", state.title()) for state in states)
    resources = [_substituted(resource) for resource in statement.resources]
    rendered = {
        "Sid": f"{who}{statement.what}",
        "Effect": "Allow",
        "Action": _one_or_list([str(action) for action in statement.actions]),
        "Resource": _one_or_list(resources),
    }
    if statement.conditions:
        rendered["Condition"] = {
            operator: {
                key: value if isinstance(value, str) else list(value)
                for key, value in conditions.items()
            }
            for operator, conditions in statement.conditions.items()
        }
    return rendered


def _substituted(resource: str) -> Any:
    return {"Fn::Sub": resource} if "${" in resource else resource


def _one_or_list(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
