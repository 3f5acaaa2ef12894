"""Shapes: what a value of a request or an answer looks like, as the service's model says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

Spec = Mapping[str, Any]
"""A shape as botocore's files have it: ``{"type": "list", "member": {"shape": "Tag"}}``."""

DOCUMENT = "document"
"""The kind of a shape that any JSON value has."""


@dataclass(frozen=True, eq=False)
class Shape:
    """A node of a model; the shapes within it are read when they are asked for, as they recur.

    Attributes:
        name: The model's name for it.
        kind: structure, map, list, string, integer, long, float, double, bigdecimal, boolean,
            timestamp, blob or document.
        spec: What the model says about it.
        read: Gives a shape of the same model by its name.
    """

    name: str
    kind: str
    spec: Spec
    read: Callable[[str], Shape]

    @cached_property
    def members(self) -> dict[str, Shape]:
        """A structure's members, by the model's names."""
        members = self.spec.get("members", {})
        return {name: self.read(member["shape"]) for name, member in members.items()}

    def streams(self, member: str) -> bool:
        """Whether a structure's member is a stream of bytes, as the body of an object is."""
        return bool(self.spec["members"][member].get("streaming"))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The members that a request must have; those that the SDK fills in itself are not."""
        members = self.spec.get("members", {})
        return tuple(
            name
            for name in self.spec.get("required", ())
            if not members.get(name, {}).get("idempotencyToken")
        )

    @cached_property
    def member(self) -> Shape:
        """What a list has as elements."""
        return self.read(self.spec["member"]["shape"])

    @cached_property
    def key(self) -> Shape:
        """What a map has as keys."""
        return self.read(self.spec["key"]["shape"])

    @cached_property
    def value(self) -> Shape:
        """What a map has as values."""
        return self.read(self.spec["value"]["shape"])

    @cached_property
    def enum(self) -> frozenset[str]:
        """The texts that there are; empty: any."""
        return frozenset(self.spec.get("enum", ()))

    @cached_property
    def pattern(self) -> str | None:
        """The regular expression, as Java reads it, that the whole text matches."""
        return self.spec.get("pattern")

    @cached_property
    def least(self) -> float | None:
        """The least length, size or value."""
        return self.spec.get("min")

    @cached_property
    def most(self) -> float | None:
        """The greatest length, size or value."""
        return self.spec.get("max")

    @cached_property
    def is_union(self) -> bool:
        """Whether exactly one of its members is to be there."""
        return bool(self.spec.get("union"))

    @cached_property
    def is_streamed(self) -> bool:
        """Whether it is, or directly holds, a stream of events, which no state can take."""
        return bool(self.spec.get("eventstream")) or any(
            member.spec.get("eventstream")
            for member in (self.members.values() if self.kind == "structure" else ())
        )

    def __repr__(self) -> str:
        return f"<Shape {self.name}: {self.kind}>"


@lru_cache(maxsize=4096)
def members_by_spelling(shape: Shape, spelling: Callable[[str], str]) -> dict[str, str]:
    """A structure's members, by the model's names, as `spelling` writes each of them."""
    return {spelling(name): name for name in shape.members}


@lru_cache(maxsize=4096)
def other_spelling(shape: Shape, name: str) -> str | None:
    """The member that a name means, but for capitals: `DBName`, `dbName`, `DbName`."""
    lower = name.lower()
    return next((member for member in shape.members if member.lower() == lower), None)


class Shapes:
    """The shapes of one model, by name; each is made once.

    Attributes:
        specs: What the model says about each.
    """

    def __init__(self, specs: Mapping[str, Spec]) -> None:
        self.specs = specs
        self._made: dict[str, Shape] = {}

    def __call__(self, name: str) -> Shape:
        """Raises:
        KeyError: the model has no shape of that name.
        """
        shape = self._made.get(name)
        if shape is None:
            spec = self.specs[name]
            type = str(spec["type"])
            kind = DOCUMENT if spec.get("document") else _KINDS.get(type, type)
            shape = self._made[name] = Shape(name, kind, spec, self)
        return shape


_KINDS = {"character": "string", "short": "integer", "byte": "integer", "bigdecimal": "double"}
"""Kinds that JSON does not tell apart."""
