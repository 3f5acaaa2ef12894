"""Every error this package raises on purpose.

PipelinesError            exit status 1: the work failed
├── InputError            exit status 2: what the user gave is wrong; nothing has changed
│   └── ConfigError       a file under config/ is missing or wrong
├── CheckError            a definition or template breaks a rule
├── DeploymentError       a change set or stack ended in a failed status, or was refused
├── ExecutionError        an execution ended FAILED, TIMED_OUT or ABORTED
├── DataError             a dataset cannot be fetched, or is not what it must be
└── EngineError           the local engine did not start, stop or answer
"""

from __future__ import annotations


class PipelinesError(Exception):
    """What went wrong and where, in one sentence; `hint` is what to do next."""

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(PipelinesError):
    """What the user gave is wrong; nothing has been changed."""

    exit_status = 2


class ConfigError(InputError):
    """A file under config/ is missing or wrong; the message lists every problem, one a line."""


class CheckError(PipelinesError):
    """A definition or template breaks a rule; the message lists every finding, one a line."""


class DeploymentError(PipelinesError):
    """A change set or stack ended in a failed status, or the deployment was refused."""


class ExecutionError(PipelinesError):
    """An execution ended FAILED, TIMED_OUT or ABORTED."""


class EngineError(PipelinesError):
    """The local engine did not start, stop or answer."""


class DataError(PipelinesError):
    """A dataset cannot be fetched, or is not what it must be."""
