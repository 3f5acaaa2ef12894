"""What a template would change in a stack, as a change set shows it."""

from __future__ import annotations

from typing import Any

from pipelines.engine.cloudformation.intrinsics import UNKNOWN, contains_unknown
from pipelines.engine.cloudformation.records import Resource, Stack, Wanted
from pipelines.engine.cloudformation.resources import TYPES
from pipelines.engine.cloudformation.scope import StackScope

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)


def changes_of(stack: Stack, wanted: Wanted) -> list[dict[str, Any]]:
    """Each resource that would be added, modified or removed; in the order of the work.

    Raises:
        ValidationError: the template is wrong, or asks for what the engine does not honour.
    """
    # What is to be replaced gets new ids: whoever refers to it changes as well.
    kept = dict(stack.resources)
    scope = StackScope(stack, wanted, kept)
    changes = []
    for name in scope.template.order:
        resource = scope.template.resources[name]
        if not scope.wanted_here(resource):
            continue
        properties = scope.properties(name)
        old = stack.resources.get(name)
        if old is None:
            changes.append(_change("Add", name, resource["Type"]))
            continue
        replacement, details = compare(old, resource["Type"], properties)
        if details:
            if replacement != "False":
                kept.pop(name)
            changes.append(_change("Modify", name, resource["Type"], old, replacement, details))
    wanted_names = {
        name
        for name in scope.template.resources
        if scope.wanted_here(scope.template.resources[name])
    }
    changes += [
        _change("Remove", name, old.type, old)
        for name, old in reversed(stack.resources.items())
        if name not in wanted_names
    ]
    return changes


def outputs_change(stack: Stack, wanted: Wanted) -> bool:
    """Whether the stack's outputs would differ, as far as that can be known."""
    scope = StackScope(stack, wanted, stack.resources)
    return scope.outputs() != stack.outputs


def compare(
    old: Resource, kind: str, properties: dict[str, Any]
) -> tuple[str, list[dict[str, Any]]]:
    """Whether a resource is replaced ("True", "False", "Conditional"), and why, by property."""
    type = TYPES[kind]
    names = sorted(old.properties.keys() | properties.keys())
    changed = [name for name in names if _differs(old.properties, properties, name)]
    if old.type != kind:
        return "True", [_detail(name, "Always", static=True) for name in changed or ["Type"]]
    replacement = "False"
    details = []
    for name in changed:
        unknown = contains_unknown(properties.get(name))
        recreation = "Never"
        if name in type.replacing:
            recreation = "Conditionally" if unknown else "Always"
            replacement = "Conditional" if unknown and replacement == "False" else "True"
        details.append(_detail(name, recreation, static=not unknown))
    return replacement, details


def _differs(old: dict[str, Any], new: dict[str, Any], name: str) -> bool:
    return contains_unknown(new.get(name, UNKNOWN)) or old.get(name, UNKNOWN) != new[name]


def _detail(name: str, recreation: str, *, static: bool) -> dict[str, Any]:
    attribute = "Tags" if name == "Tags" else "Properties"
    target = {"Attribute": attribute, "RequiresRecreation": recreation}
    if attribute == "Properties":
        target["Name"] = name
    return {"Target": target, "Evaluation": "Static" if static else "Dynamic"}


def _change(
    action: str,
    name: str,
    type: str,
    old: Resource | None = None,
    replacement: str | None = None,
    details: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    scopes = sorted({detail["Target"]["Attribute"] for detail in details or []})
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": name,
            "PhysicalResourceId": old.physical_id if old else None,
            "ResourceType": type,
            "Replacement": replacement,
            "Scope": scopes,
            "Details": details or [],
        },
    }
