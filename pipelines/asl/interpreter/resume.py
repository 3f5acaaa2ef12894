"""Reads from a history where an execution stood, so that it can go on from there.

The history is the only truth.  Each event follows another one (`previousEventId`), and by that
it is known to which line of states it belongs: of branches that ran beside each other, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.asl.errors import QUERY_EVALUATION_ERROR, StateError
from pipelines.asl.interpreter.history import Event, details_of
from pipelines.asl.interpreter.history_lines import Node
from pipelines.asl.interpreter.past import Line, Past, Resume
from pipelines.asl.model import Machine, Scope

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
    else:
        _in_turn(reading.top.line)
    return Resume(
        line=reading.top.line,
        input=reading.input,
        input_text=reading.input_text,
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
        lines=dict(sorted(past.lines.items())),
        succeeded=past.succeeded,
        map_run=_redriven(past.map_run),
    )
    line.failed = False
    for inner in past.lines.values():
        again(inner)


def _in_turn(line: Line) -> None:
    """Let whoever has waited longest go on first, as if nothing had been interrupted."""
    lines = line.past.lines
    line.past.lines = dict(sorted(lines.items(), key=lambda item: item[1].previous_id))
    for inner in lines.values():
        _in_turn(inner)


def _redriven(map_run: Mapping[str, Any]) -> dict[str, Any]:
    """A Map Run that is to go on once more, and how often that has been."""
    if "MapRunStarted" not in map_run:
        return {}
    redrives = map_run.get("redrives", 0) + 1
    return {"MapRunStarted": map_run["MapRunStarted"], "redrives": redrives}


class _Reading:
    """What the events read so far tell."""

    def __init__(self, scope: Scope) -> None:
        self.top = Node(Line(), scope)
        self.input: Any = None
        self.input_text = ""
        self.redrive_count = 0
        self._nodes: dict[int, Node] = {0: self.top}

    def read(self, event: Event) -> None:
        """Take in one event."""
        type, details = event["type"], details_of(event)
        node = self._nodes.get(event["previousEventId"], self.top)
        read = _READERS.get(type) or _READERS[_general(type)]
        read(self, event, details, node)

    def _value(self, text: str) -> Any:
        """The value of JSON text; the execution's input is one and the same."""
        return self.input if text == self.input_text else json.loads(text)

    def follow(self, event: Event, node: Node) -> None:
        """The event is the last one of this line."""
        node.line.previous_id = event["id"]
        self._nodes[event["id"]] = node

    def started(self, event: Event, details: Details, node: Node) -> None:
        self.input_text = details["input"]
        self.input = json.loads(self.input_text)
        self._nodes[event["id"]] = self.top

    def redriven(self, event: Event, details: Details, node: Node) -> None:
        self.redrive_count = details["redriveCount"]
        again(self.top.line)
        self.follow(event, self.top)

    def entered(self, event: Event, details: Details, node: Node) -> None:
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
        line.state, line.input = details["name"], self._value(details["input"])
        line.entered_id, line.entered_at = event["id"], event["timestamp"]
        line.past, line.exited, line.assigned = Past(), False, {}
        node.children.clear()
        self.follow(event, node)

    def exited(self, event: Event, details: Details, node: Node) -> None:
        node = node.named(details["name"])
        line, state = node.line, node.state
        line.exited, line.output = True, self._value(details["output"])
        assigned = details.get("assignedVariables", {})
        line.assigned = {name: json.loads(text) for name, text in assigned.items()}
        ends = state is not None and (state.fields.get("End") is True or state.type == "Succeed")
        # A catcher, if there is one, may lead on to another state.
        line.finished = ends and node.error() is None and not line.past.line_failed
        self.follow(event, node)

    def scheduled(self, event: Event, details: Details, node: Node) -> None:
        past = node.line.past
        if past.scheduled_id:
            node.line.past = past = Past(failures=[*past.failures, past.failure])
        past.scheduled_id = event["id"]
        past.arguments = json.loads(details.get("parameters") or details["input"])
        self.follow(event, node)

    def task_started(self, event: Event, details: Details, node: Node) -> None:
        node.line.past.started_at = event["timestamp"]
        if event["type"] == "ActivityStarted":
            node.line.past.submitted = None
        self.follow(event, node)

    def submitted(self, event: Event, details: Details, node: Node) -> None:
        node.line.past.submitted = json.loads(details["output"])
        self.follow(event, node)

    def succeeded(self, event: Event, details: Details, node: Node) -> None:
        node.line.past.result = json.loads(details["output"])
        self.follow(event, node)

    def failed(self, event: Event, details: Details, node: Node) -> None:
        cause = "" if event["type"].endswith("TimedOut") else None
        self._fail(node, StateError(details.get("error"), details.get("cause", cause)), event)
        self.follow(event, node)

    def evaluation_failed(self, event: Event, details: Details, node: Node) -> None:
        error = StateError(QUERY_EVALUATION_ERROR, details.get("cause"))
        catching = node.giving_up(details.get("state"))
        if catching is not None:
            node, catching.line.past.catch_failed = catching, True
            self._fail(node, error, event)
        # That of an ItemSelector belongs to the iteration, which has not entered a state.
        elif node.state is not None and node.state.name == details.get("state"):
            self._fail(node, error, event)
        self.follow(event, node)

    def _fail(self, node: Node, error: StateError, event: Event) -> None:
        node.line.past.failure = error
        node.line.past.failed_at = event["timestamp"]

    def begun(self, event: Event, details: Details, node: Node) -> None:
        node = node.around(_type(event))
        node.begin()
        self.follow(event, node)

    def iteration_started(self, event: Event, details: Details, node: Node) -> None:
        node = node.named(details["name"])
        assert node.state is not None
        self.follow(event, node.child(details["index"], node.state.scopes[0]))

    def iteration_succeeded(self, event: Event, details: Details, node: Node) -> None:
        node = node.named(details["name"])
        node.children[details["index"]].line.succeeded = True
        self.follow(event, node)

    def line_failed(self, event: Event, details: Details, node: Node) -> None:
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

    def lines_succeeded(self, event: Event, details: Details, node: Node) -> None:
        node = node.around(_type(event))
        line = node.line
        line.past.succeeded = True
        if not line.past.map_run:
            line.previous_id = event["previousEventId"]
        line.beside_id = event["id"]

    def gave_up(self, event: Event, details: Details, node: Node) -> None:
        if node.line.past.catch_failed:
            node.line.past.catch_failed = False
            self.follow(event, node)
            return
        state_line = node.around(_type(event))
        if node is not state_line:  # else an expression of the state's own failed, not a line
            self.line_failed(event, details, node)
        state_line.line.past.gave_up = True
        self.follow(event, state_line)

    def map_run(self, event: Event, details: Details, node: Node) -> None:
        node = node.around("Map")
        node.line.past.map_run[event["type"]] = details
        if event["type"] == "MapRunSucceeded":
            node.line.beside_id = event["id"]
            self._nodes[event["id"]] = node
        else:
            self.follow(event, node)

    def ended(self, event: Event, details: Details, node: Node) -> None:
        pass


def _type(event: Event) -> str:
    return "Parallel" if event["type"].startswith("Parallel") else "Map"


_READERS: Mapping[str, Callable[[_Reading, Event, Details, Node], None]] = {
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
