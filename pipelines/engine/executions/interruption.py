"""What becomes of an execution that the end of its engine interrupted.

It goes on where its history ends, if nothing was lost: between two states, in a Wait, between two
attempts, waiting for a task token, for a worker, for another execution. A task that was running in
the engine, or that had been sent off without word of its arrival, has died with it: whether it had
an effect is not known, and to do it again is for a person to decide, who redrives the execution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.asl.integrations import Integration, integration
from pipelines.asl.interpreter import MISSING, Event, Resume, resume_point
from pipelines.asl.interpreter.callbacks import task_token
from pipelines.asl.interpreter.past import Line, Past
from pipelines.asl.model import Machine, Scope, State

ENGINE_STOPPED = "Local.EngineStopped"
"""The error of an execution that ends because its engine ended."""

_MAP_RUN_ENDS = frozenset({"MapRunSucceeded", "MapRunFailed"})

ChildHistories = Callable[[str], Iterable[tuple[str, Sequence[Event]]]]
"""The ARNs and histories of a Map Run's standard child executions that have begun and not ended."""


def lost(definition: Mapping[str, Any], resume: Resume, children: ChildHistories) -> str | None:
    """Why an execution cannot go on, if a state lost what it was doing."""
    for _, state, past in _open_everywhere("", definition, resume, children):
        if state.type == "Task" and _has_died(state, past):
            return f"The local engine stopped while the task of the state '{state.name}' ran."
    return None


def waiting_tokens(
    execution_arn: str, definition: Mapping[str, Any], resume: Resume, children: ChildHistories
) -> Iterator[str]:
    """The task tokens that an execution, with its children, will wait for when it goes on."""
    for arn, state, past in _open_everywhere(execution_arn, definition, resume, children):
        if state.type == "Task" and past.scheduled_id and not _has_ended(past):
            yield task_token(arn, past.scheduled_id)


def _open_everywhere(
    arn: str, definition: Mapping[str, Any], resume: Resume, children: ChildHistories
) -> Iterator[tuple[str, State, Past]]:
    """Every state in which an execution or one of its child executions stands, and whose it is."""
    for state, past in _open(Machine(definition).top, resume.line):
        yield arn, state, past
        if "MapRunStarted" in past.map_run and _MAP_RUN_ENDS.isdisjoint(past.map_run):
            [scope] = state.scopes
            inner = {**scope.fields, "QueryLanguage": scope.machine_language}
            run_arn = str(past.map_run["MapRunStarted"]["mapRunArn"])
            for child_arn, events in children(run_arn):
                yield from _open_everywhere(child_arn, inner, resume_point(inner, events), children)


def aborted(last: Event | None, now: float, error: str | None, cause: str | None) -> Event:
    """The event that ends an execution from without, after the last one of its history."""
    details = {"error": error, "cause": cause}
    return {
        "timestamp": now,
        "type": "ExecutionAborted",
        "id": 1 if last is None else last["id"] + 1,
        "previousEventId": 0,
        "executionAbortedEventDetails": {
            name: text for name, text in details.items() if text is not None
        },
    }


def _open(scope: Scope, line: Line) -> Iterator[tuple[State, Past]]:
    """Every state in which a line of states stands, the outer before the inner."""
    if line.finished or line.exited or line.state is None or line.state not in scope.states:
        return
    state, past = scope.states[line.state], line.past
    yield state, past
    if not (past.succeeded or past.line_failed or past.gave_up):
        for number, inner in past.lines.items():
            of_branch = state.scopes[number if state.type == "Parallel" else 0]
            yield from _open(of_branch, inner)


def _has_ended(past: Past) -> bool:
    return past.failure is not None or past.result is not MISSING


def _has_died(state: State, past: Past) -> bool:
    """Whether a task was at work when the engine ended, and nobody else goes on with it."""
    if past.started_at is None or _has_ended(past):
        return False
    called = integration(state.fields["Resource"])
    if not isinstance(called, Integration) or called.kind == "function":
        return True
    if called.kind == "activity":
        return False
    if past.submitted is MISSING:
        return True
    return called.pattern != "waitForTaskToken" and called.service != "states"
