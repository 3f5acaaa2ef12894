"""What can go wrong in the language: text that does not parse, and a state that fails."""

from __future__ import annotations

ALL = "States.ALL"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
INTRINSIC_FAILURE = "States.IntrinsicFailure"
PARAMETER_PATH_FAILURE = "States.ParameterPathFailure"
QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"
RUNTIME = "States.Runtime"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"


def is_task_failed(error: str | None) -> bool:
    """Whether States.TaskFailed names an error of this name, beside one that has no name.

    It is a wildcard "that matches any known error name except for States.Timeout"
    (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html), as which
    AWS tells a missing heartbeat, too; and nothing names States.Runtime.

    >>> [is_task_failed(each) for each in ("States.DataLimitExceeded", "States.HeartbeatTimeout")]
    [True, False]
    """
    return error not in (TIMEOUT, HEARTBEAT_TIMEOUT, RUNTIME)


class AslSyntaxError(ValueError):
    """A path, an intrinsic function or another text of the language that cannot be read."""


class StateError(Exception):
    """A state failed with an error that Retry and Catch can match by its name.

    Attributes:
        error: Its name, and `cause` what AWS says of it; either may be None: it is not told.
        also: Another name by which Retry and Catch can match it, though it is told by `error`.
    """

    def __init__(
        self, error: str | None, cause: str | None = None, *, also: str | None = None
    ) -> None:
        super().__init__(": ".join(part for part in (error, cause) if part))
        self.error = error
        self.cause = cause
        self.also = also

    @property
    def is_fatal(self) -> bool:
        """Whether the execution fails at once: nothing retries, catches or gives up anything."""
        return self.error == RUNTIME


class DataError(StateError):
    """A state failed on its data: a path that leads nowhere, a function that cannot answer.

    AWS tells in the cause which state it was; whoever runs the state adds that.
    """
