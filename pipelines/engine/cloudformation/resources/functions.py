"""AWS::Lambda::Function."""

from __future__ import annotations

from typing import Any

from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    found,
    tag_changes,
)
from pipelines.engine.functions.package import zipped

_NO_SUCH = "ResourceNotFoundException"
_INLINE = "index.py"
_CODE = {"S3Bucket", "S3Key", "ZipFile"}
_SETTINGS = ("Description", "Handler", "Runtime", "Role")


class Function(ResourceType):
    """AWS::Lambda::Function, in Python, of a package in S3 or of a text.

    Memory, networks, tracing and encryption are recorded: the process has this machine's.
    """

    type = "AWS::Lambda::Function"
    named_by = "FunctionName"
    honoured = frozenset(
        {"Code", "Environment", "FunctionName", "PackageType", "Tags", "Timeout", *_SETTINGS}
    )
    recorded = frozenset(
        {
            "Architectures",
            "EphemeralStorage",
            "KmsKeyArn",
            "MemorySize",
            "ReservedConcurrentExecutions",
            "TracingConfig",
            "VpcConfig",
        }
    )
    required = frozenset({"Code", "Role"})
    replacing = frozenset({"FunctionName", "PackageType"})
    attributes = frozenset({"Arn"})

    def check(self, properties: Properties) -> str | None:
        code = properties["Code"]
        if not isinstance(code, dict) or not code.keys() <= _CODE:
            return f"Code: the local engine takes {', '.join(sorted(_CODE))} only"
        return None

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return name

    def exists(self, name: str, place: Place) -> bool:
        return found(
            lambda: place.call("lambda", "GetFunctionConfiguration", FunctionName=name), _NO_SUCH
        )

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
        made = place.call(
            "lambda",
            "CreateFunction",
            FunctionName=name,
            Code=_code(properties),
            PackageType=properties.get("PackageType"),
            Tags=tags or None,
            **_configuration(properties),
        )
        return {"Arn": made["FunctionArn"]}

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = place.arn("lambda", f"function:{name}")
        if old.get("Code") != new["Code"]:
            place.call("lambda", "UpdateFunctionCode", FunctionName=name, **_code(new))
        defaults = {"Description": "", "Environment": {"Variables": {}}}
        configuration = {**defaults, **_configuration(new)}
        place.call("lambda", "UpdateFunctionConfiguration", FunctionName=name, **configuration)
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            tags = {tag["Key"]: tag["Value"] for tag in to_set}
            place.call("lambda", "TagResource", Resource=arn, Tags=tags)
        if to_remove:
            place.call("lambda", "UntagResource", Resource=arn, TagKeys=to_remove)
        return {"Arn": arn}

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent(_NO_SUCH):
            place.call("lambda", "DeleteFunction", FunctionName=name)


def _code(properties: Properties) -> dict[str, Any]:
    """A request's code: inline text is the one module `index`."""
    code: dict[str, Any] = dict(properties["Code"])
    if "ZipFile" in code:
        code["ZipFile"] = zipped(_INLINE, str(code["ZipFile"]))
    return code


def _configuration(properties: Properties) -> dict[str, Any]:
    """The settings of a request; numbers and texts are what they are in JSON."""
    settings = {name: properties[name] for name in _SETTINGS if name in properties}
    for name, default in (("Timeout", 3), ("MemorySize", 128)):
        settings[name] = int(properties.get(name, default))
    if "Environment" in properties:
        variables = properties["Environment"].get("Variables") or {}
        texts = {name: str(value) for name, value in variables.items()}
        settings["Environment"] = {"Variables": texts}
    return settings
