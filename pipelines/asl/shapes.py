"""A request's values against the shapes of a service's model, as far as the values are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from pipelines.asl.findings import nearest
from pipelines.asl.json_text import dumps
from pipelines.asl.model import Place

Problem = tuple[str, str, Place]
"""The rule's id, the message, the place."""
Naming = Callable[[str], str]
"""How a member's name in the model is written in a request."""

_TYPES: dict[str, tuple[str, Any]] = {
    "structure": ("an object", Mapping),
    "map": ("an object", Mapping),
    "list": ("a list", list),
    "string": ("a text", str),
    "character": ("a text", str),
    "boolean": ("true or false", bool),
    "integer": ("an integer", int),
    "long": ("an integer", int),
    "float": ("a number", (int, float)),
    "double": ("a number", (int, float)),
}


def problems(place: Place, value: Any, shape: Any, name: Naming) -> Iterator[Problem]:
    """What is wrong with a value.

    Args:
        place: Where the value stands.
        value: A JSON value, in which a key that ends in ``.$`` stands for one not known.
        shape: botocore's shape of the member.
        name: How the members' names are written.
    """
    if shape.type_name not in _TYPES:  # a blob or a timestamp, written in several ways
        return
    expected, types = _TYPES[shape.type_name]
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        yield "P204", f"{dumps(value)} is not {expected}", place
    elif shape.type_name == "structure":
        yield from _members(place, value, shape, name)
    elif shape.type_name == "map":
        for key, item in value.items():
            if not key.endswith(".$"):
                yield from problems((*place, key), item, shape.value, name)
    elif shape.type_name == "list":
        yield from _bounds(place, len(value), "elements", shape)
        for number, item in enumerate(value):
            yield from problems((*place, number), item, shape.member, name)
    elif isinstance(value, str):
        yield from _text(place, value, shape)
    elif not isinstance(value, bool):
        yield from _bounds(place, value, "", shape)


def _members(place: Place, value: Mapping[str, Any], shape: Any, name: Naming) -> Iterator[Problem]:
    members = {name(member): member_shape for member, member_shape in shape.members.items()}
    present = {key.removesuffix(".$") for key in value}
    for key, item in value.items():
        member = key.removesuffix(".$")
        if member not in members:
            yield "P202", f"there is no member {member!r}{nearest(member, members)}", place
        elif not key.endswith(".$"):
            yield from problems((*place, key), item, members[member], name)
    for required in shape.required_members:
        if name(required) not in present:
            yield "P203", f"{name(required)} is missing", place


def _text(place: Place, value: str, shape: Any) -> Iterator[Problem]:
    if "${" in value:
        return
    if shape.enum and value not in shape.enum:
        known = nearest(value, list(shape.enum))
        yield (
            "P205",
            f"{value!r} is not one of the {len(shape.enum)} values there are{known}",
            place,
        )
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield "P206", f"{value!r} does not match {pattern}", place
    yield from _bounds(place, len(value), "characters", shape)


def _bounds(place: Place, size: float, unit: str, shape: Any) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    counted = f"{size:,} {unit}".rstrip()
    if least is not None and size < least:
        yield "P207", f"{counted}: the least is {least:,}", place
    if most is not None and size > most:
        yield "P207", f"{counted}: the most is {most:,}", place


def _matches(pattern: str, value: str) -> bool:
    """Whether the whole text matches; a pattern that only Java can read passes everything."""
    compiled = _compile(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None
