"""A pipeline's stack: its state machine, the roles that its steps need, and its log group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines import naming
from pipelines.definitions.definition import Definition
from pipelines.environment.digest import configuration_sha256
from pipelines.environment.model import Environment
from pipelines.template.alarms import build_alarms
from pipelines.template.logs import DELIVER_LOGS, log_group, logging_to
from pipelines.template.parts import (
    APPROVALS_TABLE,
    BUCKET,
    GIT_COMMIT,
    MODEL_PACKAGE_GROUP_NAME,
    REUSE_TABLE,
    TOPIC_ARN,
    tags,
)
from pipelines.template.roles import role

# What `${Name}` in a definition may stand for.
SUBSTITUTIONS: Mapping[str, Any] = {
    "Bucket": {"Ref": "Bucket"},
    "JobRoleArn": {"Fn::GetAtt": ["JobRole", "Arn"]},
    "ModelPackageGroupName": {"Ref": "ModelPackageGroupName"},
    "ModelPackageArn": {
        "Fn::Sub": "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}"
        ":model-package/${ModelPackageGroupName}"
    },
    "TopicArn": {"Ref": "TopicArn"},
    "ApprovalsTable": {"Ref": "ApprovalsTable"},
    "ReuseTable": {"Ref": "ReuseTable"},
    "GitCommit": {"Ref": "GitCommit"},
}
# Those that a stack has only if its definition uses them.
_PARAMETERS: Mapping[str, Any] = {
    "TopicArn": TOPIC_ARN,
    "ApprovalsTable": APPROVALS_TABLE,
    "ReuseTable": REUSE_TABLE,
    "GitCommit": GIT_COMMIT,
}
_GIT_COMMIT = {
    "Description": "The commit of the project's tree that was deployed",
    "Value": {"Ref": "GitCommit"},
}


def build_pipeline(environment: Environment, definition: Definition) -> dict[str, Any]:
    """The template of one pipeline of an environment."""
    pipeline = definition.pipeline
    name = naming.state_machine_name(environment, pipeline)
    substitutions = _substitutions(definition)
    account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    machine_arn = (
        f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{name}"
    )
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{environment.prefix}: the {pipeline} pipeline",
        "Parameters": {
            "Bucket": BUCKET,
            "ModelPackageGroupName": MODEL_PACKAGE_GROUP_NAME,
            **{key: what for key, what in _PARAMETERS.items() if key in substitutions},
        },
        "Resources": {
            "LogGroup": log_group(name, environment),
            "JobRole": role(
                f"{name}-jobs",
                service="sagemaker.amazonaws.com",
                description=f"What the {pipeline} jobs of {environment.prefix} may do",
                trust=account,
                permissions=[(step.name, need) for step in definition.steps for need in step.job],
                properties=tags(environment),
            ),
            "StateMachineRole": role(
                f"{name}-states",
                service="states.amazonaws.com",
                description=f"What the {pipeline} state machine of {environment.prefix} may do",
                trust={**account, "ArnLike": {"aws:SourceArn": {"Fn::Sub": machine_arn}}},
                permissions=[
                    *((step.name, need) for step in definition.steps for need in step.machine),
                    ("State machine", DELIVER_LOGS),
                ],
                properties=tags(environment),
            ),
            "StateMachine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "StateMachineName": name,
                    "StateMachineType": "STANDARD",
                    "RoleArn": {"Fn::GetAtt": ["StateMachineRole", "Arn"]},
                    "Definition": definition.document,
                    "DefinitionSubstitutions": substitutions,
                    "LoggingConfiguration": logging_to("LogGroup"),
                    **tags(environment),
                },
            },
            **(build_alarms(environment) if pipeline == "training" else {}),
        },
        "Outputs": {
            "StateMachineArn": {
                "Description": "What `run` starts",
                "Value": {"Ref": "StateMachine"},
            },
            "JobRoleArn": {
                "Description": "What the jobs run as",
                "Value": {"Fn::GetAtt": ["JobRole", "Arn"]},
            },
            "ConfigurationSha256": {
                "Description": "The configuration that this was created from",
                "Value": configuration_sha256(environment),
            },
            "CodeSha256": {
                "Description": "The code bundle that the jobs run",
                "Value": definition.code_digest,
            },
            **({"GitCommit": _GIT_COMMIT} if "GitCommit" in substitutions else {}),
        },
    }


def _substitutions(definition: Definition) -> dict[str, Any]:
    """Those that the definition uses."""
    text = str(definition.document)
    return {name: value for name, value in SUBSTITUTIONS.items() if f"${{{name}}}" in text}
