"""A request's values against the shapes of a service's model, as far as the values are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.asl.checker.requests.texts import (
    is_placeholder,
    looks_like_an_expression,
    matches,
)
from pipelines.asl.findings import nearest
from pipelines.asl.integrations import Shape
from pipelines.asl.model import Language, Place


class Problem(NamedTuple):
    """A rule's id, and what breaks it."""

    rule: str
    message: str
    place: Place
    remedy: str = ""


@dataclass(frozen=True)
class Reading:
    """How a request is read.

    Attributes:
        member: How a member of the model is written.
        language: JSONPath: a key that ends in ``.$`` stands for a value that is not known.
            JSONata: so does a text in ``{% %}``.
        any_json: Members, by the model's names, that any JSON value can be given to.
        is_strict: The service's patterns and types are those that it enforces.
        is_adapted: Step Functions' own parameters differ from the API's in places.
        root: Where the request stands.  Its own members are refused if they begin with a small
            letter instead of a capital one.
        refuses_small: So are the members within them.
    """

    member: Callable[[str], str]
    language: Language
    any_json: Collection[str]
    is_strict: bool
    is_adapted: bool
    root: Place
    refuses_small: bool


_EXPECTED = {
    "structure": "an object",
    "map": "an object",
    "list": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "an integer",
    "long": "an integer",
    "float": "a number",
    "double": "a number",
}
"""What a shape of each kind wants; a blob, a timestamp and a document are written in many ways."""

_SCALARS = {"string", "boolean", "integer", "long", "float", "double"}


def problems(place: Place, value: Any, shape: Shape, reading: Reading) -> Iterator[Problem]:
    """What is wrong with a value.

    Args:
        place: Where the value stands.
        value: Any JSON value.
        shape: What it should be.
    """
    if shape.kind not in _EXPECTED or _is_unknown(value):
        return
    if not _is_of_kind(value, shape.kind):
        yield _wrong_type(place, value, shape, reading)
    elif shape.kind == "structure":
        yield from _members(place, value, shape, reading)
    elif shape.kind == "map":
        yield from _bounds(place, len(value), "entries", shape)
        for key, item in value.items():
            is_dynamic = _is_dynamic(key, reading)
            name = key.removesuffix(".$") if is_dynamic else key
            yield from problems((*place, key), name, shape.key, reading)
            if not is_dynamic:
                yield from problems((*place, key), item, shape.value, reading)
    elif shape.kind == "list":
        yield from _bounds(place, len(value), "elements", shape)
        for number, item in enumerate(value):
            yield from problems((*place, number), item, shape.member, reading)
    elif isinstance(value, str):
        yield from _text(place, value, shape, reading)
    elif not isinstance(value, bool):
        yield from _bounds(place, value, "", shape)


def _is_unknown(value: Any) -> bool:
    """Whether something else will stand in the place of a text."""
    return isinstance(value, str) and is_placeholder(value)


def _is_dynamic(key: str, reading: Reading) -> bool:
    return reading.language == "JSONPath" and key.endswith(".$")


def _is_of_kind(value: Any, kind: str) -> bool:
    match kind:
        case "structure" | "map":
            return isinstance(value, Mapping)
        case "list":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "long":
            is_integral = isinstance(value, float) and value.is_integer()
            return (isinstance(value, int) or is_integral) and not isinstance(value, bool)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong_type(place: Place, value: Any, shape: Shape, reading: Reading) -> Problem:
    message = f"{_short(value)} is not {_EXPECTED[shape.kind]}"
    if (
        isinstance(value, str)
        and reading.language == "JSONPath"
        and looks_like_an_expression(value)
    ):
        return Problem("P204", message, place, f"a path needs a key that ends in .$: {_key(place)}")
    is_scalar = shape.kind in _SCALARS and not isinstance(value, list | Mapping)
    # Step Functions makes JSON of what the API wants as a text, and a number of "5".
    converts = not reading.is_strict and (is_scalar or shape.kind == "string")
    return Problem("P214" if converts else "P204", message, place)


