"""The state machines in a CloudFormation or SAM template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.model import Place

TYPES = {
    "AWS::StepFunctions::StateMachine": ("StateMachineType", "DefinitionS3Location"),
    "AWS::Serverless::StateMachine": ("Type", "DefinitionUri"),
}
"""The resource types, each with the properties that hold its type and a file's location."""


@dataclass(frozen=True)
class Resource:
    """A state machine in a template.

    Attributes:
        name: Its logical id.
        place: Where its properties stand.
        location: The name of the property that can name a file.
        definition: The name of the property that can hold the definition as an object.
        knows_substitutions: Whether what fills in a `${Name}` is declared beside it.
    """

    name: str
    properties: Mapping[str, Any]
    place: Place
    type_property: str
    location: str
    definition: str = "Definition"
    knows_substitutions: bool = True

    @property
    def machine_type(self) -> str | None:
        """STANDARD or EXPRESS; None if that is not known before the deployment."""
        type = self.properties.get(self.type_property, "STANDARD")
        return type if type in ("STANDARD", "EXPRESS") else None

    @property
    def substitutions(self) -> frozenset[str] | None:
        """The names in DefinitionSubstitutions; None if they are not known."""
        if not self.knows_substitutions:
            return None
        substitutions = self.properties.get("DefinitionSubstitutions", {})
        if not isinstance(substitutions, Mapping) or any(
            str(name).startswith("Fn::") for name in substitutions
        ):
            return None
        return frozenset(str(name) for name in substitutions)


def is_template(value: Any) -> bool:
    """Whether a value is a template and not a definition."""
    if not isinstance(value, Mapping) or "States" in value:
        return False
    return isinstance(value.get("Resources"), Mapping) or "AWSTemplateFormatVersion" in value


def resources(template: Mapping[str, Any]) -> Iterator[Resource]:
    """Every state machine of a template."""
    written = template.get("Resources")
    for name, resource in written.items() if isinstance(written, Mapping) else ():
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        if not isinstance(kind, str) or kind not in TYPES:
            continue
        properties = resource.get("Properties")
        yield Resource(
            str(name),
            properties if isinstance(properties, Mapping) else {},
            ("Resources", str(name), "Properties"),
            *TYPES[kind],
        )
