"""Keeps the Map Runs of a simulation, and the histories of their child executions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.asl.interpreter import Event
from pipelines.asl.interpreter.distributed import Child, MapRun
from pipelines.asl.simulation.calls import Call
from pipelines.asl.simulation.simulation import Simulation


class SimulatedMapRuns:
    """What a Distributed Map is told of.

    Args:
        past: The histories of children that ran before a redrive, by their ARNs.

    Attributes:
        runs: The Map Runs, in the order in which they began.
        children: Every child that began, with its events.
    """

    def __init__(self, past: Mapping[str, Sequence[Event]]) -> None:
        self.runs: list[MapRun] = []
        self.children: list[tuple[Child, list[Event]]] = []
        self._past = past

    def started(self, run: MapRun) -> None:
        self.runs.append(run)

    def past_of(self, run: MapRun, child: Child) -> Sequence[Event]:
        return self._past.get(child.arn, ())

    def child_started(self, run: MapRun, child: Child) -> Callable[[Event], None]:
        events = list(self._past.get(child.arn, ()))
        self.children.append((child, events))
        return events.append

    def child_ended(self, run: MapRun, child: Child) -> None:
        pass

    def ended(self, run: MapRun) -> None:
        pass


def child_simulations(
    children: Sequence[tuple[Child, Sequence[Event]]],
    definition: Mapping[str, Any],
    calls: Sequence[Call],
) -> Iterator[Simulation]:
    """The children that have ended, each with its own history and calls; of the whole machine."""
    for child, events in children:
        if child.outcome is not None:
            yield Simulation(
                definition=definition,
                input=child.input,
                status=child.outcome.status,
                output=child.outcome.output,
                error=child.outcome.error,
                cause=child.outcome.cause,
                history=tuple(events),
                calls=tuple(call for call in calls if _arn(call.context) == child.arn),
                context={
                    "Execution": {"Id": child.arn, "Name": child.name},
                    "StateMachine": {"Id": child.state_machine_arn},
                },
            )


def _arn(context: Mapping[str, Any]) -> Any:
    return context["Execution"]["Id"]
