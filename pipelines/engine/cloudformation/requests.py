"""What a request to CloudFormation says: its fields, checked, and the template it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.engine.cloudformation.errors import ValidationError
from pipelines.engine.cloudformation.records import Stack, Wanted
from pipelines.engine.cloudformation.template import Template, read
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

_LARGEST_BODY = 51_200
_LARGEST_OBJECT = 1_048_576
_STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}|arn:aws:cloudformation:.*")
_TEMPLATE = {
    "Capabilities",
    "Parameters",
    "Tags",
    "TemplateBody",
    "TemplateURL",
    "UsePreviousTemplate",
}
_FIELDS = {
    "CreateChangeSet": _TEMPLATE | {"ChangeSetName", "ChangeSetType", "ClientToken", "Description"},
    "CreateStack": _TEMPLATE - {"UsePreviousTemplate"} | {"ClientRequestToken"},
    "DeleteChangeSet": {"ChangeSetName"},
    "DeleteStack": {"ClientRequestToken"},
    "DescribeChangeSet": {"ChangeSetName"},
    "DescribeStackEvents": {"NextToken"},
    "DescribeStackResource": {"LogicalResourceId"},
    "DescribeStackResources": {"LogicalResourceId"},
    "ExecuteChangeSet": {"ChangeSetName", "ClientRequestToken"},
    "GetTemplate": {"ChangeSetName", "TemplateStage"},
    "ListStacks": {"StackStatusFilter"},
    "UpdateStack": _TEMPLATE | {"ClientRequestToken"},
    "ValidateTemplate": {"TemplateBody", "TemplateURL"},
}
_NAMED = {"AWS::IAM::Role": "RoleName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName"}
_IAM = {*_NAMED, "AWS::IAM::Policy"}


def check_fields(operation: str, fields: Mapping[str, Any]) -> None:
    """Refuse what would be ignored.

    Raises:
        ValidationError: a field that the engine does not honour, or a bad stack name.
    """
    known = _FIELDS.get(operation, set()) | {"Action", "Version", "StackName"}
    for name, value in fields.items():
        if name not in known and value not in ("", "false"):
            raise ValidationError(
                f"The local engine does not honour {name} of {operation}; leave it out."
            )
    if not _STACK_NAME.fullmatch(fields.get("StackName", "x")):
        raise ValidationError(
            f"1 validation error detected: Value '{fields['StackName']}' at 'stackName' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: "
            "[a-zA-Z][-a-zA-Z0-9]*"
        )


def wanted_of(
    fields: Mapping[str, Any], stack: Stack, objects: ObjectStore, *, complete: bool = True
) -> Wanted:
    """The template and values that a request asks for.

    Raises:
        ValidationError: no template, one too large, or a value that is not there.
        ServiceError: InsufficientCapabilitiesException.
    """
    text = _template_text(fields, stack, objects)
    previous = stack.wanted
    parameters = {}
    for given in fields.get("Parameters") or []:
        name = given["ParameterKey"]
        if given.get("UsePreviousValue") == "true":
            if previous is None or name not in previous.parameters:
                # The parameter had its default before, and has it again.
                continue
            parameters[name] = previous.parameters[name]
        else:
            parameters[name] = given.get("ParameterValue", "")
    if "Tags" in fields or previous is None:
        tags = {tag["Key"]: tag["Value"] for tag in fields.get("Tags") or []}
    else:
        tags = previous.tags
    capabilities = list(fields.get("Capabilities") or [])
    if complete:
        _require_capabilities(read(text), capabilities)
    return Wanted(text, parameters, tags, capabilities)


def _template_text(fields: Mapping[str, Any], stack: Stack, objects: ObjectStore) -> str:
    if fields.get("UsePreviousTemplate") == "true":
        if stack.wanted is None:
            raise ValidationError("There is no previous template.")
        return stack.wanted.template
    if "TemplateURL" in fields:
        return _fetched(fields["TemplateURL"], objects)
    text: str = fields.get("TemplateBody", "")
    if not text:
        raise ValidationError("Either Template URL or Template Body must be specified.")
    if len(text.encode()) > _LARGEST_BODY:
        raise ValidationError(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_LARGEST_BODY}"
        )
    return text


def _fetched(url: str, objects: ObjectStore) -> str:
    """A template in a bucket: `https://s3.<region>.amazonaws.com/<bucket>/<key>` and the like."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", unquote(parts.path).lstrip("/")
    virtual = re.fullmatch(r"([a-z0-9.-]+)\.s3[.-]?[a-z0-9-]*\.amazonaws\.com", host)
    bucket, key = (virtual[1], path) if virtual else path.split("/", 1) if "/" in path else ("", "")
    if host.endswith("amazonaws.com") or host in ("127.0.0.1", "localhost"):
        try:
            body = objects.read(bucket, key)
        except ServiceError as error:
            raise ValidationError(f"S3 error: {error.message}") from None
        if len(body) > _LARGEST_OBJECT:
            raise ValidationError(f"The template is larger than {_LARGEST_OBJECT} bytes.")
        return body.decode()
    raise ValidationError("TemplateURL must be a supported URL.")


def _require_capabilities(template: Template, given: list[str]) -> None:
    """AWS makes a caller say that it knows that a template makes roles and policies."""
    types = {each["Type"] for each in template.resources.values()}
    if not types & _IAM or "CAPABILITY_NAMED_IAM" in given:
        return
    named = any(
        _NAMED.get(each["Type"], "") in (each.get("Properties") or {})
        for each in template.resources.values()
    )
    if named or "CAPABILITY_IAM" not in given:
        needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"
        raise ServiceError(
            "InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]"
        )
