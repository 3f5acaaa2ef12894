"""Testing state machines: simulated executions, assertions, coverage; recordings from AWS.

    from pipelines.testing import assert_path, fail, simulate

    run = simulate(definition, tasks={"Train": …}, faults=[fail("Train", "Busy", times=2)])
    assert_path(run, ["Train", "Evaluate", "Done"])

The pytest plugin is `pipelines.testing.plugin`; docs/testing.md tells everything with examples.
"""

from pipelines.asl.interpreter import JumpingClock, StopSignal
from pipelines.asl.simulation import (
    START,
    AnswerWrong,
    Call,
    Fault,
    InvalidDefinition,
    Simulation,
    SimulationError,
    StateSimulation,
    TaskFailed,
    UnansweredTask,
    after,
    delay,
    deny,
    fail,
    garbage,
    hang,
    in_turn,
    never,
    redrive,
    simulate,
    simulate_state,
    submitted,
    throttle,
    time_out,
)
from pipelines.testing.assertions import (
    assert_attempts,
    assert_called,
    assert_calls,
    assert_failed,
    assert_input,
    assert_not_called,
    assert_not_entered,
    assert_output,
    assert_passed,
    assert_path,
    assert_request,
    assert_succeeded,
    assert_took,
    describe,
)
from pipelines.testing.coverage import Coverage
from pipelines.testing.machine import StateMachine, load_definition

__all__ = [
    "START",
    "AnswerWrong",
    "Call",
    "Coverage",
    "Fault",
    "InvalidDefinition",
    "JumpingClock",
    "Simulation",
    "SimulationError",
    "StateMachine",
    "StateSimulation",
    "StopSignal",
    "TaskFailed",
    "UnansweredTask",
    "after",
    "assert_attempts",
    "assert_called",
    "assert_calls",
    "assert_failed",
    "assert_input",
    "assert_not_called",
    "assert_not_entered",
    "assert_output",
    "assert_passed",
    "assert_path",
    "assert_request",
    "assert_succeeded",
    "assert_took",
    "delay",
    "deny",
    "describe",
    "fail",
    "garbage",
    "hang",
    "in_turn",
    "load_definition",
    "never",
    "redrive",
    "simulate",
    "simulate_state",
    "submitted",
    "throttle",
    "time_out",
]
