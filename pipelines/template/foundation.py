"""The foundation stack: what both pipelines of an environment share."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.template.failed import failure_resources
from pipelines.template.parts import BUCKET, tags

_TABLES = {
    "ApprovalsTable": "Questions to people, and their answers",
    "ReuseTable": "Results that later executions may take over",
}


def build_foundation(environment: Environment) -> dict[str, Any]:
    """The template with the registry, the topic and the tables.

    It also remembers the environment's bucket. Its outputs are parameters, of the same names, of
    the pipelines' stacks.
    """
    tables = {"ApprovalsTable": _approvals(environment)}
    if environment.reuse:
        tables["ReuseTable"] = _reuse(environment)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{environment.prefix}: what the training and inference pipelines share",
        "Parameters": {"Bucket": BUCKET},
        "Resources": {
            "ModelPackageGroup": _model_package_group(environment),
            "Topic": _topic(environment),
            **_subscriptions(environment),
            **tables,
            **failure_resources(environment),
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
            "TopicArn": {
                "Description": "Tells of failures and of models that wait for approval",
                "Value": {"Ref": "Topic"},
            },
            **{name: {"Description": _TABLES[name], "Value": {"Ref": name}} for name in tables},
        },
    }


def _model_package_group(environment: Environment) -> dict[str, Any]:
    return {
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


def _topic(environment: Environment) -> dict[str, Any]:
    return {
        "Type": "AWS::SNS::Topic",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {"TopicName": naming.topic_name(environment), **tags(environment)},
    }


def _subscriptions(environment: Environment) -> dict[str, Any]:
    """Who hears what the topic tells; each address confirms it once, on being asked by SNS."""
    addresses = [
        *(("email", email) for email in environment.notify.emails),
        *(("https", url) for url in environment.notify.urls),
    ]
    return {
        # Named after the address: another order, or another address, leaves this one alone.
        f"{protocol.title()}{hashlib.sha256(address.encode()).hexdigest()[:12]}": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": protocol,
                "Endpoint": address,
            },
        }
        for protocol, address in dict.fromkeys(addresses)
    }


def _approvals(environment: Environment) -> dict[str, Any]:
    """One item an execution, by its ARN. It is there in every environment.

    If only those whose approval is manual had it, to switch to automatic and back would meet the
    table that was kept.
    """
    return {
        "Type": "AWS::DynamoDB::Table",
        # Who approved which model is asked for long after.
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": naming.approvals_table_name(environment),
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "execution_arn", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "execution_arn", "KeyType": "HASH"}],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            **tags(environment),
        },
    }


def _reuse(environment: Environment) -> dict[str, Any]:
    """One item a result, by its step and the digest of everything that it depends on.

    Nothing is lost with it but time. DynamoDB deletes an item some days after `expires`, in
    seconds since 1970.
    """
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "TableName": naming.reuse_table_name(environment),
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in ("step", "digest")
            ],
            "KeySchema": [
                {"AttributeName": "step", "KeyType": "HASH"},
                {"AttributeName": "digest", "KeyType": "RANGE"},
            ],
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
            **tags(environment),
        },
    }
