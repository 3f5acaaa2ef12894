"""An execution that failed goes on where it failed."""

from __future__ import annotations

import pytest

from pipelines.asl.simulation import SimulationError, fail, redrive, simulate
from tests.asl.simulation.machines import machine, task

DEFINITION = machine(First=task(), Second=task())
TASKS = {"First": {"n": 1}, "Second": {"n": 2}}


def test_what_had_succeeded_is_kept():
    failed = simulate(DEFINITION, tasks=TASKS, faults=[fail("Second", "Broken")])

    again = redrive(failed, tasks=TASKS)

    assert (again.status, again.output) == ("SUCCEEDED", {"n": 2})
    assert [call.state for call in again.calls] == ["Second"]
    assert again.history[: len(failed.history)] == failed.history
    assert again.history[len(failed.history)]["type"] == "ExecutionRedriven"


def test_it_can_fail_again_and_be_redriven_again():
    failed = simulate(DEFINITION, tasks=TASKS, faults=[fail("Second", "Broken")])

    twice = redrive(redrive(failed, faults=[fail("Second", "Still broken")]), tasks=TASKS)

    assert twice.status == "SUCCEEDED"


def test_what_succeeded_cannot_be_redriven():
    with pytest.raises(SimulationError, match="SUCCEEDED cannot be redriven"):
        redrive(simulate(DEFINITION, tasks=TASKS))
