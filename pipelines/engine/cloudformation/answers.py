"""Stacks, change sets, events and resources in the shapes of CloudFormation's API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipelines.engine.cloudformation.records import ChangeSet, Event, Resource, Stack, Wanted
from pipelines.engine.cloudformation.template import Template, read


def stack(of: Stack) -> dict[str, Any]:
    """An item of DescribeStacks."""
    return {
        "StackId": of.id,
        "StackName": of.name,
        "Description": of.description or None,
        "CreationTime": _time(of.created),
        "LastUpdatedTime": _time(of.updated),
        "DeletionTime": _time(of.deleted),
        "StackStatus": of.status,
        "StackStatusReason": of.reason or None,
        "DisableRollback": False,
        "EnableTerminationProtection": False,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        "Capabilities": of.wanted.capabilities if of.wanted else [],
        "Outputs": of.outputs,
        "Parameters": _parameters(of.wanted),
        "Tags": _tags(of.wanted),
    }


def stack_summary(of: Stack) -> dict[str, Any]:
    """An item of ListStacks."""
    return {
        "StackId": of.id,
        "StackName": of.name,
        "TemplateDescription": of.description or None,
        "CreationTime": _time(of.created),
        "LastUpdatedTime": _time(of.updated),
        "DeletionTime": _time(of.deleted),
        "StackStatus": of.status,
        "StackStatusReason": of.reason or None,
    }


def change_set(within: Stack, of: ChangeSet) -> dict[str, Any]:
    """DescribeChangeSet's answer."""
    return {
        **change_set_summary(within, of),
        "Parameters": _parameters(of.wanted),
        "Capabilities": of.wanted.capabilities,
        "Tags": _tags(of.wanted),
        "Changes": of.changes,
    }


def change_set_summary(within: Stack, of: ChangeSet) -> dict[str, Any]:
    """An item of ListChangeSets."""
    return {
        "ChangeSetName": of.name,
        "ChangeSetId": of.id,
        "StackId": within.id,
        "StackName": within.name,
        "Description": of.description or None,
        "CreationTime": _time(of.created),
        "ExecutionStatus": of.execution_status,
        "Status": of.status,
        "StatusReason": of.reason or None,
    }


def event(within: Stack, of: Event) -> dict[str, Any]:
    """An item of DescribeStackEvents."""
    return {
        "StackId": within.id,
        "StackName": within.name,
        "EventId": of.id,
        "LogicalResourceId": of.logical_id,
        "PhysicalResourceId": of.physical_id,
        "ResourceType": of.type,
        "Timestamp": _time(of.at),
        "ResourceStatus": of.status,
        "ResourceStatusReason": of.reason or None,
        "ResourceProperties": of.properties or None,
    }


def resource_summary(of: Resource) -> dict[str, Any]:
    """An item of ListStackResources."""
    return {
        "LogicalResourceId": of.logical_id,
        "PhysicalResourceId": of.physical_id,
        "ResourceType": of.type,
        "LastUpdatedTimestamp": _time(of.updated),
        "ResourceStatus": of.status,
        "ResourceStatusReason": of.reason or None,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def resource(within: Stack, of: Resource) -> dict[str, Any]:
    """An item of DescribeStackResources."""
    summary = resource_summary(of)
    timestamp = summary.pop("LastUpdatedTimestamp")
    return {
        "StackId": within.id,
        "StackName": within.name,
        **summary,
        "Timestamp": timestamp,
    }


def resource_detail(within: Stack, of: Resource) -> dict[str, Any]:
    """DescribeStackResource's answer."""
    return {"StackId": within.id, "StackName": within.name, **resource_summary(of)}


def validated(template: Template) -> dict[str, Any]:
    """ValidateTemplate's answer."""
    return {
        "Description": template.description or None,
        "Parameters": [
            {
                "ParameterKey": name,
                "DefaultValue": parameter.get("Default"),
                "NoEcho": bool(parameter.get("NoEcho")),
                "Description": parameter.get("Description"),
            }
            for name, parameter in template.parameters.items()
        ],
    }


def _parameters(wanted: Wanted | None) -> list[dict[str, str]]:
    """The parameters as a reader may see them: defaults included, secrets not."""
    if wanted is None:
        return []
    shown = []
    for name, parameter in read(wanted.template).parameters.items():
        value = str(wanted.parameters.get(name, parameter.get("Default", "")))
        hidden = str(parameter.get("NoEcho", "")).lower() == "true"
        shown.append({"ParameterKey": name, "ParameterValue": "****" if hidden else value})
    return shown


def _tags(wanted: Wanted | None) -> list[dict[str, str]]:
    return [{"Key": k, "Value": v} for k, v in wanted.tags.items()] if wanted else []


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
