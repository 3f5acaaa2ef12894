"""Running one state as often as it takes to know what becomes of it; its task is called once."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.errors import RUNTIME, TIMEOUT, StateError
from pipelines.asl.interpreter import (
    Event,
    JumpingClock,
    Outcome,
    RealClock,
    Resume,
    StopSignal,
    Tasks,
    resume_point,
    run_execution,
)
from pipelines.asl.json_text import dumps
from pipelines.asl.model import Machine, Place, State

LONGEST_S = 300
"""How long TestState runs."""


@dataclass(frozen=True)
class Trial:
    """What is tried.

    Attributes:
        state: As it stands in its definition.
        fields: What is run of it.
        input: The state's input, and `input_text` as it was written.
        context: The context object's parts that the execution does not make itself.
        now: The time, in seconds since the epoch, and `seed` what random numbers start at.
    """

    state: State
    fields: Mapping[str, Any]
    tasks: Tasks
    input: Any
    input_text: str
    variables: Mapping[str, Any]
    context: Mapping[str, Any]
    now: float
    seed: int


@dataclass(frozen=True)
class Tried:
    """What came of it: `output` (JSON text) and `next`, or the error.

    Attributes:
        variables: Those that there are afterwards.
        by: What in the state led on: ``("Catch", 0)``.
        retrier: The number of the retrier that took the error; None: none did.
    """

    output: str | None
    next: str | None
    error: StateError | None
    variables: Mapping[str, Any]
    by: Place | None
    retrier: int | None


def run_alone(trial: Trial, fields: Mapping[str, Any], *, real_time: bool = False) -> Tried:
    """Run a state with these fields.

    Args:
        real_time: Let time pass as it does; otherwise nothing is waited for.
    """
    definition = _machine(trial, fields)
    events: list[Event] = []
    places: list[Place] = []
    outcome = run_execution(
        definition,
        trial.input,
        tasks=trial.tasks,
        context=trial.context,
        clock=RealClock() if real_time else JumpingClock(trial.now),
        history=events.append,
        stop=StopSignal(),
        chance=random.Random(trial.seed),
        resume=_with_variables(trial, definition),
        observe=places.append,
    )
    own = [place[2:] for place in places if place[:2] == ("States", trial.state.name)]
    exited = [each for each in events if each["type"].endswith("StateExited")]
    entered = [each for each in events if each["type"].endswith("StateEntered")]
    variables, output, next = dict(trial.variables), None, None
    error = _error(outcome, succeeded=bool(exited))
    if exited:
        details = exited[0]["stateExitedEventDetails"]
        output = details["output"]
        assigned = details.get("assignedVariables", {})
        variables |= {name: json.loads(text) for name, text in assigned.items()}
        next = entered[1]["stateEnteredEventDetails"]["name"] if len(entered) > 1 else None
    retriers = [int(place[1]) for place in own if place[:1] == ("Retry",)]
    return Tried(
        output=output,
        next=next,
        error=error,
        variables=variables,
        by=next_by(own),
        retrier=retriers[0] if retriers else None,
    )


def next_by(own: list[Place]) -> Place | None:
    """What of a state led on to another one; None: its Next, its End, or nothing.

    >>> next_by([(), ("Retry", 0), ("Catch", 1)])
    ('Catch', 1)
    """
    found = [place for place in own if len(place) == 2 and place[0] in ("Catch", "Choices")]
    return found[-1] if found else None


def _error(outcome: Outcome, *, succeeded: bool) -> StateError | None:
    if succeeded:
        return None
    if outcome.status == "TIMED_OUT":
        return StateError(TIMEOUT, f"The state ran for more than {LONGEST_S} seconds.")
    return StateError(outcome.error or RUNTIME, outcome.cause)


def _machine(trial: Trial, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The state, and an end in the place of each one that it hands over to."""
    name = trial.state.name
    alone = {"StartAt": name, "States": {name: fields}}
    targets = {each.target for each in Machine(alone).top.transitions if each.source is not None}
    ends = {target: {"Type": "Succeed"} for target in targets - {name}}
    return {
        "QueryLanguage": trial.state.scope.machine_language,
        "StartAt": name,
        "TimeoutSeconds": LONGEST_S,
        "States": {name: fields, **ends},
    }


def _with_variables(trial: Trial, definition: Mapping[str, Any]) -> Resume:
    """An execution that has just been started, with variables."""
    started: Event = {
        "timestamp": trial.now,
        "type": "ExecutionStarted",
        "id": 1,
        "previousEventId": 0,
        "executionStartedEventDetails": {"input": dumps(trial.input)},
    }
    resume = resume_point(definition, [started])
    resume.line.variables.update(trial.variables)
    return resume
