"""Runs state machines: executions from their input to their outcome, as AWS runs them.

This package's names are for whoever runs executions; the language lies in its modules.  Nothing
here calls AWS or does I/O.
"""

from pipelines.asl.interpreter.callbacks import NoSuchToken, TaskTokens
from pipelines.asl.interpreter.execution import Outcome, execute, run_execution
from pipelines.asl.interpreter.history import Event
from pipelines.asl.interpreter.past import MISSING, Resume
from pipelines.asl.interpreter.resume import resume_point
from pipelines.asl.interpreter.tasks import TaskCall, TaskFailed, Tasks
from pipelines.clock import Clock, JumpingClock, RealClock
from pipelines.signals import Signal, StopSignal

__all__ = [
    "MISSING",
    "Clock",
    "Event",
    "JumpingClock",
    "NoSuchToken",
    "Outcome",
    "RealClock",
    "Resume",
    "Signal",
    "StopSignal",
    "TaskCall",
    "TaskFailed",
    "TaskTokens",
    "Tasks",
    "execute",
    "resume_point",
    "run_execution",
]
