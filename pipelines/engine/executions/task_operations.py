"""Step Functions' operations on task tokens: how whoever has one tells how the task goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.asl.interpreter.callbacks import NoSuchToken, NotAToken, TaskTokens, scheduled_by
from pipelines.asl.json_text import is_too_large
from pipelines.engine.executions.requests import Request
from pipelines.engine.wire.service import ServiceError


class TaskOperations:
    """Answers SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

    def __init__(self, tokens: TaskTokens, exists: Callable[[str], bool]) -> None:
        """Args:
        exists: Whether there is an execution with this ARN.
        """
        self._tokens = tokens
        self._exists = exists
        self.operations: Mapping[str, Callable[[Request], dict[str, Any]]] = {
            "SendTaskFailure": self._send_failure,
            "SendTaskHeartbeat": self._send_heartbeat,
            "SendTaskSuccess": self._send_success,
        }

    def _send_success(self, request: Request) -> dict[str, Any]:
        token = self._token(request)
        output = _output(str(request.get("output", "")))
        return self._told(token, lambda: self._tokens.succeed(token, output))

    def _send_failure(self, request: Request) -> dict[str, Any]:
        token = self._token(request)
        error, cause = request.get("error"), request.get("cause")
        return self._told(token, lambda: self._tokens.fail(token, error, cause))

    def _send_heartbeat(self, request: Request) -> dict[str, Any]:
        token = self._token(request)
        return self._told(token, lambda: self._tokens.heartbeat(token))

    def _token(self, request: Request) -> str:
        token = str(request.get("taskToken", ""))
        try:
            scheduled_by(token)
        except NotAToken:
            raise ServiceError("InvalidToken", "Invalid Token: 'Invalid token'") from None
        return token

    def _told(self, token: str, tell: Callable[[], None]) -> dict[str, Any]:
        try:
            tell()
        except NoSuchToken:
            if self._exists(scheduled_by(token)[0]):
                raise ServiceError(
                    "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"
                ) from None
            raise ServiceError(
                "TaskDoesNotExist", "Task Does Not Exist: 'Provided task does not exist'"
            ) from None
        return {}


def _output(text: str) -> Any:
    if is_too_large(text):
        raise ServiceError("InvalidOutput", "Invalid Output: the output has more than 262144 bytes")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ServiceError("InvalidOutput", f"Invalid Output: '{error}'") from None
