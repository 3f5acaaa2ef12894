"""A state machine as both halves look at it: any JSON value, of which what is well-formed shows.

A definition is a tree.  A `Scope` is an object with `StartAt` and `States`: the machine itself,
a branch of a Parallel, the ItemProcessor (or Iterator) of a Map.  A `State` is one of its states.
Everything has a `Place`, the keys and indexes that lead to it from the definition's root.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

Object = Mapping[str, Any]
Step = str | int
Place = tuple[Step, ...]
Language = Literal["JSONPath", "JSONata"]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.\$)?")


def show(place: Place) -> str:
    """A place as people read it; keys that are no plain names stand in brackets.

    >>> show(("States", "Train", "Retry", 0, "Next")), show(("States", "Good enough?")), show(())
    ('States.Train.Retry[0].Next', "States['Good enough?']", 'the state machine')
    """
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text or "the state machine"


@dataclass(eq=False)  # not frozen: it would take three times as long to make, and there are many
class State:
    """A state that is an object; `type` is empty if it has none that is a text.

    Attributes:
        place: Where it stands.
        scope: The scope whose States hold it.
        language: The query language of its fields: its own QueryLanguage, or the machine's.
    """

    name: str
    type: str
    fields: Object
    place: Place
    scope: Scope
    language: Language

    def at(self, *steps: Step) -> Place:
        """The place of something within the state."""
        return (*self.place, *steps)

    def items(self, *names: str) -> Iterator[tuple[Place, Any]]:
        """The elements of the lists in these fields (Retry, Catch, Choices), with their places."""
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, list):
                for number, item in enumerate(value):
                    yield (*self.place, name, number), item

    def objects(self, *names: str) -> list[tuple[Place, Object]]:
        """Those of these elements that are objects."""
        found: list[tuple[Place, Object]] = []
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, list):
                for number, item in enumerate(value):
                    if isinstance(item, dict):
                        found.append(((*self.place, name, number), item))
        return found

    @cached_property
    def kept(self) -> dict[object, Any]:
        """What whoever looks at the state finds in it once, by who found it."""
        return {}

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """The scopes directly within it: Branches, or the ItemProcessor or Iterator."""
        inner: list[Scope] = []
        if self.type == "Parallel":
            for place, branch in self.objects("Branches"):
                inner.append(Scope(branch, place, self, self.scope.machine_language))
        if self.type == "Map":
            for name in ("ItemProcessor", "Iterator"):
                processor = self.fields.get(name)
                if isinstance(processor, dict):
                    language = self.scope.machine_language
                    inner.append(Scope(processor, self.at(name), self, language))
        return tuple(inner)

    def __repr__(self) -> str:
        return f"<State {show(self.place)}>"


@dataclass(frozen=True, eq=False)
class Scope:
    """An object that has, or should have, StartAt and States.

    Attributes:
        fields: The object.
        parent: The Parallel or Map that it belongs to; None: it is the machine.
        machine_language: The machine's QueryLanguage, which is the default of every state.
    """

    fields: Object
    place: Place = ()
    parent: State | None = None
    machine_language: Language = "JSONPath"

    @cached_property
    def states(self) -> dict[str, State]:
        """The states that are objects, by name, in their order."""
        states = self.fields.get("States")
        if not isinstance(states, Mapping):
            return {}
        return {
            str(name): self._state(str(name), state)
            for name, state in states.items()
            if isinstance(state, dict)
        }

    def _state(self, name: str, fields: Object) -> State:
        type = fields.get("Type")
        return State(
            name=name,
            type=type if isinstance(type, str) else "",
            fields=fields,
            place=(*self.place, "States", name),
            scope=self,
            language=language_of(fields, self.machine_language),
        )

    @property
    def names(self) -> Collection[str]:
        """The names of all states, those that are no objects included."""
        states = self.fields.get("States")
        return states.keys() if isinstance(states, Mapping) else ()

    @property
    def start(self) -> str | None:
        """StartAt, if it is a text."""
        start = self.fields.get("StartAt")
        return start if isinstance(start, str) else None

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """Every hand-over within it: StartAt, Next, Default, and those of Catch and Choices."""
        return tuple(_transitions(self))

    @cached_property
    def targets(self) -> dict[str, list[str]]:
        """The names to which each state that hands over does so."""
        targets: dict[str, list[str]] = {}
        for each in self.transitions:
            if each.source is not None:
                targets.setdefault(each.source.name, []).append(each.target)
        return targets

    def at(self, *steps: Step) -> Place:
        """The place of something within the scope."""
        return (*self.place, *steps)

    def __repr__(self) -> str:
        return f"<Scope {show(self.place)}>"


def language_of(fields: Object, default: Language = "JSONPath") -> Language:
    """The query language that an object's QueryLanguage names; the default if it names none."""
    language = fields.get("QueryLanguage")
    if language == "JSONata":
        return "JSONata"
    return "JSONPath" if language == "JSONPath" else default


