"""Recorded executions for tests, in the forms in which the AWS CLI prints them."""

from __future__ import annotations

import copy
import json
from typing import Any

from pipelines.asl.simulation import Simulation, simulate
from tests.asl.simulation.machines import machine, task

DEFINITION = machine(
    Shape={"Type": "Pass", "Parameters": {"rows.$": "$.n"}},
    Work=task(Retry=[{"ErrorEquals": ["Busy"], "IntervalSeconds": 5}]),
)


def recorded(run: Simulation, **execution: Any) -> dict[str, Any]:
    """An execution as if AWS had run it."""
    history = {"events": copy.deepcopy(list(run.history))}
    return {
        "definition": dict(run.definition),
        "input": json.dumps(run.input),
        "history": history,
        **({"execution": execution} if execution else {}),
    }


def example(**tasks: Any) -> dict[str, Any]:
    """A recording of the definition above."""
    return recorded(simulate(DEFINITION, {"n": 3}, tasks={"Work": {"Payload": 1}, **tasks}))
