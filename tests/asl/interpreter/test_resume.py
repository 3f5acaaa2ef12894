"""An execution that is interrupted at any event goes on from its history to the same outcome."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings

from pipelines.asl.checker import check
from pipelines.asl.interpreter import (
    Event,
    JumpingClock,
    NoSuchToken,
    Outcome,
    StopSignal,
    TaskCall,
    TaskFailed,
    TaskTokens,
    resume_point,
    run_execution,
)
from pipelines.asl.interpreter.callbacks import Callback
from pipelines.asl.jsonata import evaluate
from tests.asl.interpreter.executions import CONTEXT, START, machine, task
from tests.asl.strategies import inputs, machines

# The library changes the interpreter's recursion limit, once; hypothesis would complain of it.
evaluate("1", {}, random.Random(0))

TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
ALL = {"ErrorEquals": ["States.ALL"]}
SUCCEED = {"Type": "Succeed"}


class Constant(random.Random):
    """No chance at all: what is drawn again is the same."""

    def random(self) -> float:
        return 0.5

    def getrandbits(self, k: int, /) -> int:
        return 0


class Answerers(TaskTokens):
    """The people whom a message with a token reached: they answer as soon as somebody waits."""

    reached: ClassVar[dict[str, Any]] = {}

    def open(self, token: str) -> Callback:
        callback = super().open(token)
        if token in self.reached:
            self.succeed(token, self.reached[token])
        return callback


class Tasks:
    """Answers by what is asked, so that whoever asks again gets the same answer.

    A request ``{"fail": [2, "E"]}`` fails twice with the error E; the answer is the request.
    """

    def __init__(self) -> None:
        self.callbacks = Answerers()
        self.calls: list[TaskCall] = []

    def supports(self, resource: str) -> str | None:
        return None

    async def run(self, call: TaskCall) -> Any:
        self.calls.append(call)
        asked = call.parameters.get("fail") if isinstance(call.parameters, dict) else None
        if asked is not None and call.context["State"]["RetryCount"] < asked[0]:
            raise TaskFailed(asked[1], "as asked")
        if call.token is not None:
            self.callbacks.reached[call.token] = call.parameters
            with suppress(NoSuchToken):  # they have answered already
                self.callbacks.succeed(call.token, call.parameters)
        return call.parameters


def run(
    definition: Mapping[str, Any], input: Any, events: list[Event], tasks: Tasks | None = None
) -> Outcome:
    """Start an execution, or go on with one that has these events, to which the new ones come."""
    return run_execution(
        definition,
        input,
        tasks=tasks or Tasks(),
        context=CONTEXT,
        clock=JumpingClock(events[-1]["timestamp"] if events else START),
        history=events.append,
        stop=StopSignal(),
        chance=Constant(),
        resume=resume_point(definition, json.loads(json.dumps(events))) if events else None,
    )


def fails(times: int, error: str = "E") -> dict[str, Any]:
    """The parameters of a task that fails so often."""
    return {"fail": [times, error]}


def branch(**states: Mapping[str, Any]) -> dict[str, Any]:
    return machine(**states)


def each(**fields: Any) -> dict[str, Any]:
    """A Map state over the state's input, unless the fields say otherwise."""
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Map", **fields, **end}


