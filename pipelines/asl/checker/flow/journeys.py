"""The ways that data come: for a path that finds nothing, the state that lost what it means."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from pipelines.asl.checker.flow.facts import Exit, Facts
from pipelines.asl.checker.flow.values.queries import Step
from pipelines.asl.checker.flow.values.reading import read
from pipelines.asl.checker.flow.values.types import Presence, Type
from pipelines.asl.model import State

_MAX_STATES = 200
"""How many states are looked at for one path, and how many paths for one machine."""


_SHOWN = 5
"""How many states of a way a message names."""


class Known(Protocol):
    """What the journeys are read from."""

    @property
    def entries(self) -> Mapping[State, Facts]: ...

    @property
    def exits(self) -> Mapping[State, list[Exit]]: ...


class Journeys:
    """The ways into each state of an analysed machine."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.asked = 0

    @cached_property
    def arrivals(self) -> dict[State, list[tuple[State, Exit]]]:
        """The states from which a state is entered, and by which exit."""
        found: dict[State, list[tuple[State, Exit]]] = {}
        for state, exits in self.known.exits.items():
            for each in exits:
                target = state.scope.states.get(each.target or "")
                if target is not None and not each.facts.is_dead:
                    found.setdefault(target, []).append((state, each))
        return found

    def lost(self, state: State, steps: Sequence[Step]) -> str:
        """Where the value at a path of the state's input was lost, or the way that never had it;
        empty: no way has it, or nobody knows."""
        self.asked += 1
        if self.asked > _MAX_STATES:
            return ""
        start: tuple[State, tuple[str, ...]] = (state, (state.name,))
        waiting, seen = deque([start]), {state}
        while waiting and len(seen) < _MAX_STATES:
            current, way = waiting.popleft()
            for source, exit in self._without(current, steps):
                if _has(self.known.entries[source].input, steps):
                    return _told(source, exit, way)
                if source not in seen:
                    seen.add(source)
                    waiting.append((source, (source.name, *way)))
        lacking = [source.name for source, _ in self._without(state, steps)]
        if 0 < len(lacking) < len(self.arrivals.get(state, ())):
            return f"nothing puts it there on the way {_shown((lacking[0], state.name))}"
        return ""

    def _without(self, state: State, steps: Sequence[Step]) -> Iterator[tuple[State, Exit]]:
        """The ways into a state that bring nothing at the path."""
        for source, exit in self.arrivals.get(state, ()):
            if read(exit.facts.input, steps).is_missing:
                yield source, exit


def _has(type: Type, steps: Sequence[Step]) -> bool:
    """Whether there is something at a path, as far as is known."""
    reading = read(type, steps)
    return not reading.is_missing and reading.presence is Presence.ALWAYS


def _told(source: State, exit: Exit, way: tuple[str, ...]) -> str:
    cause = "after an error " if "Catch" in exit.place else ""
    return f"{source.name!r} loses it {cause}(on the way {_shown((source.name, *way))})"


def _shown(way: tuple[str, ...]) -> str:
    names = [repr(name) for name in way]
    if len(names) > _SHOWN:
        names = [*names[: _SHOWN - 2], "…", names[-1]]
    return " → ".join(names)
