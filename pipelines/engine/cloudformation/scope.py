"""Names in a template, and the values they have in one stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.engine.calls import ACCOUNT
from pipelines.engine.cloudformation.errors import ValidationError
from pipelines.engine.cloudformation.intrinsics import NO_VALUE, UNKNOWN, resolve
from pipelines.engine.cloudformation.records import Resource, Stack, Wanted
from pipelines.engine.cloudformation.resources import TYPES
from pipelines.engine.cloudformation.template import Template, read
from pipelines.engine.cloudformation.values import condition_values, parameter_values


class StackScope:
    """A stack's names: parameters, AWS's own, and the resources that `made` holds.

    A resource that is in the template and not in `made` is UNKNOWN: it is yet to be made.
    """

    def __init__(self, stack: Stack, wanted: Wanted, made: Mapping[str, Resource]) -> None:
        self.template: Template = read(wanted.template)
        self._stack = stack
        self._made = made
        self._parameters = parameter_values(self.template, wanted.parameters)
        self.conditions: Mapping[str, bool] = condition_values(
            self.template, self._parameters | self._pseudo()
        )
        self.mappings: Mapping[str, Any] = self.template.body.get("Mappings") or {}
        self._tags = wanted.tags

    def _pseudo(self) -> dict[str, Any]:
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": self._stack.region,
            "AWS::StackId": self._stack.id,
            "AWS::StackName": self._stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def wanted_here(self, part: Mapping[str, Any]) -> bool:
        """Whether a resource's or output's condition holds."""
        condition = part.get("Condition")
        if condition is None:
            return True
        if condition not in self.conditions:
            raise ValidationError(f"Template error: unresolved condition {condition}.")
        return self.conditions[condition]

    def ref(self, name: str) -> Any:
        if name in self._parameters:
            return self._parameters[name]
        if name.startswith("AWS::"):
            if name not in self._pseudo():
                raise ValidationError(f"Template error: the local engine does not have {name}.")
            return self._pseudo()[name]
        resource = self._resource(name)
        return UNKNOWN if resource is None else resource.physical_id

    def attribute(self, resource: str, name: str) -> Any:
        found = self._resource(resource)
        type = TYPES.get(self.template.resources[resource]["Type"])
        if type is not None and name not in type.attributes:
            raise ValidationError(
                f"Template error: resource {resource} does not support attribute type {name} in "
                "Fn::GetAtt (on the local engine)"
            )
        return UNKNOWN if found is None else found.attributes[name]

    def _resource(self, name: str) -> Resource | None:
        if name not in self.template.resources or not self.wanted_here(
            self.template.resources[name]
        ):
            raise ValidationError(
                f"Template format error: Unresolved resource dependencies [{name}] in the "
                "Resources block of the template"
            )
        return self._made.get(name)

    def properties(self, name: str) -> dict[str, Any]:
        """A resource's properties, resolved, with the stack's tags where its type takes tags.

        Raises:
            ValidationError: a type or property that the engine does not honour.
        """
        resource = self.template.resources[name]
        properties: dict[str, Any] = resolve(resource.get("Properties") or {}, self)
        kind = resource["Type"]
        type = TYPES.get(kind)
        if type is None:
            raise _refused(f"resource {name}, of type {kind}")
        for key in properties:
            if key not in type.honoured | type.recorded:
                raise _refused(f"property {key} of resource {name} ({kind})")
        missing = sorted(type.required - properties.keys())
        if missing:
            raise ValidationError(
                f"Resource {name} ({kind}): required properties {missing} are missing"
            )
        if problem := type.check(properties):
            raise ValidationError(f"Resource {name} ({kind}): {problem}.")
        if type.takes_tags and self._tags:
            own = {tag["Key"] for tag in properties.get("Tags") or []}
            inherited = [
                {"Key": key, "Value": value} for key, value in self._tags.items() if key not in own
            ]
            properties["Tags"] = [*(properties.get("Tags") or []), *inherited]
        return properties

    def outputs(self) -> list[dict[str, Any]]:
        """The outputs whose conditions hold, as DescribeStacks has them; a value may be UNKNOWN."""
        outputs: list[dict[str, Any]] = []
        for name, output in self.template.outputs.items():
            if not self.wanted_here(output):
                continue
            value = resolve(output.get("Value"), self)
            if not isinstance(value, str | int | float | bool) and value is not UNKNOWN:
                raise ValidationError(
                    f"Template format error: The Value field of output {name} is not a string."
                )
            fields = {"OutputKey": name, "OutputValue": value if value is UNKNOWN else str(value)}
            if "Description" in output:
                fields["Description"] = str(output["Description"])
            outputs.append(fields)
        return outputs


def _refused(what: str) -> ValidationError:
    return ValidationError(f"The local engine does not honour {what}; remove it or deploy to AWS.")