MACHINES: dict[str, tuple[dict[str, Any], Any]] = {
    "waits and choices": (
        machine(
            Wait={"Type": "Wait", "SecondsPath": "$.n", "Next": "Which"},
            Which={
                "Type": "Choice",
                "Choices": [{"Variable": "$.n", "NumericEquals": 5, "Next": "Again"}],
                "Default": "Done",
            },
            Again={"Type": "Pass", "Result": {"n": 9}, "Next": "Wait"},
            Done=SUCCEED,
        ),
        {"n": 5},
    ),
    "branches that fail at the same time": (
        machine(
            Both={
                "Type": "Parallel",
                "Branches": [
                    branch(
                        Work=task(Resource="arn:aws:states:::lambda:invoke", Next="Read"),
                        Read={"Type": "Pass", "InputPath": "$.none", "End": True},
                    ),
                    branch(Bad={"Type": "Fail", "Error": "E"}),
                ],
                "End": True,
            },
        ),
        {"n": 1},
    ),
    "variables": (
        machine(
            Set={"Type": "Pass", "Assign": {"x.$": "$.n", "y": [1, {"z": None}]}, "Next": "Use"},
            Use={
                "Type": "Pass",
                "Parameters": {"x.$": "$x", "z.$": "$y[1].z"},
                "Assign": {"x": 2},
                "Next": "Last",
            },
            Last={"Type": "Pass", "Parameters": {"x.$": "$x", "in.$": "$"}, "End": True},
        ),
        {"n": 1},
    ),
    "retries": (
        machine(
            Job=task(
                Parameters={**fails(3), "attempt.$": "$$.State.RetryCount"},
                Retry=[{"ErrorEquals": ["X"]}, {**ALL, "MaxAttempts": 3, "IntervalSeconds": 60}],
                Next="Twice",
            ),
            Twice=task(Parameters=fails(2), Retry=[{**ALL, "MaxAttempts": 1}]),
        ),
        {},
    ),
    "a catcher": (
        machine(
            Job=task(
                Parameters=fails(9),
                Catch=[{"ErrorEquals": ["X"], "Next": "No"}, {**ALL, "Next": "Yes"}],
            ),
            No={"Type": "Fail"},
            Yes={"Type": "Pass", "ResultPath": "$.yes", "Result": 1, "End": True},
        ),
        {},
    ),
    "a token": (
        machine(
            Ask=task(
                Resource=TOKEN,
                Parameters={"MessageBody": {"t.$": "$$.Task.Token"}},
                TimeoutSeconds=100,
            )
        ),
        {},
    ),
    "branches": (
        machine(
            Fork={
                "Type": "Parallel",
                "Branches": [
                    branch(A={"Type": "Wait", "Seconds": 5, "Next": "B"}, B=task()),
                    branch(C=task(Parameters=fails(1), Retry=[ALL], Next="D"), D=SUCCEED),
                    branch(E={"Type": "Pass", "Assign": {"v": 1}, "Next": "F"}, F=SUCCEED),
                ],
                "Next": "Done",
            },
            Done=SUCCEED,
        ),
        {"a": 1},
    ),
    "a branch that fails, caught": (
        machine(
            Fork={
                "Type": "Parallel",
                "Branches": [
                    branch(A={"Type": "Wait", "Seconds": 5, "End": True}),
                    branch(B={"Type": "Wait", "Seconds": 1, "Next": "C"}, C={"Type": "Fail"}),
                ],
                "Catch": [{**ALL, "ResultPath": "$.e", "Next": "Done"}],
                "Next": "Never",
            },
            Never=SUCCEED,
            Done=SUCCEED,
        ),
        {"a": 1},
    ),
    "a branch that fails again and again": (
        machine(
            Fork={
                "Type": "Parallel",
                "Branches": [
                    branch(A={"Type": "Wait", "Seconds": 5, "End": True}),
                    branch(B=task(Parameters=fails(9))),
                ],
                "Retry": [{**ALL, "MaxAttempts": 2}],
                "End": True,
            },
        ),
        {"a": 1},
    ),
    "an expression that fails beside a branch that fails": (
        machine(
            Fork={
                "Type": "Parallel",
                "QueryLanguage": "JSONata",
                "Branches": [
                    branch(A=task(Next="F"), F={"Type": "Fail", "Error": "First"}),
                    branch(
                        B=task(Next="M"),
                        M=each(
                            QueryLanguage="JSONata",
                            Items="{% $states.input.no %}",
                            ItemProcessor=branch(S=SUCCEED),
                        ),
                    ),
                ],
                "End": True,
            },
        ),
        {"a": 1},
    ),
    "a catcher that fails after an expression": (
        machine(
            M=each(
                QueryLanguage="JSONata",
                Items="{% $states.input.no %}",
                ItemProcessor=branch(S=SUCCEED),
                Catch=[{**ALL, "Output": "{% $states.input.no %}", "Next": "Done"}],
                Next="Done",
            ),
            Done=SUCCEED,
        ),
        {"a": 1},
    ),
    "iterations": (
        machine(
            Each=each(
                ItemsPath="$.items",
                MaxConcurrency=2,
                ItemSelector={"n.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index"},
                ItemProcessor=branch(
                    W={"Type": "Wait", "SecondsPath": "$.n", "Next": "T"},
                    T=task(Parameters={"a.$": "$", "fail": [1, "E"]}, Retry=[ALL]),
                ),
                ResultPath="$.out",
            )
        ),
        {"items": [3, 1, 2, 1]},
    ),
    "no iterations": (machine(Each=each(ItemProcessor=branch(A=SUCCEED))), []),
    "an iteration that fails": (
        machine(
            Each=each(
                MaxConcurrency=2,
                ItemProcessor=branch(
                    W={"Type": "Wait", "SecondsPath": "$", "Next": "C"},
                    C={
                        "Type": "Choice",
                        "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "F"}],
                        "Default": "P",
                    },
                    F={"Type": "Fail", "Error": "Two"},
                    P=SUCCEED,
                ),
                Retry=[{"ErrorEquals": ["Two"], "MaxAttempts": 1}],
            )
        ),
        [1, 2, 3],
    ),
    "maps in branches in maps": (
        machine(
            Outer=each(
                ItemProcessor=branch(
                    Fork={
                        "Type": "Parallel",
                        "Branches": [
                            branch(
                                Inner=each(
                                    MaxConcurrency=1,
                                    ItemProcessor=branch(
                                        Z={"Type": "Wait", "SecondsPath": "$", "End": True}
                                    ),
                                )
                            ),
                            branch(Y=SUCCEED),
                        ],
                        "End": True,
                    }
                )
            )
        ),
        [[1, 2], [2]],
    ),
    "deep failures": (
        machine(
            Outer=each(
                ItemProcessor=branch(
                    Fork={
                        "Type": "Parallel",
                        "Branches": [
                            branch(V={"Type": "Wait", "Seconds": 50, "End": True}),
                            branch(Inner=each(ItemProcessor=branch(Z=task(Parameters=fails(9))))),
                        ],
                        "End": True,
                    }
                ),
                Catch=[{**ALL, "Next": "Done"}],
            ),
            Done=SUCCEED,
        ),
        [[1, 2], [2]],
    ),
    "JSONata": (
        {
            "QueryLanguage": "JSONata",
            **machine(
                Set={"Type": "Pass", "Assign": {"n": "{% $states.input.n %}"}, "Next": "Each"},
                Each=each(
                    Items="{% [1..$n] %}",
                    ItemProcessor=branch(
                        T=task(
                            Arguments={"fail": [1, "E"], "i": "{% $states.input %}"},
                            Output="{% $states.result.i * 2 %}",
                            Retry=[ALL],
                        )
                    ),
                    Output="{% $sum($states.result) %}",
                    Next="Bad",
                ),
                Bad=task(
                    Arguments={},
                    Output="{% $nothing %}",
                    Catch=[{**ALL, "Output": "{% $states.errorOutput.Error %}", "Next": "Which"}],
                ),
                Which={
                    "Type": "Choice",
                    "Choices": [
                        {
                            "Condition": "{% $contains($states.input, 'Query') %}",
                            "Assign": {"seen": True},
                            "Next": "Worse",
                        }
                    ],
                },
                Worse={"Type": "Pass", "Output": "{% $seen + 1 %}", "End": True},
            ),
        },
        {"n": 3},
    ),
    "a catcher that fails": (
        {
            "QueryLanguage": "JSONata",
            **machine(
                Fork={
                    "Type": "Parallel",
                    "Branches": [branch(B={"Type": "Fail", "Error": "E"})],
                    "Catch": [{**ALL, "Output": "{% $nothing %}", "Next": "Done"}],
                    "End": True,
                },
                Done=SUCCEED,
            ),
        },
        {},
    ),
}


