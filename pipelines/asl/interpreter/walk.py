"""Runs a line of states, one after the other: each by its type, in its query language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pipelines.asl.errors import RUNTIME, DataError, StateError
from pipelines.asl.interpreter.history import input_details, output_details
from pipelines.asl.interpreter.jsonata_visit import JSONataVisit
from pipelines.asl.interpreter.jsonpath_visit import JSONPathVisit
from pipelines.asl.interpreter.map import run_map
from pipelines.asl.interpreter.parallel import run_parallel
from pipelines.asl.interpreter.past import Line
from pipelines.asl.interpreter.run import Frame, go_on, require_size
from pipelines.asl.interpreter.states import run_choice, run_fail, run_pass, run_succeed, run_wait
from pipelines.asl.interpreter.task import run_task
from pipelines.asl.interpreter.visit import Transition, Visit
from pipelines.asl.json_text import dumps
from pipelines.asl.model import Scope, State

_RUNNERS: dict[str, Callable[[Visit], Awaitable[Transition]]] = {
    "Choice": run_choice,
    "Fail": run_fail,
    "Map": run_map,
    "Parallel": run_parallel,
    "Pass": run_pass,
    "Succeed": run_succeed,
    "Task": run_task,
    "Wait": run_wait,
}
_WAY_OUT = ("Next", "End")
_ATTEMPTED = frozenset({"Map", "Parallel", "Task"})
"""The types of states that Retry and Catch are for."""
_VISITS: dict[str, type[Visit]] = {"JSONPath": JSONPathVisit, "JSONata": JSONataVisit}


def visit_of(state: State, input: Any, frame: Frame) -> Visit:
    """A visit of a state, in its query language."""
    return _VISITS[state.language](state, input, frame)


async def walk(frame: Frame, scope: Scope, input: Any, line: Line | None = None) -> Any:
    """Run the states of a scope, and return the output of the last.

    Args:
        input: The input of the first state.
        line: How far the line had come when the execution was interrupted.

    Raises:
        StateError: a state failed.
    """
    name, data, text = scope.start, input, frame.run.text(input)
    stood: Line | None = None
    if line is not None:
        frame.previous_id, frame.beside_id = line.previous_id, line.beside_id
        frame.variables.update(line.variables)
        if line.finished:
            return line.output
        if line.state is not None:
            name, data, stood = line.state, line.input, line
    while name is not None:
        await go_on()
        state = scope.states[name]
        if stood is None:
            _enter(frame, state, text)
        else:
            frame.enter_again(state, stood)
        if stood is not None and stood.exited:
            name, data = await _next(frame, state, stood), stood.output
            text = frame.run.text(data)
        else:
            transition, text = await _visit(frame, state, data)
            _leave(frame, state, text, transition)
            name, data = transition.next, transition.output
        stood = None
    return data


async def _next(frame: Frame, state: State, line: Line) -> str | None:
    """Where a state went on that had been left, but no other one had been entered."""
    next: str | None = state.fields.get("Next")
    if "Choices" in state.fields or "Catch" in state.fields:
        # Nothing but running it again tells which of them it was; no event is recorded by that.
        transition, _ = await _visit(frame, state, line.input)
        next = transition.next
    frame.variables.update(line.assigned)
    frame.visiting = False
    return next


async def _visit(frame: Frame, state: State, input: Any) -> tuple[Transition, str]:
    """Where the state goes on; and its output as JSON text.

    Raises:
        StateError: it failed.
    """
    visit = visit_of(state, input, frame)
    try:
        if frame.past is not None and state.type not in _ATTEMPTED and frame.past.failure:
            raise frame.past.failure
        transition = await _RUNNERS[state.type](visit)
        text = frame.run.text(transition.output)
        require_size(text, state.name)
    except StateError as error:
        raise frame.reported(error) from None
    except RecursionError:  # as AWS's own reader of JSON has a limit, of which nothing is told
        too_deep = DataError(RUNTIME, "The data are nested too deep.")
        raise frame.reported(too_deep) from None
    return transition, text


def _enter(frame: Frame, state: State, text: str) -> None:
    frame.enter(state)
    entered = {"name": state.name, **input_details(text)}
    frame.entered_id = frame.record(f"{state.type}StateEntered", entered)
    frame.run.observe(state.place)


def _leave(frame: Frame, state: State, text: str, transition: Transition) -> None:
    exited = {"name": state.name, **output_details(text)}
    assigned = transition.assigned
    if assigned:
        frame.variables.update(assigned)
        exited["assignedVariables"] = {name: dumps(value) for name, value in assigned.items()}
        exited["assignedVariablesDetails"] = {"truncated": False}
    frame.record(f"{state.type}StateExited", exited)
    frame.visiting = False
    frame.run.observe(state.at(*(transition.by or (_WAY_OUT[transition.next is None],))))
