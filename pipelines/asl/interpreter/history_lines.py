"""The lines of states of an execution, and how one finds its way among them from event to event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.past import Line, Past
from pipelines.asl.model import Scope, State


@dataclass
class Node:
    """A line with its place among the others."""

    line: Line
    scope: Scope
    parent: Node | None = None
    children: dict[int, Node] = field(default_factory=dict)

    @property
    def state(self) -> State | None:
        """The state in which the line stands."""
        return self.scope.states.get(self.line.state or "") if not self.line.exited else None

    def up(self, fits: Callable[[Node], bool]) -> Node:
        """The nearest line that fits: this one, or one around it.

        Raises:
            ValueError: there is none; this is no history of this definition.
        """
        node: Node | None = self
        while node is not None:
            if fits(node):
                return node
            node = node.parent
        raise ValueError("the history is none of an execution of this definition")

    def around(self, type: str) -> Node:
        """The nearest line that stands in a state of this type which has not given up."""
        return self.up(
            lambda node: (
                node.state is not None and node.state.type == type and not node.line.past.gave_up
            )
        )

    def giving_up(self, name: str | None) -> Node | None:
        """The nearest line, this one or one around it, that stands in the state of this name,
        which failed."""
        node: Node | None = self
        while node is not None:
            if node.state is not None and node.state.name == name and node.line.past.gave_up:
                return node
            node = node.parent
        return None

    def named(self, name: str) -> Node:
        """The nearest line that stands in the state of this name."""
        return self.up(lambda node: node.state is not None and node.state.name == name)

    def child(self, number: int, scope: Scope) -> Node:
        """The line of this number within the state, made if there is none."""
        if number not in self.children:
            line = self.line.past.lines.setdefault(number, Line())
            self.children[number] = Node(line, scope, self)
        return self.children[number]

    def begin(self) -> None:
        """The lines within are begun; if they had been before, that was an attempt that failed."""
        past = self.line.past
        if past.started:
            past.failures.append(self.error())
            self.line.past = past = Past(failures=past.failures)
        past.started = True
        self.children.clear()

    def error(self) -> StateError | None:
        """How the state failed; None: the history does not tell."""
        past = self.line.past
        if past.failure is not None:
            return past.failure
        if "MapRunFailed" in past.map_run:
            details = past.map_run["MapRunFailed"]
            return StateError(details.get("error"), details.get("cause"))
        if self.state is not None and self.state.type == "Fail":
            error = self.state.fields.get("Error")
            return StateError(error) if isinstance(error, str) else None
        failed = [child for child in self.children.values() if child.line.failed]
        return failed[0].error() if failed else None
