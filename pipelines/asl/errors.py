"""What can go wrong in the language: text that does not parse, and a state that fails."""

from __future__ import annotations

RUNTIME = "States.Runtime"
TIMEOUT = "States.Timeout"
TASK_FAILED = "States.TaskFailed"
ALL = "States.ALL"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"
INTRINSIC_FAILURE = "States.IntrinsicFailure"


class AslSyntaxError(ValueError):
    """A path, an intrinsic function or another text of the language that cannot be read."""


class StateError(Exception):
    """A state failed with an error that Retry and Catch can match by its name.

    Either may be None, as AWS has it: a timeout has no cause.
    """

    def __init__(self, error: str | None, cause: str | None = None) -> None:
        super().__init__(": ".join(part for part in (error, cause) if part))
        self.error = error
        self.cause = cause


class DataError(StateError):
    """A state failed on its data: a path that leads nowhere, a function that cannot answer.

    AWS tells in the cause which state it was; whoever runs the state adds that.
    """
