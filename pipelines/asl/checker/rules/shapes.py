"""How an object of the language is described: its fields, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import Any, NamedTuple

from pipelines.asl.checker.rules.kinds import Kind
from pipelines.asl.model import Language, Object, Place

_CLEAR: dict[type, tuple[Kind, ...]] = {
    bool: ("anything", "boolean"),
    dict: ("anything", "object", "template"),
    float: ("anything", "number"),
    int: ("anything", "integer", "number"),
    list: ("anything", "list", "template"),
    str: ("anything", "text", "text or null", "path", "path or null"),
    NoneType: ("anything", "text or null", "path or null"),
}
"""The kinds of which every value of a type is one."""


@dataclass(frozen=True)
class Field:
    """What a field holds.

    Attributes:
        least, most: Its bounds, inclusive.
        words: All that a text can be.
        language: The query language whose states alone have the field; None: both.
        expression: In a JSONata state an expression can stand for the value.
        inner: The shape of the object, or of each object in the list.
    """

    kind: Kind
    required: bool = False
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()
    language: Language | None = None
    expression: bool = False
    inner: Shape | None = None

    def is_of(self, language: Language) -> bool:
        """Whether the states of a query language have it."""
        return self.language is None or self.language == language

    @cached_property
    def _clear(self) -> frozenset[type]:
        return frozenset(type for type, kinds in _CLEAR.items() if self.kind in kinds)

    def takes(self, value: Any) -> bool:
        """Whether it is clear at once that it can hold a value, as it is of nearly every one."""
        if type(value) not in self._clear:
            return False
        if self.words:
            return value in self.words
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )


@dataclass(frozen=True)
class Shape:
    """An object of the language.

    Attributes:
        name: What it is, as a message says it: ``a Task``.
        one_of: Of each of these groups exactly one field must be there.
        at_most_one_of: Of each of these groups no more than one.
    """

    name: str
    fields: Mapping[str, Field]
    one_of: tuple[tuple[str, ...], ...] = ()
    at_most_one_of: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def nested(self) -> tuple[tuple[str, Shape], ...]:
        """The fields whose objects have a shape themselves."""
        return tuple((name, each.inner) for name, each in self.fields.items() if each.inner)

    @cached_property
    def exclusive(self) -> tuple[tuple[str, ...], ...]:
        """The groups of which no two fields can be there."""
        return (*self.one_of, *self.at_most_one_of)

    @cached_property
    def foreign(self) -> Mapping[Language, frozenset[str]]:
        """The fields that the states of a query language do not have."""
        languages: tuple[Language, ...] = ("JSONPath", "JSONata")
        return {
            language: frozenset(
                name for name, each in self.fields.items() if not each.is_of(language)
            )
            for language in languages
        }

    @cached_property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """The groups of which a field must be there; that of a required field has only this one."""
        return (*((name,) for name, each in self.fields.items() if each.required), *self.one_of)


class Shaped(NamedTuple):
    """An object with the shape that it should have, and the language of its state."""

    place: Place
    fields: Object
    shape: Shape
    language: Language


def with_nested(found: Shaped) -> Iterator[Shaped]:
    """An object, and those within it that have a shape themselves."""
    yield found
    place, fields, shape, language = found
    for name, inner in shape.nested:
        value = fields.get(name)
        is_one = shape.fields[name].kind == "object"
        if isinstance(value, dict) and is_one:
            yield from with_nested(Shaped((*place, name), value, inner, language))
        elif isinstance(value, list) and not is_one:
            for number, item in enumerate(value):
                if isinstance(item, dict):
                    yield from with_nested(Shaped((*place, name, number), item, inner, language))
