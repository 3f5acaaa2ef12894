"""How an object of the language is described: its fields, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipelines.asl.checker.rules.kinds import Kind
from pipelines.asl.model import Language, Object, Place


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

    @cached_property
    def takes_any_text(self) -> bool:
        """Whether nothing is left to be said of a text here."""
        return self.kind in ("anything", "text", "path", "path or null") and not self.words


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
    def required(self) -> tuple[str, ...]:
        """The fields that must be there."""
        return tuple(name for name, each in self.fields.items() if each.required)


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
        if name not in fields:
            continue
        value = fields[name]
        if isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield from with_nested(Shaped((*place, name, number), item, inner, language))
        elif isinstance(value, Mapping):
            yield from with_nested(Shaped((*place, name), value, inner, language))
