"""Lambda functions as tasks: `lambda:invoke`, and a function's ARN as the Resource itself."""

from __future__ import annotations

import json
from typing import Any

from pipelines.asl.integrations import Integration
from pipelines.asl.interpreter import TaskCall, TaskFailed
from pipelines.asl.json_text import dumps
from pipelines.engine.arns import region_of
from pipelines.engine.functions.environment import Cancelled
from pipelines.engine.functions.service import Lambda
from pipelines.engine.integrations.casing import request_of
from pipelines.engine.integrations.failures import task_failed
from pipelines.engine.integrations.http_metadata import with_metadata
from pipelines.engine.integrations.threads import in_thread
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.validation import validate
from pipelines.signals import Signal

_UNKNOWN = "Lambda.Unknown"
_INVOKE = "arn:aws:states:::lambda:invoke"


class FunctionCalls:
    """Invokes functions for a Task state; cancelled, the function's process is ended first."""

    def __init__(self, functions: Lambda) -> None:
        self._functions = functions

    async def invoke(self, integration: Integration, call: TaskCall) -> Any:
        """`lambda:invoke`: what Invoke answers, its Payload parsed.

        Raises:
            TaskFailed: the function failed, or there is none.
        """
        shape = integration.request_shape
        assert shape is not None
        parameters = {**call.parameters, "Payload": _event(call.parameters.get("Payload"))}
        request = request_of(shape, parameters, integration.member)
        response = await in_thread(lambda stop: self._call(integration, request, call, stop))
        body = response.pop("Payload", b"")
        headers = {"X-Amz-Executed-Version": response.get("ExecutedVersion", "$LATEST")}
        if "LogResult" in response:
            headers["X-Amz-Log-Result"] = response["LogResult"]
        return with_metadata(
            "lambda", {**response, "Payload": _parsed(body)}, body, call.now(), **headers
        )

    async def run_function(self, call: TaskCall) -> Any:
        """A function's ARN: the event is the state's input, and the result the function's own."""
        from pipelines.asl.integrations import integration

        invoke = integration(_INVOKE)
        assert isinstance(invoke, Integration)
        payload = dumps(call.parameters).encode("utf-8")
        request = {"FunctionName": call.resource, "Payload": payload}
        response = await in_thread(lambda stop: self._call(invoke, request, call, stop))
        return _parsed(response["Payload"])

    def _call(
        self, integration: Integration, request: dict[str, Any], call: TaskCall, stop: Signal
    ) -> dict[str, Any]:
        region = region_of(call.context["Execution"]["Id"])
        try:
            validate("lambda", "Invoke", request)
            response = self._functions.invoke.call(request, region=region, stop=stop)
        except ServiceError as error:
            raise task_failed(integration, error) from error
        except Cancelled:
            return {}  # nobody waits for it
        if "FunctionError" in response:
            raise _function_failed(response["Payload"].decode("utf-8"))
        return response


def _function_failed(payload: str) -> TaskFailed:
    """The error that a function raised, by the name that it has there."""
    content = json.loads(payload)
    kind = content.get("errorType") if isinstance(content, dict) else None
    return TaskFailed(str(kind or _UNKNOWN), payload)


def _event(payload: Any) -> Any:
    """What Step Functions sends as Payload: a text that is JSON as it is; nothing as `{}`.

    >>> _event(None), _event('{"a": 1}'), _event("plain"), _event([1])
    ('{}', '{"a": 1}', '"plain"', '[1]')
    """
    if payload is None:
        return "{}"
    if isinstance(payload, str):
        try:
            json.loads(payload)
        except ValueError:
            return dumps(payload)
        return payload
    return dumps(payload)


def _parsed(body: bytes) -> Any:
    """A response's payload; one of no bytes, of an invocation that is not waited for, is a text."""
    return json.loads(body) if body else ""
