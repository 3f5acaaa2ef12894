"""A request's values against the shapes of a service's model, as far as the values are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.asl.checker.requests.members import Member, keys_of
from pipelines.asl.checker.requests.texts import (
    is_placeholder,
    looks_like_an_expression,
    matches,
)
from pipelines.asl.findings import meant, nearest
from pipelines.asl.integrations import Shape
from pipelines.asl.integrations.names import sdk_member
from pipelines.asl.integrations.shapes import members_by_spelling, other_spelling
from pipelines.asl.model import Language, Place, Step


class Problem(NamedTuple):
    """A rule's id, and what breaks it.

    Attributes:
        meant: The member that a name seems to mean which there is not.
    """

    rule: str
    message: str
    place: Place
    remedy: str = ""
    meant: str = ""


@dataclass(frozen=True)
class Reading:
    """How a request is read.

    Attributes:
        member: How a member of the model is written.
        language: JSONPath: a key that ends in ``.$`` stands for a value that is not known.
            JSONata: so does a text in ``{% %}``.
        any_json: Members, by the model's names, that any JSON value can be given to.
        from_text: Structures, by the model's names, for which a text can be given.
        is_strict: The service's patterns and types are those that it enforces.
        is_adapted: Step Functions' own parameters differ from the API's in places.
        root: Where the request stands.
        is_sdk: It is one of the AWS SDK integrations.
    """

    member: Callable[[str], str]
    language: Language
    any_json: Collection[str]
    from_text: Collection[str]
    is_strict: bool
    is_adapted: bool
    root: Place
    is_sdk: bool


_READ_ANYHOW = Reading(str, "JSONata", (), (), False, False, (), False)
"""A reading to ask only whether something is wrong, which is up to no reading."""

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


def problems(place: Place, value: Any, shape: Shape, reading: Reading) -> list[Problem]:
    """What is wrong with a value.

    Args:
        place: Where the value stands.
        value: Any JSON value.
        shape: What it should be.
    """
    found: list[Problem] = []
    _look(place, value, shape, reading, found)
    return found


def _look_into(
    place: Place, step: Step, value: Any, shape: Shape, reading: Reading, found: list[Problem]
) -> None:
    """Add what is wrong with a member, an entry or an element of what stands at a place."""
    if isinstance(value, (dict, list)) or not _is_sound(value, shape):
        _look((*place, step), value, shape, reading, found)


@lru_cache(maxsize=16_384, typed=True)
def _is_sound(value: Any, shape: Shape) -> bool:
    """Whether nothing is wrong with a text, a number, true or false, however it is read."""
    found: list[Problem] = []
    _look((), value, shape, _READ_ANYHOW, found)
    return not found


def _look(place: Place, value: Any, shape: Shape, reading: Reading, found: list[Problem]) -> None:
    """Add what is wrong with a value, and with all within it."""
    kind = shape.kind
    if kind == "structure" and isinstance(value, dict):  # as nearly always
        _look_at_members(place, value, shape, reading, found)
        return
    if kind not in _EXPECTED:
        return
    if isinstance(value, str) and (shape.name in reading.from_text or is_placeholder(value)):
        return  # the structure is made of it, or something else will stand here
    if not _is_of_kind(value, kind):
        found.append(_wrong_type(place, value, shape, reading))
    elif kind == "string":
        _look_at_text(place, value, shape, reading, found)
    elif kind == "map":
        _look_at_entries(place, value, shape, reading, found)
    elif kind == "list":
        _look_at_size(place, len(value), "elements", shape, found)
        for number, item in enumerate(value):
            _look_into(place, number, item, shape.member, reading, found)
    elif kind != "boolean":
        _look_at_size(place, value, "", shape, found)


_TYPES = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool}
"""What JSON values of these kinds are; a number is one of two types, and no boolean."""


def _is_of_kind(value: Any, kind: str) -> bool:
    type = _TYPES.get(kind)
    if type is not None:
        return isinstance(value, type)
    if kind in ("integer", "long") and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong_type(place: Place, value: Any, shape: Shape, reading: Reading) -> Problem:
    message = f"{_short(value)} is not {_EXPECTED[shape.kind]}"
    if isinstance(value, str) and (sign := _sign(place, value, reading)):
        return Problem("P204", message, place, sign)
    is_scalar = shape.kind in _SCALARS and not isinstance(value, list | Mapping)
    # Step Functions makes JSON of what the API wants as a text, and a number of "5".
    converts = not reading.is_strict and (is_scalar or shape.kind == "string")
    return Problem("P214" if converts else "P204", message, place)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 80


def _look_at_members(
    place: Place, value: Mapping[str, Any], shape: Shape, reading: Reading, found: list[Problem]
) -> None:
    has_paths, any_json = reading.language == "JSONPath", reading.any_json
    keys = keys_of(shape, reading.member, has_paths)
    written = members_by_spelling(shape, reading.member)
    present: set[str] = set()
    is_known = True
    for key, item in value.items():
        known = keys.get(key)
        if known is None:
            is_dynamic = has_paths and key.endswith(".$")
            name = key[:-2] if is_dynamic else key
            other = other_spelling(shape, name)
            for problem in _unknown((*place, key), name, other, written, shape, reading):
                found.append(problem)
                present.add(written.get(problem.meant, ""))
            if other is None:
                is_known = False
                continue
            known = Member(other, None if is_dynamic else shape.members[other])
        member, inner = known
        if inner is None:
            present.add(member)
        elif item is not None:  # which is as good as nothing
            present.add(member)
            is_nested = isinstance(item, (dict, list))
            if member not in any_json and (is_nested or not _is_sound(item, inner)):
                _look((*place, key), item, inner, reading, found)
    for required in shape.required:
        if required not in present:
            found.append(Problem("P203", f"{reading.member(required)} is missing", place))
    if is_known and len(present) != 1 and _is_union(shape):
        some = ", ".join(sorted(written)[:6])
        found.append(Problem("P208", f"exactly one of {some} is expected", place))


def _look_at_entries(
    place: Place, value: Mapping[str, Any], shape: Shape, reading: Reading, found: list[Problem]
) -> None:
    _look_at_size(place, len(value), "entries", shape, found)
    for key, item in value.items():
        is_dynamic = reading.language == "JSONPath" and key.endswith(".$")
        name = key[:-2] if is_dynamic else key
        _look_into(place, key, name, shape.key, reading, found)
        if not is_dynamic:
            _look_into(place, key, item, shape.value, reading, found)


def _is_union(shape: Shape) -> bool:
    # DynamoDB says it of its values in its answers only: "has more than one datatypes set".
    return shape.is_union or shape.name == "AttributeValue"


def _unknown(
    here: Place,
    name: str,
    member: str | None,
    written: Mapping[str, str],
    shape: Shape,
    reading: Reading,
) -> Iterator[Problem]:
    """What is wrong with a name that is none of those `written`; `member`: it is this one's, but
    for capitals."""
    if member is None:
        close = meant(name, written) or ""
        message = f"there is no member {name!r}" + (f"; did you mean {close}?" if close else "")
        yield Problem("P213" if reading.is_adapted else "P202", message, here, meant=close)
        return
    if shape.name == "AttributeValue":  # DynamoDB's: every spelling is in use
        return
    right = reading.member(member)
    message = f"Step Functions writes {name!r} as {right}"
    rule = "P202" if _is_refused(name, member, here[:-1], reading) else "P213"
    yield Problem(rule, message, here, meant=right)


def _is_refused(name: str, member: str, place: Place, reading: Reading) -> bool:
    """Whether a member is certainly none for Step Functions because of its capitals.

    Whether the API's own pass (DBName for DbName, `attempts` for Attempts) differs; a small first
    letter of a request's own member, or in the SDK's integrations, never does, nor do capitals in
    an optimized integration that neither the API nor the SDK has.
    """
    if reading.is_strict and not (reading.is_sdk and name == member):
        return True
    right = reading.member(member)
    is_small = name[:1].islower() and right[:1].isupper()
    if is_small and (reading.is_sdk or place == reading.root):
        return True
    is_known = name in (member, right, sdk_member(member))
    return not (is_known or reading.is_sdk or reading.is_adapted)


def _look_at_text(
    place: Place, value: str, shape: Shape, reading: Reading, found: list[Problem]
) -> None:
    if shape.enum and value not in shape.enum:
        known = nearest(value, shape.enum)
        message = f"{value!r} is not one of the {len(shape.enum)} values there are{known}"
        found.append(Problem("P205", message, place, _sign(place, value, reading)))
        return
    if shape.pattern and not matches(shape.pattern, value):
        rule = "P206" if reading.is_strict else "P215"
        message = f"{_short(value)} does not match {shape.pattern}"
        found.append(Problem(rule, message, place, _sign(place, value, reading)))
    _look_at_size(place, len(value), "characters", shape, found)


def _sign(place: Place, value: str, reading: Reading) -> str:
    """What a path lacks that stands for a text; empty: it seems to be none."""
    is_path = reading.language == "JSONPath" and looks_like_an_expression(value)
    return f'a path needs a key that ends in .$: "{place[-1]}.$"' if is_path else ""


def _look_at_size(place: Place, size: float, unit: str, shape: Shape, found: list[Problem]) -> None:
    least, most = shape.least, shape.most
    if least is not None and size < least:
        found.append(Problem("P207", f"{_counted(size, unit)}: the least is {least:,}", place))
    if most is not None and size > most:
        found.append(Problem("P207", f"{_counted(size, unit)}: the most is {most:,}", place))


def _counted(size: float, unit: str) -> str:
    return f"{size:,} {unit}".rstrip()
