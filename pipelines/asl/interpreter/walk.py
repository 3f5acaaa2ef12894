"""Runs a line of states, one after the other: each by its type, in its query language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pipelines.asl.errors import StateError
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
_VISITS: dict[str, type[Visit]] = {"JSONPath": JSONPathVisit, "JSONata": JSONataVisit}


async def walk(frame: Frame, scope: Scope, input: Any, line: Line | None = None) -> Any:
    """Run the states of a scope, and return the output of the last.

    Args:
        input: The input of the first state.
        line: How far the line had come when the execution was interrupted.

    Raises:
        StateError: a state failed.
    """
    name, data, text = str(scope.start), input, dumps(input)
    if line is not None and line.finished:
        return line.input
    if line is not None and line.state is not None:
        name, data = line.state, line.input
    else:
        line = None
    while True:
        await go_on()
        state = scope.states[name]
        if line is None:
            _enter(frame, state, text)
        else:
            frame.enter_again(state, line)
            line = None
        try:
            transition = await _RUNNERS[state.type](_VISITS[state.language](state, data, frame))
            data, text = transition.output, dumps(transition.output)
            require_size(text, name)
        except StateError as error:
            raise frame.reported(error) from None
        _leave(frame, state, text, transition.assigned)
        if transition.next is None:
            return data
        name = transition.next


def _enter(frame: Frame, state: State, text: str) -> None:
    frame.enter(state)
    entered = {"name": state.name, **input_details(text)}
    frame.entered_id = frame.record(f"{state.type}StateEntered", entered)


def _leave(frame: Frame, state: State, text: str, assigned: Mapping[str, Any]) -> None:
    exited = {"name": state.name, **output_details(text)}
    if assigned:
        frame.variables.update(assigned)
        exited["assignedVariables"] = {name: dumps(value) for name, value in assigned.items()}
        exited["assignedVariablesDetails"] = {"truncated": False}
    frame.record(f"{state.type}StateExited", exited)
    frame.visiting = False
