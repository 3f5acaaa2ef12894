"""The interpreter as a library: an execution with fakes for all that it calls.

    run = simulate(definition, {"n": 1}, tasks={"Train": …}, faults=[throttle("Train", times=2)])

Nothing is called, no time passes, and the same arguments give the same history, byte for byte.
"""

from pipelines.asl.interpreter import TaskFailed
from pipelines.asl.simulation.answers import after, in_turn, never, submitted
from pipelines.asl.simulation.calls import Call
from pipelines.asl.simulation.errors import (
    AnswerWrong,
    InvalidDefinition,
    SimulationError,
    UnansweredTask,
)
from pipelines.asl.simulation.faults import (
    Fault,
    delay,
    deny,
    fail,
    garbage,
    hang,
    throttle,
    time_out,
)
from pipelines.asl.simulation.one_state import StateSimulation, simulate_state
from pipelines.asl.simulation.simulate import START, redrive, simulate
from pipelines.asl.simulation.simulation import Simulation

__all__ = [
    "START",
    "AnswerWrong",
    "Call",
    "Fault",
    "InvalidDefinition",
    "Simulation",
    "SimulationError",
    "StateSimulation",
    "TaskFailed",
    "UnansweredTask",
    "after",
    "delay",
    "deny",
    "fail",
    "garbage",
    "hang",
    "in_turn",
    "never",
    "redrive",
    "simulate",
    "simulate_state",
    "submitted",
    "throttle",
    "time_out",
]
