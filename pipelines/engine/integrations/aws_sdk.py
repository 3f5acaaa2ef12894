"""The AWS SDK integrations: `aws-sdk:<service>:<operation>`, answered by the engine.

Parameters and results are in PascalCase, times are ISO 8601 texts, a body is its text, and errors
have the names of the Java SDK's exceptions, as on AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.asl.integrations import Integration, models
from pipelines.asl.interpreter import TaskCall
from pipelines.engine.arns import region_of
from pipelines.engine.calls import TARGETS, Calls
from pipelines.engine.integrations.casing import iso, request_of, result_of
from pipelines.engine.integrations.failures import task_failed
from pipelines.engine.integrations.objects import Objects
from pipelines.engine.integrations.threads import abandoned_if_cancelled
from pipelines.engine.supplied.operations import ALLOWED, takes
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.validation import validate

_IN_ARNS = {"stepfunctions": "states"}
"""Services that botocore calls otherwise than ARNs and `Calls` do."""


class AwsSdk:
    """Calls the engine's own services for a Task state."""

    def __init__(self, calls: Calls, objects: Objects) -> None:
        self._calls = calls
        self._objects = objects

    def supports(self, integration: Integration) -> str | None:
        """None if the engine has this operation, else why not."""
        service, operation = _service(integration), integration.operation
        if service == "s3":
            return self._objects.supports(operation)
        if takes(service, operation) or self._calls.knows(service, operation):
            return None
        if service in ALLOWED or service in TARGETS:
            return f"the local engine does not have {service}:{operation}"
        return "the local engine does not have this service"

    async def run(self, integration: Integration, call: TaskCall) -> Any:
        """The operation's result.

        Raises:
            TaskFailed: the service answered with an error.
        """
        return await abandoned_if_cancelled(lambda: self._run(integration, call))

    def _run(self, integration: Integration, call: TaskCall) -> Any:
        shape = integration.request_shape
        request = {}
        if shape is not None:
            request = request_of(shape, call.parameters, integration.member)
        try:
            response = self._answer(integration, request, call)
        except ServiceError as error:
            raise task_failed(integration, error) from error
        answer = models.service(integration.model).operation(integration.operation).answer
        return {} if answer is None else result_of(answer, response, integration.member, iso)

    def _answer(
        self, integration: Integration, request: Mapping[str, Any], call: TaskCall
    ) -> Mapping[str, Any]:
        validate(integration.model, integration.operation, request)
        if integration.model == "s3":
            return self._objects.call(integration.operation, request)
        region = region_of(call.context["Execution"]["Id"])
        return self._calls.call(
            _service(integration), integration.operation, request, region=region
        )


def _service(integration: Integration) -> str:
    return _IN_ARNS.get(integration.model, integration.model)
