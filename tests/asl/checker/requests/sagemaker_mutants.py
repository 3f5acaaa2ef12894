"""Requests with one defect each, made from sound ones by the shapes of the service's model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.asl.integrations import Shape
from pipelines.asl.model import Place, show

Edit = Callable[[Any, Any], None]
"""Changes an object or a list at a key or an index."""


class Mutant(NamedTuple):
    """A request with one defect, and what it is."""

    defect: str
    request: dict[str, Any]


class _Member(NamedTuple):
    """A value within a request; `is_named`: it is a structure's, and not a map's or a list's."""

    place: Place
    shape: Shape
    value: Any
    is_named: bool
    is_required: bool

    @property
    def is_computed(self) -> bool:
        return str(self.place[-1]).endswith(".$")


def mutants(shape: Shape, request: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a sound request of this shape."""
    for member in _members(shape, request, ()):
        for what, edit in _edits(member):
            yield Mutant(f"{show(member.place)} {what}", _edited(request, member.place, edit))


def _members(shape: Shape, value: Any, place: Place) -> Iterator[_Member]:
    if shape.kind == "structure":
        for key, item in value.items():
            name = key.removesuffix(".$")
            yield _Member((*place, key), shape.members[name], item, True, name in shape.required)
            if not key.endswith(".$"):
                yield from _members(shape.members[name], item, (*place, key))
    elif shape.kind == "map":
        for key, item in value.items():
            yield _Member((*place, key), shape.value, item, False, False)
    elif shape.kind == "list":
        for number, item in enumerate(value):
            yield _Member((*place, number), shape.member, item, False, False)
            yield from _members(shape.member, item, (*place, number))


def _edits(member: _Member) -> Iterator[tuple[str, Edit]]:
    if member.is_required:
        yield "is missing", lambda object, key: object.pop(key)
    if member.is_named:
        right = str(member.place[-1]).removesuffix(".$")
        for name in sorted({*_misspelt(right)} - {right}):
            yield f"is written {name}", _renamed(name + ".$" * member.is_computed)
        if not member.is_computed:
            name = f"{member.place[-1]}.$"
            yield "gets a .$ before what is no path", _renamed(name)
    if member.is_computed:
        return
    for wrong in _wrong(member):
        is_repeated = isinstance(wrong, list) and len(wrong) > 1
        yield "is repeated" if is_repeated else f"is {wrong!r}", _replaced(wrong)


def _misspelt(name: str) -> Iterator[str]:
    yield name[0].lower() + name[1:]
    yield name[0] + name[1:].lower()
    yield name[:-1]
    yield f"{name}X"


def _wrong(member: _Member) -> Iterator[Any]:
    """Values that the member cannot have."""
    shape, value = member.shape, member.value
    if isinstance(value, (dict, list)):
        yield "text"
        yield [value] if isinstance(value, dict) else {"0": value}
    elif isinstance(value, str):
        yield 5
        yield [value]
        yield {"Value": value}
    else:
        yield str(value)
        yield {}
    if shape.enum:
        yield value.swapcase()
        yield f"{value}x"
    takes_anything = (shape.pattern or ".").startswith((".", r"[\S\s]"))
    if not takes_anything:
        yield "$.a path, \x00"
    if shape.kind in ("integer", "long"):
        yield 1.5
        yield -1
    if shape.most is not None:
        too_many = int(shape.most) + 1
        yield from _too_much(value, too_many)


def _too_much(value: Any, size: int) -> Iterator[Any]:
    if isinstance(value, str):
        yield "a" * size
    elif isinstance(value, list):
        yield value * size
    elif not isinstance(value, dict):
        yield size


def _edited(request: Mapping[str, Any], place: Place, edit: Edit) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(request))  # of which no two parts are one
    inner: Any = made
    for step in place[:-1]:
        inner = inner[step]
    edit(inner, place[-1])
    return made


def _renamed(name: str) -> Edit:
    def edit(object: Any, key: Any) -> None:
        object[name] = object.pop(key)

    return edit


def _replaced(value: Any) -> Edit:
    def edit(object: Any, key: Any) -> None:
        object[key] = value

    return edit
