"""Change a stack into what is wanted, or put back what was.

Each step first notes, on disk, how it is undone. If a step fails, or the engine is killed, the
notes are taken back in reverse, and what was is there again.
"""

from __future__ import annotations

import copy
import random
import string
import time
from collections.abc import Callable
from typing import Any

from pipelines.engine.cloudformation.changes import compare
from pipelines.engine.cloudformation.errors import ValidationError
from pipelines.engine.cloudformation.records import Resource, Stack, Stacks, Undo, Wanted
from pipelines.engine.cloudformation.resources import TYPES
from pipelines.engine.cloudformation.resources.base import Place
from pipelines.engine.cloudformation.scope import StackScope
from pipelines.engine.wire.service import ServiceError

_CRASH = "The engine ended while this was under way."


class Operation:
    """What is done to one stack."""

    def __init__(self, stack: Stack, stacks: Stacks, call: Callable[..., dict[str, Any]]) -> None:
        self._stack = stack
        self._stacks = stacks
        self._place = Place(stack.region, call)

    def deploy(self, wanted: Wanted) -> None:
        """Create or update the stack; its status says whether it ended complete or rolled back."""
        stack = self._stack
        verb = "UPDATE" if stack.resources or stack.status != "REVIEW_IN_PROGRESS" else "CREATE"
        stack.before = stack.wanted if verb == "UPDATE" else None
        stack.wanted, stack.undo = wanted, []
        if verb == "UPDATE":
            stack.updated = time.time()
        self._note(None, f"{verb}_IN_PROGRESS", "User Initiated")
        try:
            outputs = self._make(wanted)
        except ServiceError as error:
            self.roll_back(error.message)
            return
        stack.outputs = outputs
        stack.description = StackScope(stack, wanted, stack.resources).template.description
        stack.undo = []
        if verb == "UPDATE":
            self._note(None, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            self.clean_up()
        else:
            self._note(None, "CREATE_COMPLETE")

    def _make(self, wanted: Wanted) -> list[dict[str, str]]:
        stack = self._stack
        scope = StackScope(stack, wanted, stack.resources)
        present = [
            name
            for name in scope.template.order
            if scope.wanted_here(scope.template.resources[name])
        ]
        for name in present:
            resource = scope.template.resources[name]
            properties = scope.properties(name)
            depends = sorted(scope.template.depends[name])
            retain = resource.get("DeletionPolicy", "Delete") != "Delete"
            old = stack.resources.get(name)
            if old is None:
                self._create(name, resource["Type"], properties, depends, retain, None)
                continue
            replacement, details = compare(old, resource["Type"], properties)
            if replacement != "False":
                self._create(name, resource["Type"], properties, depends, retain, old)
            elif details:
                self._update(old, properties)
            stack.resources[name].depends = depends
            stack.resources[name].retain = retain
        outputs = scope.outputs()
        for name in [name for name in stack.resources if name not in present]:
            removed = stack.resources.pop(name)
            stack.undo.append(Undo(name, False, removed))
            stack.obsolete.append(removed)
        return outputs

    def _create(
        self,
        name: str,
        kind: str,
        properties: dict[str, Any],
        depends: list[str],
        retain: bool,
        old: Resource | None,
    ) -> None:
        type = TYPES[kind]
        given = properties.get(type.named_by) if type.named_by else None
        physical_name = str(given) if given is not None else self._new_name(name)
        resource = Resource(
            logical_id=name,
            type=kind,
            name=physical_name,
            physical_id="",
            properties=properties,
            depends=depends,
            retain=retain,
        )
        self._note(resource, "CREATE_IN_PROGRESS")
        try:
            if old is not None and old.type == kind and old.name == physical_name:
                raise ValidationError(
                    "CloudFormation cannot update a stack when a custom-named resource requires "
                    f"replacing. Rename {physical_name} and update the stack again."
                )
            if type.exists(physical_name, self._place):
                raise ServiceError(
                    "AlreadyExists",
                    f"Resource of type '{kind}' with identifier '{physical_name}' already exists.",
                )
            resource.physical_id = type.physical_id(physical_name, properties, self._place)
            # From here on whatever has this name is ours to delete.
            self._stack.undo.append(Undo(name, True, old))
            self._stack.resources[name] = resource
            self._note(resource, "CREATE_IN_PROGRESS", "Resource creation Initiated")
            resource.attributes = type.create(physical_name, properties, self._place)
        except ServiceError as error:
            self._note(resource, "CREATE_FAILED", error.message)
            raise _failed(name, error) from None
        if old is not None:
            self._stack.obsolete.append(old)
        self._note(resource, "CREATE_COMPLETE")

    def _update(self, resource: Resource, properties: dict[str, Any]) -> None:
        before = copy.deepcopy(resource)
        self._stack.undo.append(Undo(resource.logical_id, False, before))
        resource.properties = properties
        self._note(resource, "UPDATE_IN_PROGRESS")
        try:
            resource.attributes = TYPES[resource.type].update(
                resource.name, before.properties, properties, self._place
            )
        except ServiceError as error:
            self._note(resource, "UPDATE_FAILED", error.message)
            raise _failed(resource.logical_id, error) from None
        self._note(resource, "UPDATE_COMPLETE")

    def roll_back(self, reason: str) -> None:
        """Take back what the operation under way has done."""
        stack = self._stack
        creating = stack.before is None
        prefix = "ROLLBACK" if creating else "UPDATE_ROLLBACK"
        self._note(None, f"{prefix}_IN_PROGRESS", reason)
        try:
            while stack.undo:
                self._take_back(stack.undo[-1])
                stack.undo.pop()
                self._stacks.save(stack)
        except ServiceError as error:
            self._note(None, f"{prefix}_FAILED", error.message)
            return
        stack.obsolete = []
        if not creating:
            stack.wanted, stack.before = stack.before, None
        self._note(None, f"{prefix}_COMPLETE")

    def _take_back(self, undo: Undo) -> None:
        resources = self._stack.resources
        now = resources.get(undo.logical_id)
        if undo.made and now is not None:
            self._delete(now)
            resources.pop(undo.logical_id)
        elif not undo.made and now is not None and undo.before is not None:
            self._note(now, "UPDATE_IN_PROGRESS", "Rollback")
            TYPES[now.type].update(now.name, now.properties, undo.before.properties, self._place)
        if undo.before is not None:
            resources[undo.logical_id] = undo.before
            self._note(undo.before, "UPDATE_COMPLETE", "Rollback")

    def clean_up(self) -> None:
        """Delete what an update replaced or removed. What cannot be deleted is left, and said."""
        stack = self._stack
        while stack.obsolete:
            resource = stack.obsolete[-1]
            if not resource.retain:
                try:
                    self._delete(resource)
                except ServiceError as error:
                    self._note(resource, "DELETE_FAILED", error.message)
            stack.obsolete.pop()
        stack.before = None
        self._note(None, "UPDATE_COMPLETE")

    def delete(self) -> None:
        """Delete the stack's resources, each before those it needs, and then the stack."""
        stack = self._stack
        stack.undo = []
        self._note(None, "DELETE_IN_PROGRESS", "User Initiated")
        for resource in stack.obsolete + _last_first(stack.resources):
            if resource.retain:
                self._note(resource, "DELETE_SKIPPED")
            else:
                try:
                    self._delete(resource)
                except ServiceError as error:
                    self._note(resource, "DELETE_FAILED", error.message)
                    self._note(
                        None,
                        "DELETE_FAILED",
                        f"The following resource(s) failed to delete: [{resource.logical_id}].",
                    )
                    return
            stack.resources.pop(resource.logical_id, None)
        stack.obsolete, stack.change_sets = [], []
        stack.deleted = time.time()
        self._note(None, "DELETE_COMPLETE")

    def recover(self) -> str | None:
        """End an operation that a crash cut short; what was done, for a person to read."""
        status = self._stack.status
        if status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS") or "ROLLBACK_IN" in status:
            self.roll_back(_CRASH)
        elif status == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            self.clean_up()
        elif status == "DELETE_IN_PROGRESS":
            self.delete()
        else:
            return None
        return f"stack {self._stack.name}: was {status}, is now {self._stack.status}"

    def _delete(self, resource: Resource) -> None:
        self._note(resource, "DELETE_IN_PROGRESS")
        TYPES[resource.type].delete(resource.name, resource.properties, self._place)
        self._note(resource, "DELETE_COMPLETE")

    def _note(self, resource: Resource | None, status: str, reason: str = "") -> None:
        self._stack.note(resource, status, reason)
        self._stacks.save(self._stack)

    def _new_name(self, logical_id: str) -> str:
        suffix = "".join(random.choices(string.ascii_letters + string.digits, k=12))
        return f"{self._stack.name[:24]}-{logical_id[:24]}-{suffix}"


def _failed(name: str, error: ServiceError) -> ServiceError:
    return ServiceError(error.code, f"The following resource(s) failed: [{name}]. {error.message}")


def _last_first(resources: dict[str, Resource]) -> list[Resource]:
    """Resources, each before those it needs."""
    ordered: list[Resource] = []

    def visit(resource: Resource) -> None:
        if resource in ordered:
            return
        for other in resource.depends:
            if other in resources:
                visit(resources[other])
        ordered.append(resource)

    for resource in resources.values():
        visit(resource)
    return ordered[::-1]