def _key(place: Place) -> str:
    return f'"{place[-1]}.$"'


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 80


def _members(
    place: Place, value: Mapping[str, Any], shape: Shape, reading: Reading
) -> Iterator[Problem]:
    written = _written(shape, reading.member)
    present: set[str] = set()
    is_known = True
    for key, item in value.items():
        name = key.removesuffix(".$") if _is_dynamic(key, reading) else key
        member = written.get(name)
        if member is None:
            member = _other_spelling(name, shape)
            yield from _unknown(place, key, name, member, written, shape, reading)
        if member is None:
            is_known = False
            continue
        if item is None and name == key:  # as good as nothing
            continue
        present.add(member)
        inner = shape.members[member]
        if member in reading.any_json:
            continue
        if name == key:
            yield from problems((*place, key), item, inner, reading)
    for required in shape.required:
        if required not in present:
            yield Problem("P203", f"{reading.member(required)} is missing", place)
    if is_known and len(present) != 1 and _is_union(shape):
        some = ", ".join(sorted(written)[:6])
        yield Problem("P208", f"exactly one of {some} is expected", place)


def _is_union(shape: Shape) -> bool:
    # DynamoDB says it of its values in its answers only: "has more than one datatypes set".
    return shape.is_union or shape.name == "AttributeValue"


@lru_cache(maxsize=4096)
def _written(shape: Shape, member: Callable[[str], str]) -> dict[str, str]:
    """A structure's members: as they are written, and in the model."""
    return {member(name): name for name in shape.members}


def _other_spelling(name: str, shape: Shape) -> str | None:
    """The member that a name means, but for capitals: `DBName`, `dbName`, `DbName`."""
    lower = name.lower()
    return next((member for member in shape.members if member.lower() == lower), None)


def _unknown(
    place: Place,
    key: str,
    name: str,
    meant: str | None,
    written: Mapping[str, str],
    shape: Shape,
    reading: Reading,
) -> Iterator[Problem]:
    here = (*place, key)
    if meant is None:
        message = f"there is no member {name!r}{nearest(name, written)}"
        yield Problem("P213" if reading.is_adapted else "P202", message, here)
        return
    if shape.name == "AttributeValue":  # DynamoDB's: every spelling is in use
        return
    message = f"Step Functions writes {name!r} as {reading.member(meant)}"
    # Whether the API's own capitals pass (DBName for DbName) differs; a small first letter never.
    is_small = name[:1].islower() and reading.member(meant)[:1].isupper()
    is_refused = is_small and (reading.refuses_small or place == reading.root)
    is_sure = reading.is_strict or is_refused
    yield Problem("P202" if is_sure else "P213", message, here)


def _text(place: Place, value: str, shape: Shape, reading: Reading) -> Iterator[Problem]:
    is_path = reading.language == "JSONPath" and looks_like_an_expression(value)
    remedy = f"a path needs a key that ends in .$: {_key(place)}" if is_path else ""
    if shape.enum and value not in shape.enum:
        known = nearest(value, shape.enum)
        message = f"{value!r} is not one of the {len(shape.enum)} values there are{known}"
        yield Problem("P205", message, place, remedy)
        return
    if shape.pattern and not matches(shape.pattern, value):
        rule = "P206" if reading.is_strict else "P215"
        yield Problem(rule, f"{_short(value)} does not match {shape.pattern}", place, remedy)
    yield from _bounds(place, len(value), "characters", shape)


def _bounds(place: Place, size: float, unit: str, shape: Shape) -> Iterator[Problem]:
    counted = f"{size:,} {unit}".rstrip()
    if shape.least is not None and size < shape.least:
        yield Problem("P207", f"{counted}: the least is {shape.least:,}", place)
    if shape.most is not None and size > shape.most:
        yield Problem("P207", f"{counted}: the most is {shape.most:,}", place)