@dataclass(frozen=True, eq=False)
class Machine:
    """A definition, which may be anything; whoever looks at it ignores what is no part of it.

    Attributes:
        definition: The state machine's definition, if it is an object, else an empty one.
        substitutions: The names that `${Name}` may have; None: they are not known.
        type: STANDARD or EXPRESS; None: it is not known.
        kept: What whoever looks at the machine finds in it once, by who found it.
    """

    definition: Object
    substitutions: frozenset[str] | None = None
    type: str | None = None
    top: Scope = field(init=False)
    kept: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        top = Scope(self.definition, (), None, language_of(self.definition))
        object.__setattr__(self, "top", top)

    @property
    def language(self) -> Language:
        """The machine's own query language."""
        return self.top.machine_language

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Every scope, the outer ones before those within them."""
        found = [self.top]
        for scope in found:  # the list grows while it is walked
            for state in scope.states.values():
                if state.type in ("Parallel", "Map"):
                    found.extend(state.scopes)
        return tuple(found)

    @cached_property
    def states(self) -> tuple[State, ...]:
        """Every state of every scope."""
        return tuple(state for scope in self.scopes for state in scope.states.values())

    def of_type(self, *types: str) -> Iterator[State]:
        """The states of these types."""
        if len(types) == 1:
            return iter(self._by_type.get(types[0], ()))
        return (state for state in self.states if state.type in types)

    @cached_property
    def _by_type(self) -> dict[str, list[State]]:
        by_type: dict[str, list[State]] = {}
        for state in self.states:
            by_type.setdefault(state.type, []).append(state)
        return by_type


class Transition(NamedTuple):
    """A hand-over from `source` (None: the scope's StartAt) to the state named `target`."""

    scope: Scope
    source: State | None
    target: str
    place: Place


def _transitions(scope: Scope) -> Iterator[Transition]:
    if scope.start is not None:
        yield Transition(scope, None, scope.start, scope.at("StartAt"))
    for state in scope.states.values():
        for name in ("Next", "Default"):
            target = state.fields.get(name)
            if isinstance(target, str):
                yield Transition(scope, state, target, (*state.place, name))
        for place, item in state.objects("Catch", "Choices"):
            target = item.get("Next")
            if isinstance(target, str):
                yield Transition(scope, state, target, (*place, "Next"))


def choice_rules(state: State) -> Iterator[tuple[Place, Object]]:
    """Every choice rule of a Choice state, those within And, Or and Not included."""
    for place, rule in state.objects("Choices"):
        yield from _with_inner(place, rule)


def _with_inner(place: Place, rule: Object) -> Iterator[tuple[Place, Object]]:
    yield place, rule
    for connective in ("And", "Or"):
        parts = rule.get(connective)
        for number, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                yield from _with_inner((*place, connective, number), part)
    if isinstance(rule.get("Not"), dict):
        yield from _with_inner((*place, "Not"), rule["Not"])


def strings(place: Place, value: Any) -> list[tuple[Place, str]]:
    """Every text in a value, with its place."""
    found: list[tuple[Place, str]] = []
    _add_strings(place, value, found)
    return found


def _add_strings(place: Place, value: Any, found: list[tuple[Place, str]]) -> None:
    if isinstance(value, str):
        found.append((place, value))
    elif isinstance(value, dict):
        for key, item in value.items():
            _add_strings((*place, str(key)), item, found)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _add_strings((*place, number), item, found)
