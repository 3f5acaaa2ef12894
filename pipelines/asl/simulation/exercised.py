"""Which parts of a definition an execution made use of, by their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.model import Machine, Place, State


class Exercised:
    """Told by the interpreter of each part of the definition as it takes effect.

    Attributes:
        places: Of the states that were entered; of the Next, End or Default by which one was
            left; of the choice rules that were chosen, the retriers that retried and the
            catchers that caught.
    """

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.places: set[Place] = set()
        self._states = {id(state.fields): state for state in Machine(definition).states}
        self._parts = dict(_parts(definition))

    def __call__(self, what: str, part: Mapping[str, Any]) -> None:
        """As `observe` of `run_execution`."""
        if what == "entered":
            self.places.add(self._states[id(part)].place)
        elif what == "left":
            self.places.update(_way_out(self._states[id(part)]))
        else:
            self.places.add(self._parts[id(part)])


def _parts(definition: Mapping[str, Any]) -> Iterator[tuple[int, Place]]:
    for state in Machine(definition).states:
        for place, part in state.objects("Choices", "Retry", "Catch"):
            yield id(part), place


def _way_out(state: State) -> Iterator[Place]:
    for name in ("Next", "Default", "End"):
        if state.fields.get(name):
            yield state.at(name)
            return
