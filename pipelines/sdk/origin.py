"""Where in our own code a state was made: a finding about a state can then name the line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.sdk.door import Chain, State

_HERE = __name__.rpartition(".")[0]


@dataclass(frozen=True)
class Origin:
    """A line of Python; `module` is a module's dotted name."""

    module: str
    line: int


class Made:
    """Mixed into a state: remembers the lines that led to its making, the innermost first."""

    def __init__(self, *arguments: Any, **fields: Any) -> None:
        super().__init__(*arguments, **fields)
        self.made_by = tuple(_callers())


def _callers() -> Iterator[Origin]:
    frame = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("pipelines.") and not module.startswith(f"{_HERE}."):
            yield Origin(module, frame.f_lineno)
        if frame.f_back is None:
            return
        frame = frame.f_back


class _Collector:
    """Walks the SDK's graph, as its own visitors do."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}

    def is_visited(self, state: State) -> bool:
        return state.state_id in self.states

    def visit(self, state: State) -> None:
        self.states[state.state_id] = state
        for branch in vars(state).get("branches", ()):
            (branch.steps[0] if isinstance(branch, Chain) else branch).accept(self)


def origins(start: State) -> dict[str, tuple[Origin, ...]]:
    """Of each state that can be reached from `start`, by its name, the lines that made it."""
    collector = _Collector()
    start.accept(collector)
    return {name: getattr(state, "made_by", ()) or () for name, state in collector.states.items()}
