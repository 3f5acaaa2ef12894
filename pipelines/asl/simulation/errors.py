"""What goes wrong with a simulation itself, as opposed to the execution that it simulates.

SimulationError           what the test gave is wrong
├── UnansweredTask        a Task state runs, and nothing says what its task answers
├── AnswerWrong           what a fake answers cannot be the result of a task
└── InvalidDefinition     the checker finds errors in the definition
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.errors import InputError


class SimulationError(InputError):
    """A simulation cannot be run as it was asked for."""


class UnansweredTask(SimulationError):
    """A Task state runs, and neither `tasks` nor a fault says what its task answers."""

    def __init__(self, state: str, resource: str) -> None:
        super().__init__(
            f"the state {state!r} calls {resource}, and nothing says what that answers",
            hint=f"simulate(…, tasks={{{state!r}: …}}) with a value, a function or an exception",
        )
        self.state = state
        self.resource = resource

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.hint}"


class AnswerWrong(SimulationError):
    """What a fake answers cannot be the result of a task."""


class InvalidDefinition(SimulationError):
    """The definition has errors; `findings` are the checker's, one for each."""

    def __init__(self, findings: Sequence[Any]) -> None:
        super().__init__(
            "\n".join(["the definition is invalid:", *(f"  {finding}" for finding in findings)]),
            hint="simulate(…, check=False) runs it all the same",
        )
        self.findings = tuple(findings)
