"""Invoking a function: an event in, a result or an error out, and a report in the log."""

from __future__ import annotations

import base64
import json
import math
import time
import uuid
from dataclasses import dataclass
from typing import Any

from pipelines.engine.functions.environment import MAX_RESPONSE, Environment, Exited, TimedOut
from pipelines.engine.functions.environments import Environments
from pipelines.engine.functions.function import Configuration
from pipelines.engine.processes.log import read_forward
from pipelines.engine.wire.service import ServiceError
from pipelines.signals import Signal

_LOAD_S = 60.0
"""How long loading a function may take; on AWS, too, this is not part of its timeout."""
MAX_TAIL = 4096
_EVERYTHING = 1 << 62


@dataclass(frozen=True)
class Result:
    """How an invocation ended.

    Attributes:
        payload: JSON text: the function's result, or the error's errorMessage, errorType, ….
        failed: Whether it is an error.
        log_tail: The last 4 KiB of its log, in base64.
    """

    payload: str
    failed: bool
    version: str
    request_id: str
    log_tail: str


class Invocations:
    """Invokes functions, each invocation in its caller's thread."""

    def __init__(self, environments: Environments) -> None:
        self._environments = environments

    def invoke(
        self,
        configuration: Configuration,
        payload: str,
        *,
        arn: str,
        stop: Signal,
        request_id: str | None = None,
        client_context: Any = None,
    ) -> Result:
        """Invoke a function and wait for its end.

        Args:
            payload: The event, as JSON text.
            arn: As the function was asked for.
            stop: Once set, the process is ended and the result is worth nothing.

        Raises:
            Cancelled: `stop` was set.
            ServiceError: the process could not be started.
        """
        request = {
            "event": payload,
            "request_id": request_id or str(uuid.uuid4()),
            "arn": arn,
            "client_context": client_context,
        }
        try:
            environment, new = self._environments.take(configuration)
        except OSError as error:
            raise ServiceError(
                "ServiceException", f"The function's process cannot be started: {error}", status=500
            ) from error
        usable = False
        try:
            offset = environment.log.size()
            started = time.monotonic()
            try:
                response = _ask(environment, configuration, request, new=new, stop=stop)
                usable = "broken" not in response
            except _PlatformError as error:
                environment.log.say(str(error))
                response = {"error": {"errorType": error.kind, "errorMessage": str(error)}}
            _report(environment, configuration, request["request_id"], time.monotonic() - started)
            failed = "error" in response
            return Result(
                payload=json.dumps(response["error"]) if failed else response["output"],
                failed=failed,
                version=configuration.version,
                request_id=request["request_id"],
                log_tail=_tail(environment, offset),
            )
        finally:
            if usable:
                self._environments.give_back(configuration, environment)
            else:
                self._environments.discard(environment)


class _PlatformError(Exception):
    """Lambda's own error for a process that gave no answer."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _ask(
    environment: Environment,
    configuration: Configuration,
    request: dict[str, Any],
    *,
    new: bool,
    stop: Signal,
) -> dict[str, Any]:
    """The runtime's response.

    Raises:
        _PlatformError: there is none.
    """
    request_id, timeout_s = request["request_id"], float(configuration.timeout_s)
    environment.log.say(f"START RequestId: {request_id} Version: {configuration.version}")
    try:
        if new:
            environment.ask(b"", timeout_s=_LOAD_S, stop=stop)
        line = json.dumps({**request, "deadline": time.time() + timeout_s}) + "\n"
        answer = environment.ask(line.encode("ascii"), timeout_s=timeout_s, stop=stop)
    except TimedOut:
        raise _PlatformError(
            "Sandbox.Timedout",
            f"RequestId: {request_id} Error: Task timed out after {timeout_s:.2f} seconds",
        ) from None
    except Exited as exit:
        how = f"signal: {-exit.status}" if exit.status < 0 else f"exit status {exit.status}"
        reason = f"exited with error: {how}" if exit.status else "exited without providing a reason"
        raise _PlatformError(
            "Runtime.ExitError", f"RequestId: {request_id} Error: Runtime {reason}"
        ) from None
    response: dict[str, Any] = json.loads(answer)
    if len(response.get("output", "")) > MAX_RESPONSE:
        raise _PlatformError(
            "Function.ResponseSizeTooLarge",
            f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE} bytes).",
        )
    return response


def _report(
    environment: Environment, configuration: Configuration, request_id: str, seconds: float
) -> None:
    environment.log.say(f"END RequestId: {request_id}")
    environment.log.say(
        f"REPORT RequestId: {request_id}\tDuration: {seconds * 1000:.2f} ms\t"
        f"Billed Duration: {math.ceil(seconds * 1000)} ms\t"
        f"Memory Size: {configuration.memory_mb} MB"
    )


def _tail(environment: Environment, offset: int) -> str:
    events, _ = read_forward(environment.log.path, offset, _EVERYTHING, _EVERYTHING)
    text = "".join(f"{event.message}\n" for event in events).encode("utf-8")
    return base64.b64encode(text[-MAX_TAIL:]).decode("ascii")
