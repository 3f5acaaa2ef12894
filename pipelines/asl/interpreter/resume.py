"""Reads from a history where an execution stood, so that it can go on from there.

The history is the only truth.  Each event follows another one (`previousEventId`), and by that
it is known to which line of states it belongs: of branches that ran beside each other, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.errors import QUERY_EVALUATION_ERROR, StateError
from pipelines.asl.interpreter.history import Event, details_of
from pipelines.asl.interpreter.past import Line, Past, Resume
from pipelines.asl.model import Machine, Scope, State

Details = Mapping[str, Any]

_ENDS = {"ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}


def resume_point(definition: Mapping[str, Any], events: Sequence[Event]) -> Resume:
    """Where an execution of this definition goes on after these events.

    Raises:
        ValueError: it has not started, or it succeeded: there is nowhere to go on.
    """
    if not events or events[0]["type"] != "ExecutionStarted":
        raise ValueError("a history begins with ExecutionStarted")
    if events[-1]["type"] == "ExecutionSucceeded":
        raise ValueError("an execution that succeeded does not go on")
    reading = _Reading(Machine(definition).top)
    for event in events:
        reading.read(event)
    ended = events[-1]["type"] in _ENDS
    if ended:
        again(reading.top.line)
    return Resume(
        line=reading.top.line,
        input=reading.input,
        started_at=events[0]["timestamp"],
        last_id=events[-1]["id"],
        ended=ended,
        redrive_count=reading.redrive_count,
    )


def again(line: Line) -> None:
    """Make a line that ended without success do its state again; what had succeeded is kept."""
    if line.finished or line.exited:
        return
    past = line.past
    line.past = Past(
        started=past.started,
        lines=past.lines,
        succeeded=past.succeeded,
        map_run=_redriven(past.map_run),
    )
    line.failed = False
    for inner in past.lines.values():
        again(inner)


def _redriven(map_run: Mapping[str, Any]) -> dict[str, Any]:
    """A Map Run that is to go on once more, and how often that has been."""
    if "MapRunStarted" not in map_run:
        return {}
    redrives = map_run.get("redrives", 0) + 1
    return {"MapRunStarted": map_run["MapRunStarted"], "redrives": redrives}


@dataclass
class _Node:
    """A line with its place among the others."""

    line: Line
    scope: Scope
    parent: _Node | None = None
    children: dict[int, _Node] = field(default_factory=dict)

    @property
    def state(self) -> State | None:
        """The state in which the line stands."""
        return self.scope.states.get(self.line.state or "") if not self.line.exited else None

    def up(self, fits: Callable[[_Node], bool]) -> _Node:
        """The nearest line that fits: this one, or one around it.

        Raises:
            ValueError: there is none; this is no history of this definition.
        """
        node: _Node | None = self
        while node is not None:
            if fits(node):
                return node
            node = node.parent
        raise ValueError("the history is none of an execution of this definition")

    def around(self, type: str) -> _Node:
        """The nearest line that stands in a state of this type which has not given up."""
        return self.up(
            lambda node: (
                node.state is not None and node.state.type == type and not node.line.past.gave_up
            )
        )

    def named(self, name: str) -> _Node:
        """The nearest line that stands in the state of this name."""
        return self.up(lambda node: node.state is not None and node.state.name == name)

    def child(self, number: int, scope: Scope) -> _Node:
        """The line of this number within the state, made if there is none."""
        if number not in self.children:
            line = self.line.past.lines.setdefault(number, Line())
            self.children[number] = _Node(line, scope, self)
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


class _Reading:
    """What the events read so far tell."""

    def __init__(self, scope: Scope) -> None:
        self.top = _Node(Line(), scope)
        self.input: Any = None
        self.redrive_count = 0
        self._nodes: dict[int, _Node] = {0: self.top}

    def read(self, event: Event) -> None:
        """Take in one event."""
        type, details = event["type"], details_of(event)
        node = self._nodes.get(event["previousEventId"], self.top)
        read = _READERS.get(type) or _READERS[_general(type)]
        read(self, event, details, node)

    def follow(self, event: Event, node: _Node) -> None:
        """The event is the last one of this line."""
        node.line.previous_id = event["id"]
        self._nodes[event["id"]] = node

    def started(self, event: Event, details: Details, node: _Node) -> None:
        self.input = json.loads(details["input"])
        self._nodes[event["id"]] = self.top

    def redriven(self, event: Event, details: Details, node: _Node) -> None:
        self.redrive_count = details["redriveCount"]
        again(self.top.line)
        self.follow(event, self.top)

    def entered(self, event: Event, details: Details, node: _Node) -> None:
        state = node.state
        if state is not None and state.type == "Parallel":
            number = next(
                number
                for number, scope in enumerate(state.scopes)
                if scope.start == details["name"] and number not in node.children
            )
            node = node.child(number, state.scopes[number])
        line = node.line
        line.variables.update(line.assigned)
        line.state, line.input = details["name"], json.loads(details["input"])
        line.entered_id, line.entered_at = event["id"], event["timestamp"]
        line.past, line.exited, line.assigned = Past(), False, {}
        node.children.clear()
        self.follow(event, node)

    def exited(self, event: Event, details: Details, node: _Node) -> None:
        node = node.named(details["name"])
        line, state = node.line, node.state
        line.exited, line.output = True, json.loads(details["output"])
        assigned = details.get("assignedVariables", {})
        line.assigned = {name: json.loads(text) for name, text in assigned.items()}
        ends = state is not None and (state.fields.get("End") is True or state.type == "Succeed")
        # A catcher, if there is one, may lead on to another state.
        line.finished = ends and node.error() is None and not line.past.line_failed
        self.follow(event, node)

    def scheduled(self, event: Event, details: Details, node: _Node) -> None:
        past = node.line.past
        if past.scheduled_id:
            node.line.past = past = Past(failures=[*past.failures, past.failure])
        past.scheduled_id = event["id"]
        past.arguments = json.loads(details.get("parameters") or details["input"])
        self.follow(event, node)

    def task_started(self, event: Event, details: Details, node: _Node) -> None:
        node.line.past.started_at = event["timestamp"]
        if event["type"] == "ActivityStarted":
            node.line.past.submitted = None
        self.follow(event, node)

    def submitted(self, event: Event, details: Details, node: _Node) -> None:
        node.line.past.submitted = json.loads(details["output"])
        self.follow(event, node)

    def succeeded(self, event: Event, details: Details, node: _Node) -> None:
        node.line.past.result = json.loads(details["output"])
        self.follow(event, node)

    def failed(self, event: Event, details: Details, node: _Node) -> None:
        cause = "" if event["type"].endswith("TimedOut") else None
        self._fail(node, StateError(details.get("error"), details.get("cause", cause)), event)
        self.follow(event, node)

    def evaluation_failed(self, event: Event, details: Details, node: _Node) -> None:
        # That of an ItemSelector belongs to the iteration, which has not entered a state.
        if node.state is not None and node.state.name == details.get("state"):
            self._fail(node, StateError(QUERY_EVALUATION_ERROR, details.get("cause")), event)
        self.follow(event, node)

    def _fail(self, node: _Node, error: StateError, event: Event) -> None:
        node.line.past.failure = error
        node.line.past.failed_at = event["timestamp"]

    def begun(self, event: Event, details: Details, node: _Node) -> None:
        node = node.around(_type(event))
        node.begin()
        self.follow(event, node)

    def iteration_started(self, event: Event, details: Details, node: _Node) -> None:
        node = node.named(details["name"])
        assert node.state is not None
        self.follow(event, node.child(details["index"], node.state.scopes[0]))

    def iteration_succeeded(self, event: Event, details: Details, node: _Node) -> None:
        node = node.named(details["name"])
        node.children[details["index"]].line.succeeded = True
        self.follow(event, node)

    def line_failed(self, event: Event, details: Details, node: _Node) -> None:
        """A line's failure ends those beside it: of all these events the first one counts."""
        while node.parent is not None:
            line, past = node.line, node.parent.line.past
            if past.started and not past.gave_up:
                if not past.line_failed:
                    line.failed = past.line_failed = True
                    past.failed_at = event["timestamp"]
                    node.parent.line.previous_id = event["previousEventId"]
                return
            node = node.parent

    def lines_succeeded(self, event: Event, details: Details, node: _Node) -> None:
        node = node.around(_type(event))
        node.line.past.succeeded = True
        node.line.previous_id = event["previousEventId"]

    def gave_up(self, event: Event, details: Details, node: _Node) -> None:
        self.line_failed(event, details, node)
        node = node.around(_type(event))
        node.line.past.gave_up = True
        self.follow(event, node)

    def map_run(self, event: Event, details: Details, node: _Node) -> None:
        node = node.around("Map")
        node.line.past.map_run[event["type"]] = details
        self.follow(event, node)

    def ended(self, event: Event, details: Details, node: _Node) -> None:
        pass


