"""What runs in a function's process: it loads the handler and answers events, one at a time.

    python -P runtime.py REQUESTS RESPONSES

Both are file descriptors. The first response says that it has loaded the function, or tried to.
Then a request is a line of JSON, and so is its response: `{"output": TEXT}`, the handler's result
as JSON, or `{"error": {errorMessage, errorType, requestId, stackTrace}}`, with `broken` if there is
no handler. The wording is that of AWS's own Python runtime. This file is a program: it imports the
standard library only, and nothing of it can be imported by the function.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

# Where the code lies on AWS, and so what a stack trace says.
TASK_ROOT = "/var/task"


class LoadError(Exception):
    """The handler cannot be loaded; `kind` is the error type that AWS has for that."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Context:
    """The second argument of a handler."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id: str = request["request_id"]
        self.invoked_function_arn: str = request["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = request["client_context"]
        self._deadline: float = request["deadline"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.time()) * 1000))


class _Logs(logging.Handler):
    """Root logger's handler: lines as AWS's runtime writes them."""

    request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        where = f"{stamp}.{int(record.msecs):03d}Z\t{self.request_id}"
        say(f"[{record.levelname}]\t{where}\t{self.format(record)}")


def say(text: str) -> None:
    """Write to the function's log."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def load(name: str) -> Callable[[Any, Context], Any]:
    """The handler that is called `module.function`.

    Raises:
        LoadError: there is no such handler.
        Exception: what the module raised.
    """
    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise LoadError("Runtime.MalformedHandlerName", f"Bad handler '{name}': no module in it")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise LoadError("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise LoadError("Runtime.UserCodeSyntaxError", message) from error
    handler: Callable[[Any, Context], Any] | None = getattr(module, function, None)
    if handler is None:
        raise LoadError(
            "Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module_name}'"
        )
    return handler


def answer(handler: Callable[[Any, Context], Any], request: dict[str, Any]) -> dict[str, Any]:
    """Call the handler; its result, or the error that it raised."""
    try:
        result = handler(json.loads(request["event"]), Context(request))
    except Exception as error:
        return failure(error, request["request_id"])
    try:
        return {"output": json.dumps(result)}
    except (TypeError, ValueError, RecursionError) as error:
        message = f"Unable to marshal response: {error}"
        return failure(LoadError("Runtime.MarshalError", message), request["request_id"])


def failure(error: Exception, request_id: str) -> dict[str, Any]:
    """An error as the invoker gets it; the log has it, too."""
    kind = error.kind if isinstance(error, LoadError) else type(error).__name__
    trace = [] if isinstance(error, LoadError) else stack_trace(error.__traceback__)
    text = "".join(trace)
    told = f"[ERROR] {kind}: {error}\nTraceback (most recent call last):\n{text}"
    say(told.rstrip("\n"))
    return {
        "error": {
            "errorMessage": str(error),
            "errorType": kind,
            "requestId": request_id,
            "stackTrace": trace,
        }
    }


def stack_trace(trace: TracebackType | None) -> list[str]:
    """The frames of the function's own code, and of what it calls."""
    root = os.environ["LAMBDA_TASK_ROOT"]
    frames = []
    for frame in traceback.extract_tb(trace):
        if frame.filename == __file__ or frame.filename.startswith("<frozen importlib"):
            continue
        name = frame.filename
        if name.startswith(f"{root}{os.sep}"):
            name = TASK_ROOT + name[len(root) :]
        elif name.startswith(importlib.__file__.rpartition(os.sep)[0]):
            continue
        line = f"    {frame.line}\n" if frame.line else ""
        frames.append(f'  File "{name}", line {frame.lineno}, in {frame.name}\n{line}')
    return frames


def main(requests: int, responses: int) -> None:
    """Answer requests until there are no more."""
    os.set_inheritable(requests, False)
    os.set_inheritable(responses, False)
    # Whoever listens takes the end of this file for our end: a fork must not keep it open.
    os.register_at_fork(
        after_in_child=lambda: os.closerange(min(requests, responses), max(requests, responses) + 1)
    )
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    logs = _Logs()
    logging.getLogger().addHandler(logs)
    handler, broken = None, None
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        broken = error
    _write(responses, b'{"loaded": true}\n')
    with open(requests, "rb", closefd=False) as lines:
        for line in lines:
            request = json.loads(line)
            logs.request_id = request["request_id"]
            if handler is not None:
                response = answer(handler, request)
            else:
                assert broken is not None
                response = {**failure(broken, request["request_id"]), "broken": True}
            sys.stdout.flush()
            sys.stderr.flush()
            _write(responses, json.dumps(response).encode("ascii") + b"\n")


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
