"""Mutants of the requests that Task states make, by botocore's model of each service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.asl.model import Place
from tests.asl.mutation.mutants import Mutant, misspelt, removed, renamed, replaced, states


@dataclass(frozen=True)
class Member:
    """Something in a request: `value` at `place`, of this shape; `key` is how it is named there."""

    place: Place
    key: str
    shape: Any
    value: Any
    required: bool

    @property
    def is_path(self) -> bool:
        """Whether it is a path or a call of JSONPath states, by its key."""
        return str(self.place[-1]).endswith(".$")

    @property
    def is_jsonata(self) -> bool:
        """Whether it is an expression of JSONata states, by its text."""
        return isinstance(self.value, str) and self.value.startswith("{%")


def request_mutants(definition: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of these operators: remove, misspell, type, bound."""
    for member in members(definition):
        place = member.place
        if member.required:
            yield Mutant("remove", place, "removed", removed(definition, place))
        if member.key:
            for name in misspelt(member.key):
                yield Mutant("misspell", place, f"renamed {name}", renamed(definition, place, name))
        for operator, wrong in _wrong(member):
            shown = json.dumps(wrong)
            change = f"becomes {shown if len(shown) < 60 else shown[:40] + '…'}"
            yield Mutant(operator, place, change, replaced(definition, place, wrong))


def members(definition: Mapping[str, Any]) -> Iterator[Member]:
    """Every member of every request, and every item of a list or map in it."""
    for place, state in states(definition):
        if state["Type"] == "Task":
            field = "Arguments" if state.get("QueryLanguage") == "JSONata" else "Parameters"
            yield from _within((*place, field), request_shape(state["Resource"]), state[field])


@cache
def request_shape(resource: str) -> Any:
    """The shape of what a resource takes (``arn:aws:states:::aws-sdk:s3:getObject``)."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    *_, service, action = resource.split(":")
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    action, _, _ = action.partition(".")
    return model.operation_model(action[0].upper() + action[1:]).input_shape


def _within(place: Place, shape: Any, value: Any) -> Iterator[Member]:
    """What is in a value of that shape."""
    if isinstance(value, str):
        return  # an expression stands there, or it is a text
    if shape.type_name == "structure":
        for key, inner in value.items():
            name = key.removesuffix(".$")
            required = name in shape.required_members
            # DynamoDB's values are written in every spelling: its names have one letter or two.
            spelt = "" if shape.name == "AttributeValue" else key
            member = Member((*place, key), spelt, shape.members[name], inner, required)
            yield member
            if not member.is_path:
                yield from _within(member.place, member.shape, inner)
    elif shape.type_name == "list":
        for number, inner in enumerate(value):
            yield Member((*place, number), "", shape.member, inner, False)
            yield from _within((*place, number), shape.member, inner)
    elif shape.type_name == "map":
        for key, inner in value.items():
            # Its keys are data, and may have any name.
            member = Member((*place, key), "", shape.value, inner, False)
            yield member
            if not member.is_path:
                yield from _within(member.place, shape.value, inner)


_OF_OTHER_TYPES: Mapping[str, tuple[Any, ...]] = {
    "string": (5, ["text"], {"a": "text"}),
    "integer": ("5", 1.5, True, [5]),
    "long": ("5", True),
    "float": ("0.5", True),
    "boolean": ("true", 1),
    "list": ({"a": "b"}, "text"),
    "map": (["a"], "text"),
    "structure": ("text", ["a"], 5),
}


def _wrong(member: Member) -> Iterator[tuple[str, Any]]:
    """Values that the member cannot have, each with the operator that made it."""
    if member.is_path:
        yield from (("type", 5), ("type", {"a": "b"}), ("type", None))
        return
    shape, value = member.shape, member.value
    for wrong in _OF_OTHER_TYPES[shape.type_name]:
        yield "type", wrong
    if member.required:
        yield "type", None  # which is as good as nothing
    if member.is_jsonata:
        return
    limits = shape.metadata
    if limits.get("enum"):
        yield from (("type", f"{value}x"), ("type", value.swapcase()))
    elif shape.type_name == "string":
        if limits.get("min", 0) > 0:
            yield "bound", ""
        if "max" in limits and limits["max"] <= 4096:
            yield "bound", "x" * (limits["max"] + 1)
    elif shape.type_name in ("integer", "long", "float"):
        if "min" in limits:
            yield "bound", limits["min"] - 1
        if "max" in limits:
            yield "bound", limits["max"] + 1
    elif shape.type_name == "list":
        if limits.get("min", 0) > 0:
            yield "bound", []
        if "max" in limits and limits["max"] <= 200 and value:
            yield "bound", value * (limits["max"] // len(value) + 1)
    elif shape.type_name == "map" and limits.get("max", 1000) <= 200:
        yield "bound", {f"key{number}": "value" for number in range(limits["max"] + 1)}
