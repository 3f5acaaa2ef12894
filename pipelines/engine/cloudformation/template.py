"""A template: its text read, and its form checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import yaml

from pipelines.engine.cloudformation.errors import ValidationError
from pipelines.engine.cloudformation.intrinsics import references

_SECTIONS = {
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
}
# What a first deployment that fails has made is deleted in either case of Retain.
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate"),
    "UpdateReplacePolicy": ("Delete", "Retain"),
}
_RESOURCE_KEYS = {
    "Condition",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdateReplacePolicy",
}
_OUTPUT_KEYS = {"Condition", "Description", "Value"}
_PARAMETER_TYPES = {"String", "Number", "CommaDelimitedList", "List<Number>"}
_PARAMETER_KEYS = {
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML with CloudFormation's short forms; dates stay text, and keys are not repeated."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in mapping:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there twice", key_node.start_mark
                )
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> Any:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


def _as_text(loader: _Loader, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _short_form)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


@dataclass(frozen=True)
class Template:
    """A template's text, and what it says. Made by `read`, which has checked its form."""

    text: str
    body: Mapping[str, Any]

    @property
    def description(self) -> str:
        return str(self.body.get("Description", ""))

    @property
    def resources(self) -> Mapping[str, Any]:
        resources: Mapping[str, Any] = self.body["Resources"]
        return resources

    @property
    def outputs(self) -> Mapping[str, Any]:
        return self.body.get("Outputs") or {}

    @property
    def parameters(self) -> Mapping[str, Any]:
        return self.body.get("Parameters") or {}

    @cached_property
    def depends(self) -> Mapping[str, set[str]]:
        """The resources that each resource needs first."""
        return {
            name: {other for other in _needed(resource) if other in self.resources}
            for name, resource in self.resources.items()
        }

    @cached_property
    def order(self) -> list[str]:
        """The resources, each after those it needs; otherwise as written."""
        sorter = TopologicalSorter(self.depends)
        sorter.prepare()
        place = {name: position for position, name in enumerate(self.resources)}
        order: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=place.__getitem__)
            order += ready
            sorter.done(*ready)
        return order


@lru_cache(maxsize=16)
def read(text: str) -> Template:
    """A template from YAML or JSON. It is asked for by every description of its stack.

    Raises:
        ValidationError: it is neither, or has a section or key that the engine would ignore, or
            refers to what is not there.
    """
    try:
        body = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Loader)
    except (ValueError, yaml.YAMLError) as error:
        raise ValidationError(f"Template format error: {error}") from None
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        raise ValidationError(
            "Template format error: At least one Resources member must be defined."
        )
    _only(body, _SECTIONS, "the template")
    template = Template(text, body)
    for name, resource in template.resources.items():
        if not isinstance(resource, dict) or "Type" not in resource:
            raise ValidationError(f"Template format error: Resource {name} has no Type.")
        _only(resource, _RESOURCE_KEYS, f"resource {name}")
        for policy, honoured in _POLICIES.items():
            if resource.get(policy, "Delete") not in honoured:
                raise _not_honoured(f"{policy}: {resource[policy]}", f"resource {name}")
    for name, output in template.outputs.items():
        _only(output, _OUTPUT_KEYS, f"output {name}")
    for name, parameter in template.parameters.items():
        _only(parameter, _PARAMETER_KEYS, f"parameter {name}")
        if parameter.get("Type") not in _PARAMETER_TYPES:
            raise _not_honoured(f"Type: {parameter.get('Type')}", f"parameter {name}")
    _check_names(template)
    try:
        _ = template.order
    except CycleError as error:
        raise ValidationError(
            f"Circular dependency between resources: [{', '.join(sorted(set(error.args[1])))}]"
        ) from None
    return template


def _only(mapping: Any, keys: set[str], where: str) -> None:
    if not isinstance(mapping, dict):
        raise ValidationError(f"Template format error: {where} is not an object.")
    for key in mapping:
        if key not in keys:
            raise _not_honoured(str(key), where)


def _not_honoured(what: str, where: str) -> ValidationError:
    return ValidationError(
        f"The local engine does not honour {what} of {where}; remove it or deploy to AWS."
    )


def _needed(resource: Mapping[str, Any]) -> Iterator[str]:
    yield from references(resource.get("Properties") or {})
    needs = resource.get("DependsOn", [])
    yield from [needs] if isinstance(needs, str) else needs


def _check_names(template: Template) -> None:
    """Every name that is referred to is a resource, a parameter or AWS's own."""
    known = template.resources.keys() | template.parameters.keys()
    blocks = {
        "Resources": [name for each in template.resources.values() for name in _needed(each)],
        "Outputs": list(references(dict(template.outputs))),
    }
    for block, names in blocks.items():
        missing = sorted({n for n in names if n not in known and not n.startswith("AWS::")})
        if missing:
            raise ValidationError(
                "Template format error: Unresolved resource dependencies "
                f"[{', '.join(missing)}] in the {block} block of the template"
            )
