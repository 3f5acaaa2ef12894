"""What requests are filled with: the values behind paths and expressions, held to the service's
model as a value that is written out is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pipelines.asl.checker.flow.problems import Problem, shown
from pipelines.asl.checker.flow.texts import can_be, can_match
from pipelines.asl.checker.flow.values.types import Array, Number, Object, Pieces, Text, Type
from pipelines.asl.integrations import Integration, Shape, integration
from pipelines.asl.integrations.shapes import members_by_spelling
from pipelines.asl.model import Place

_MAX_DEPTH = 12

_NEEDED = {
    "structure": "an object",
    "map": "an object",
    "list": "an array",
    "string": "a text",
    "boolean": "true or false",
    "integer": "an integer",
    "long": "an integer",
    "float": "a number",
    "double": "a number",
}
"""Other kinds, a time or bytes, are written in several ways."""
_SCALARS = ("boolean", "integer", "long", "float", "double")


def misfits(resource: str, root: Place, values: Iterable[tuple[Place, Type]]) -> Iterator[Problem]:
    """The values that a Task's request certainly cannot have, or that the service may refuse.

    Args:
        resource: The Task's.
        root: The place of its Parameters or Arguments.
        values: What stands behind the expressions within, with their places.
    """
    called = integration(resource)
    if not isinstance(called, Integration) or called.is_adapted:
        return
    depth = len(root)
    for place, type in values:
        if type.unknown or place[:depth] != root:
            continue
        member = _member(resource, place[depth:])
        misfit = _misfit(called, type, member, _MAX_DEPTH) if member is not None else None
        if misfit:
            yield Problem("P308" if misfit.is_sure else "P309", place, misfit.why)


class _Misfit(NamedTuple):
    """Why a value is none that a member takes, and whether that is certain."""

    why: str
    is_sure: bool = True

    def within(self, where: str) -> _Misfit:
        return _Misfit(f"{where}: {self.why}", self.is_sure)


@lru_cache(maxsize=8192)
def _member(resource: str, steps: tuple[str | int, ...]) -> Shape | None:
    """The shape at a place of a request; None: it has none, or it can be any JSON."""
    called = integration(resource)
    if not isinstance(called, Integration):
        return None
    found = called.request_shape
    for step in steps:
        if found is None:
            return None
        if isinstance(step, int):
            found = found.member if found.kind == "list" else None
        else:
            found = _named(called, found, step.removesuffix(".$"))
    return found


def _named(called: Integration, shape: Shape, name: str) -> Shape | None:
    if shape.kind == "map":
        return shape.value
    if shape.kind != "structure":
        return None
    member = members_by_spelling(shape, called.member).get(name)
    return None if member is None or member in called.any_json else shape.members[member]


def _misfit(called: Integration, type: Type, shape: Shape, depth: int) -> _Misfit | None:
    """Why a value of the type cannot be of the shape; None: it can."""
    needed = _NEEDED.get(shape.kind)
    if type.unknown or type.is_never or needed is None or depth <= 0:
        return None
    if type.text is not None and shape.name in called.from_text:
        return None
    if not _is_of_kind(type, shape.kind):
        is_converted = shape.kind == "string" or (
            shape.kind in _SCALARS and not type.object and not type.array
        )
        why = f"{shape.name} has to be {needed}, and gets {shown(type)}"
        return _Misfit(why, called.is_strict or not is_converted)
    if not type.is_one_kind:
        return None
    if type.object is not None:
        return _object(called, type.object, shape, depth)
    if type.array is not None:
        return _array(called, type.array, shape, depth)
    why = _no_text(type.text, shape) if type.text is not None else _no_number(type.number, shape)
    return _Misfit(why, called.is_strict) if why else None


def _no_text(text: Text, shape: Shape) -> str:
    """Why none of the texts can be of the shape; empty if one can."""
    if not text.known:
        return ""
    for pieces in text.known:
        if not _text(shape, pieces):
            return ""
    return _text(shape, min(text.known, key=str))


def _no_number(number: Number | None, shape: Shape) -> str:
    if number is None or not number.values:
        return ""
    reasons = [_number(shape, value) for value in sorted(number.values)]
    return reasons[0] if all(reasons) else ""


def _is_of_kind(type: Type, kind: str) -> bool:
    if kind in ("structure", "map"):
        return type.object is not None
    if kind == "list":
        return type.array is not None
    if kind == "string":
        return type.text is not None
    if kind == "boolean":
        return bool(type.booleans)
    return type.number is not None


def _object(called: Integration, object: Object, shape: Shape, depth: int) -> _Misfit | None:
    if shape.kind != "structure":
        return None
    members = members_by_spelling(shape, called.member)
    for required in shape.required:
        if object.get(called.member(required)) is None:
            return _Misfit(f"{shape.name} needs {called.member(required)}, which is not there")
    for name, field in object.fields.items():
        member = members.get(name)
        if member is not None and field.is_sure and name not in called.any_json:
            misfit = _misfit(called, field.type, shape.members[member], depth - 1)
            if misfit:
                return misfit.within(name)
    return None


def _array(called: Integration, array: Array, shape: Shape, depth: int) -> _Misfit | None:
    why = "" if array.length is None else _bounds(shape, array.length, " elements")
    if why:
        return _Misfit(why, called.is_strict)
    for number, item in enumerate(array.items):
        misfit = _misfit(called, item.type, shape.member, depth - 1) if item.is_sure else None
        if misfit:
            return misfit.within(f"[{number}]")
    return None


@lru_cache(maxsize=4096)
def _text(shape: Shape, pieces: Pieces) -> str:
    """Why a text of which parts are known cannot be of the shape."""
    known = sum(map(len, filter(None, pieces)))
    if shape.enum and not can_be(shape.enum, pieces):
        why = f"is none of {', '.join(sorted(shape.enum)[:8])}"
    elif shape.pattern and not can_match(shape.pattern, pieces):
        why = f"does not match {shape.pattern}"
    elif shape.most is not None and known > shape.most:
        why = f"has at least {known:,} characters: the most is {shape.most:,}"
    elif shape.least is not None and None not in pieces and known < shape.least:
        why = f"has {known:,} characters: the least is {shape.least:,}"
    else:
        return ""
    written = "".join("…" if piece is None else piece for piece in pieces)
    return f"{written!r} {why}"


def _number(shape: Shape, value: float) -> str:
    if shape.kind in ("integer", "long") and value != int(value):
        return f"{value:g} is no integer"
    return _bounds(shape, value, "")


def _bounds(shape: Shape, size: float, unit: str) -> str:
    if shape.least is not None and size < shape.least:
        return f"{size:g}{unit}: the least is {shape.least:,}"
    if shape.most is not None and size > shape.most:
        return f"{size:g}{unit}: the most is {shape.most:,}"
    return ""