@pytest.mark.parametrize("name", MACHINES)
def test_cut_anywhere_it_has_the_same_outcome(name):
    definition, input = MACHINES[name]
    whole: list[Event] = []
    outcome = run(definition, input, whole)

    for length in range(1, len(whole)):
        events = whole[:length]
        assert run(definition, input, events) == outcome, f"cut after {events[length - 1]}"
        assert [event["id"] for event in events] == list(range(1, len(events) + 1))


@pytest.mark.parametrize("name", [name for name in MACHINES if "fail" not in name])
def test_cut_twice_it_has_the_same_outcome(name):
    definition, input = MACHINES[name]
    whole: list[Event] = []
    outcome = run(definition, input, whole)
    events = whole[: len(whole) // 3]
    run(definition, input, events)
    del events[2 * len(events) // 3 :]

    assert run(definition, input, events) == outcome


def test_what_was_done_is_not_done_again():
    definition, input = MACHINES["branches"]
    whole: list[Event] = []
    run(definition, input, whole)

    for length in range(1, len(whole)):
        events, tasks = whole[:length], Tasks()
        run(definition, input, events, tasks)

        succeeded = [event["type"] for event in whole[:length]].count("TaskSucceeded")
        assert [event["type"] for event in events].count("TaskSucceeded") == 2
        assert len({call.state for call in tasks.calls}) == 2 - succeeded
        entered = [
            event["stateEnteredEventDetails"]["name"]
            for event in events
            if event["type"].endswith("StateEntered")
        ]
        assert sorted(entered) == ["A", "B", "C", "D", "Done", "E", "F", "Fork"]


def test_a_history_in_one_line_goes_on_as_if_nothing_had_been():
    definition, input = MACHINES["retries"]
    whole: list[Event] = []
    run(definition, input, whole)

    for length in range(1, len(whole)):
        events = whole[:length]
        run(definition, input, events)
        assert events == whole


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(machines(), inputs())
def test_any_machine_cut_anywhere_has_the_same_outcome(definition, input):
    if any(finding.severity == "error" for finding in check(definition)):
        return
    whole: list[Event] = []
    outcome = run(definition, input, whole)

    for length in range(1, min(len(whole), 60)):
        events = whole[:length]
        again = run(definition, input, events)
        if may_race(whole):
            assert again.status in ("SUCCEEDED", "FAILED", "TIMED_OUT"), length
        else:
            assert (again.status, again.error) == (outcome.status, outcome.error), length
        assert [event["id"] for event in events] == list(range(1, len(events) + 1))


def may_race(events: list[Event]) -> bool:
    """Whether branches ran beside each other and one failed.  Of two that fail at the same moment
    the first one counts, and which that is may change when both begin again."""
    types = {event["type"] for event in events}
    return "ParallelStateStarted" in types and not types.isdisjoint(
        {"FailStateEntered", "ParallelStateFailed", "MapStateFailed", "EvaluationFailed"}
    )
