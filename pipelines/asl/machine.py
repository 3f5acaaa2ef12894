"""A definition as the rules look at it: any JSON value, of which only what is well-formed shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Object = Mapping[str, Any]

TEMPLATES = ("Parameters", "ResultSelector")
"""Fields that hold payload templates."""


@dataclass(frozen=True)
class Machine:
    """A definition, which may be anything; each rule says what it misses and ignores the rest.

    Attributes:
        definition: The state machine's definition, if it is an object, else an empty one.
        substitutions: The names that `${Name}` may have; None: any.
    """

    definition: Object
    substitutions: frozenset[str] | None = None

    @cached_property
    def states(self) -> dict[str, Object]:
        """The states that are objects, by name."""
        states = self.definition.get("States")
        if not isinstance(states, Mapping):
            return {}
        return {str(name): state for name, state in states.items() if isinstance(state, Mapping)}

    def of_type(self, *types: str) -> Iterator[tuple[str, Object]]:
        """The states of these types, each with the path to it."""
        for name, state in self.states.items():
            if state.get("Type") in types:
                yield f"States.{name}", state

    def lists(self, *fields: str) -> Iterator[tuple[str, list[Any]]]:
        """The lists in these fields of states (Retry, Catch), each with the path to it."""
        for name, state in self.states.items():
            for field in fields:
                if isinstance(state.get(field), list):
                    yield f"States.{name}.{field}", state[field]

    def members(self, *fields: str) -> Iterator[tuple[str, Object]]:
        """The objects in those lists, each with the path to it."""
        for path, items in self.lists(*fields):
            for number, item in enumerate(items):
                if isinstance(item, Mapping):
                    yield f"{path}[{number}]", item

    def choice_rules(self) -> Iterator[tuple[str, Object]]:
        """Every choice rule, those within And, Or and Not included."""
        for path, rule in self.members("Choices"):
            yield from _with_inner(path, rule)

    def transitions(self) -> Iterator[tuple[str, str, str]]:
        """Every hand-over: the state's name (empty: StartAt), the field's path, the target."""
        start = self.definition.get("StartAt")
        if isinstance(start, str):
            yield "", "StartAt", start
        for name, state in self.states.items():
            for field in ("Next", "Default"):
                if isinstance(state.get(field), str):
                    yield name, f"States.{name}.{field}", state[field]
            for field in ("Catch", "Choices"):
                items = state.get(field)
                for number, item in enumerate(items if isinstance(items, list) else ()):
                    if isinstance(item, Mapping) and isinstance(item.get("Next"), str):
                        yield name, f"States.{name}.{field}[{number}].Next", item["Next"]


def _with_inner(path: str, rule: Object) -> Iterator[tuple[str, Object]]:
    yield path, rule
    for connective in ("And", "Or"):
        parts = rule.get(connective)
        for number, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, Mapping):
                yield from _with_inner(f"{path}.{connective}[{number}]", part)
    if isinstance(rule.get("Not"), Mapping):
        yield from _with_inner(f"{path}.Not", rule["Not"])


def template_expressions(path: str, template: Any) -> Iterator[tuple[str, Any]]:
    """What stands behind each key that ends in ``.$``, with the path to it."""
    if isinstance(template, Mapping):
        for key, value in template.items():
            if str(key).endswith(".$"):
                yield f"{path}.{key}", value
            else:
                yield from template_expressions(f"{path}.{key}", value)
    elif isinstance(template, list):
        for number, item in enumerate(template):
            yield from template_expressions(f"{path}[{number}]", item)


def strings(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every string in a value, with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings(f"{path}.{key}" if path else str(key), item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from strings(f"{path}[{number}]", item)
