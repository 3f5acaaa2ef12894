"""The optimized integrations that are one call of an API: SNS, SQS, DynamoDB, EventBridge."""

from __future__ import annotations

from typing import Any

from pipelines.asl.integrations import Integration
from pipelines.asl.interpreter import TaskCall, TaskFailed
from pipelines.asl.json_text import dumps
from pipelines.engine.arns import region_of
from pipelines.engine.calls import Calls
from pipelines.engine.integrations.casing import milliseconds, request_of, result_of
from pipelines.engine.integrations.failures import task_failed
from pipelines.engine.integrations.http_metadata import with_metadata
from pipelines.engine.integrations.threads import abandoned_if_cancelled
from pipelines.engine.wire import query
from pipelines.engine.wire.api_models import service_model
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.validation import validate

SERVICES = frozenset({"dynamodb", "events", "sns", "sqs"})
_FAILED_ENTRY = "EventBridge.FailedEntry"


class ApiCalls:
    """Calls the engine's services for a Task state."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def run(self, integration: Integration, call: TaskCall) -> Any:
        """The service's response as the state's result.

        Raises:
            TaskFailed: the service answered with an error.
        """
        return await abandoned_if_cancelled(lambda: self._run(integration, call))

    def _run(self, integration: Integration, call: TaskCall) -> Any:
        shape = integration.request_shape
        assert shape is not None, "every operation of these services takes a request"
        request = request_of(shape, call.parameters, integration.member)
        if integration.service == "events":
            request = _with_origin(request, call)
        try:
            validate(integration.model, integration.operation, request)
            response = self._calls.call(
                integration.service,
                integration.operation,
                request,
                region=region_of(call.context["Execution"]["Id"]),
            )
        except ServiceError as error:
            raise task_failed(integration, error) from error
        if response.get("FailedEntryCount"):
            raise TaskFailed(_FAILED_ENTRY, dumps(response))
        result = result_of(_answer(integration), response, integration.member, milliseconds)
        if integration.service == "events":
            return result
        return with_metadata(integration.service, result, _body(integration, response), call.now())


def _with_origin(request: Any, call: TaskCall) -> Any:
    """Each event names the execution and its state machine among its resources."""
    context = call.context
    origin = [context["StateMachine"]["Id"], context["Execution"]["Id"]]
    entries = request.get("Entries")
    if not isinstance(entries, list):
        return request
    return {
        **request,
        "Entries": [
            {**entry, "Resources": [*entry.get("Resources", []), *origin]} for entry in entries
        ],
    }


def _answer(integration: Integration) -> Any:
    from pipelines.asl.integrations import models

    return models.service(integration.model).operation(integration.operation).answer


def _body(integration: Integration, response: dict[str, Any]) -> bytes:
    """What the service has sent, or something of its size."""
    if service_model(integration.model).metadata["protocol"] != "query":
        return dumps(response).encode("utf-8")
    body = query.answer(integration.operation, "", response).body
    return body if isinstance(body, bytes) else b""
