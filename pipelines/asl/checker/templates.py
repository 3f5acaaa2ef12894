"""Payload templates: what there is to work out in one, found in one look for all who ask."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipelines.asl.model import Place, State


class Template(NamedTuple):
    """What a payload template has in it.

    Attributes:
        expressions: What stands behind each key that ends in ``.$``, with its place.
        hidden: Those of them that are no text but an object or a list, which nobody evaluates.
        twice: The places of those keys that are there without ``.$``, too.
        bare: The texts behind other keys that begin as a path or a call does.
        completed: The texts behind other keys in which something is to replace a ``${Name}``.
    """

    expressions: list[tuple[Place, Any]]
    hidden: list[tuple[Place, Any]]
    twice: list[Place]
    bare: list[tuple[Place, str]]
    completed: list[tuple[Place, str]]

    def add(self, place: Place, value: Any) -> None:
        """Look through a part of the template; only what is found is given a place."""
        if isinstance(value, dict):
            for key, item in value.items():
                name = str(key)
                if name.endswith(".$"):
                    self._add_expression((*place, name), item, name[:-2] in value)
                elif isinstance(item, str):
                    if "$" in item or item.startswith("States."):
                        self._add_text((*place, name), item)
                elif isinstance(item, (dict, list)):
                    self.add((*place, name), item)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, (dict, list)):
                    self.add((*place, number), item)
                elif isinstance(item, str) and "${" in item:
                    self.completed.append(((*place, number), item))
        elif isinstance(value, str) and "${" in value:
            self.completed.append((place, value))

    def _add_expression(self, place: Place, value: Any, is_twice: bool) -> None:
        self.expressions.append((place, value))
        if is_twice:
            self.twice.append(place)
        if isinstance(value, (dict, list)):
            self.hidden.append((place, value))

    def _add_text(self, place: Place, text: str) -> None:
        if text.startswith(("$", "States.")):
            self.bare.append((place, text))
        if "${" in text:
            self.completed.append((place, text))


def template_in(place: Place, value: Any) -> Template:
    """The payload template at a place."""
    found = Template([], [], [], [], [])
    found.add(place, value)
    return found


def template(state: State, field: str) -> Template:
    """The payload template in a state's field, which is looked through once."""
    key = (template, field)
    found: Template | None = state.kept.get(key)
    if found is None:
        found = state.kept[key] = template_in(state.at(field), state.fields.get(field))
    return found
