"""Running a definition in a test: fake tasks, a clock that jumps, the history as a list."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.interpreter import (
    Clock,
    Event,
    JumpingClock,
    Outcome,
    StopSignal,
    TaskCall,
    TaskTokens,
    run_execution,
)

CREATE_JOB = "arn:aws:states:::sagemaker:createProcessingJob.sync"
GET_OBJECT = "arn:aws:states:::aws-sdk:s3:getObject"
START = 1_767_225_600.0  # 2026-01-01T00:00:00Z
CONTEXT = {
    "Execution": {
        "Id": "arn:aws:states:eu-central-1:000000000000:execution:demo:run-1",
        "Name": "run-1",
        "RoleArn": "arn:aws:iam::000000000000:role/demo",
        "RedriveCount": 0,
    },
    "StateMachine": {
        "Id": "arn:aws:states:eu-central-1:000000000000:stateMachine:demo",
        "Name": "demo",
    },
}


@dataclass
class FakeTasks:
    """Each attempt gets the next of `answers`: a value, an exception, or a function of the call,
    which may be a coroutine function."""

    answers: list[Any] = field(default_factory=list)
    calls: list[TaskCall] = field(default_factory=list)
    callbacks: TaskTokens = field(default_factory=TaskTokens)

    def supports(self, resource: str) -> str | None:
        return None if "sagemaker" in resource or "s3" in resource else "it is not known"

    async def run(self, call: TaskCall) -> Any:
        self.calls.append(call)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(call)
        return await answer if inspect.isawaitable(answer) else answer


@dataclass
class Execution:
    """What came of one execution."""

    outcome: Outcome
    events: list[Event]
    tasks: FakeTasks

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def times(self, type: str) -> list[float]:
        """When the events of a type happened, in seconds since the start."""
        return [event["timestamp"] - START for event in self.events if event["type"] == type]


def execute(
    definition: Mapping[str, Any],
    input: Any = None,
    *,
    answers: list[Any] | None = None,
    clock: Clock | None = None,
    stop: StopSignal | None = None,
    chance: random.Random | None = None,
    history: Callable[[Event], None] | None = None,
    callbacks: TaskTokens | None = None,
    input_text: str | None = None,
) -> Execution:
    events: list[Event] = []
    tasks = FakeTasks(answers or [], callbacks=callbacks or TaskTokens())
    outcome = run_execution(
        definition,
        {} if input is None else input,
        tasks=tasks,
        context=CONTEXT,
        clock=clock or JumpingClock(START),
        history=history or events.append,
        stop=stop or StopSignal(),
        chance=chance or random.Random(0),
        input_text=input_text,
    )
    return Execution(outcome, events, tasks)


def linked(events: list[Event]) -> list[tuple[int, int, str]]:
    """Each event's id, the id of the one before it, and its type."""
    return [(event["id"], event["previousEventId"], event["type"]) for event in events]


def machine(**states: Mapping[str, Any]) -> dict[str, Any]:
    """A definition of these states, which starts at the first."""
    return {"StartAt": next(iter(states)), "States": states}


def task(**fields: Any) -> dict[str, Any]:
    """A Task state that ends the execution, unless the fields say otherwise."""
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": CREATE_JOB, **fields, **end}


def outcome_of(state: Mapping[str, Any], input: Any = None) -> Outcome:
    """The outcome of a machine of one state."""
    return execute(machine(Only=state), input).outcome