def _type(event: Event) -> str:
    return "Parallel" if event["type"].startswith("Parallel") else "Map"


_READERS: Mapping[str, Callable[[_Reading, Event, Details, _Node], None]] = {
    "ExecutionStarted": _Reading.started,
    "ExecutionRedriven": _Reading.redriven,
    "ExecutionFailed": _Reading.ended,
    "ExecutionAborted": _Reading.ended,
    "ExecutionTimedOut": _Reading.ended,
    "EvaluationFailed": _Reading.evaluation_failed,
    "ParallelStateStarted": _Reading.begun,
    "ParallelStateSucceeded": _Reading.lines_succeeded,
    "ParallelStateFailed": _Reading.gave_up,
    "MapStateStarted": _Reading.begun,
    "MapStateSucceeded": _Reading.lines_succeeded,
    "MapStateFailed": _Reading.gave_up,
    "MapIterationStarted": _Reading.iteration_started,
    "MapIterationSucceeded": _Reading.iteration_succeeded,
    "MapIterationFailed": _Reading.line_failed,
    "MapIterationAborted": _Reading.line_failed,
    "MapRunStarted": _Reading.map_run,
    "MapRunSucceeded": _Reading.map_run,
    "MapRunFailed": _Reading.map_run,
    "MapRunAborted": _Reading.map_run,
    "MapRunRedriven": _Reading.map_run,
    "StateEntered": _Reading.entered,
    "StateExited": _Reading.exited,
    "StateAborted": _Reading.line_failed,
    "Scheduled": _Reading.scheduled,
    "Started": _Reading.task_started,
    "Submitted": _Reading.submitted,
    "Succeeded": _Reading.succeeded,
    "TimedOut": _Reading.failed,
    "Failed": _Reading.failed,
}
"""What reads an event: by its type, or by the end of it."""


def _general(type: str) -> str:
    """The end of an event's type that says what happened to a state or a task.

    >>> _general("PassStateExited"), _general("LambdaFunctionScheduleFailed")
    ('StateExited', 'Failed')
    """
    return next(ending for ending in _READERS if type.endswith(ending))
