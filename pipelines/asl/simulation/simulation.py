"""What came of a simulated execution, in the words of its history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.interpreter import Event
from pipelines.asl.simulation.calls import Call
from pipelines.asl.simulation.errors import SimulationError
from pipelines.asl.simulation.faults import Fault


@dataclass(frozen=True)
class Simulation:
    """One execution, after its end.

    Attributes:
        definition: The state machine, and `input` the execution's input.
        status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        output: A JSON value, if it SUCCEEDED; else there may be `error` and `cause`.
        history: Its events, as GetExecutionHistory has them; timestamps are in seconds.
        calls: Each attempt of each Task state, in order; those of child executions included.
        children: The child executions of Distributed Maps, in the order in which they began.
        map_runs: What DescribeMapRun answers of each Map Run.
        objects: What lies in S3 at the end, by ``bucket/key``.
        unfired_faults: Those of the faults that never came about.
        context: `Execution` and `StateMachine` of its context object.
        exercised: The places in the definition of all that took effect: states, the Next or End
            by which they were left, choice rules, retriers, catchers.
    """

    definition: Mapping[str, Any] = field(repr=False)
    input: Any = field(repr=False)
    status: str
    output: Any
    error: str | None
    cause: str | None
    history: tuple[Event, ...] = field(repr=False)
    calls: tuple[Call, ...] = field(repr=False)
    children: tuple[Simulation, ...] = field(default=(), repr=False)
    map_runs: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    objects: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    unfired_faults: tuple[Fault, ...] = ()
    context: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    exercised: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def states(self) -> list[str]:
        """The names of the states that it entered, in order: the path that it took."""
        return [event["stateEnteredEventDetails"]["name"] for event in self._entered()]

    @property
    def seconds(self) -> float:
        """How much time passed in it."""
        return float(self.history[-1]["timestamp"] - self.history[0]["timestamp"])

    def inputs_of(self, state: str) -> list[Any]:
        """The state's input, each time that it was entered."""
        details = (event["stateEnteredEventDetails"] for event in self._entered())
        return [json.loads(each["input"]) for each in details if each["name"] == state]

    def outputs_of(self, state: str) -> list[Any]:
        """The state's output, each time that it was left."""
        exited = (event.get("stateExitedEventDetails") for event in self.history)
        return [json.loads(each["output"]) for each in exited if each and each["name"] == state]

    def calls_of(self, state: str) -> list[Call]:
        """The attempts of a Task state."""
        return [call for call in self.calls if call.state == state]

    def input_of(self, state: str) -> Any:
        """The state's last input.

        Raises:
            SimulationError: it was not entered; so do the three below.
        """
        return _last(self.inputs_of(state), f"the state {state!r} was not entered", self)

    def output_of(self, state: str) -> Any:
        """The state's last output."""
        return _last(self.outputs_of(state), f"the state {state!r} has no output", self)

    def call_of(self, state: str) -> Call:
        """The last attempt of a Task state."""
        call: Call = _last(self.calls_of(state), f"the state {state!r} called nothing", self)
        return call

    def request_of(self, state: str) -> Any:
        """What the last attempt of a Task state sent."""
        return self.call_of(state).request

    def _entered(self) -> list[Event]:
        return [event for event in self.history if "stateEnteredEventDetails" in event]


def _last(found: list[Any], otherwise: str, simulation: Simulation) -> Any:
    if not found:
        path = " → ".join(simulation.states)
        raise SimulationError(f"{otherwise}; the path was {path}, {simulation.status}")
    return found[-1]
