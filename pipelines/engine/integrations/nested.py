"""Executions that an execution starts: `states:startExecution`, and waiting for their end."""

from __future__ import annotations

import json
from typing import Any

from pipelines.asl.errors import TASK_FAILED
from pipelines.asl.integrations import Integration
from pipelines.asl.interpreter import MISSING, TaskCall, TaskFailed
from pipelines.asl.json_text import dumps
from pipelines.engine.arns import region_of
from pipelines.engine.calls import Calls
from pipelines.engine.executions.endings import Endings
from pipelines.engine.integrations.casing import milliseconds, request_of
from pipelines.engine.integrations.failures import task_failed
from pipelines.engine.integrations.http_metadata import with_metadata
from pipelines.engine.integrations.threads import abandoned_if_cancelled, until, until_certainly
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.validation import validate

_DESCRIBED = (
    *("cause", "error", "executionArn", "input", "inputDetails", "name", "output"),
    *("outputDetails", "redriveCount", "redriveStatus", "redriveStatusReason"),
    *("startDate", "stateMachineArn", "status", "stopDate"),
)
"""The members of DescribeExecution that the integration's result has."""


class NestedExecutions:
    """Starts executions for a Task state, through Step Functions' own API."""

    def __init__(self, calls: Calls, endings: Endings) -> None:
        self._calls = calls
        self._endings = endings

    async def run(self, integration: Integration, call: TaskCall) -> Any:
        """What StartExecution answers, or with `.sync` how the execution ended.

        One that an earlier engine had started is only waited for.

        Raises:
            TaskFailed: it could not be started, or it did not succeed.
        """
        if call.submitted is not MISSING:
            return await self._end(integration, call, call.submitted["ExecutionArn"])
        region = region_of(call.context["Execution"]["Id"])
        started = await abandoned_if_cancelled(lambda: self._start(integration, call, region))
        submitted = with_metadata(
            "states",
            {
                "ExecutionArn": started["executionArn"],
                "StartDate": milliseconds(started["startDate"]),
            },
            dumps(started).encode(),
            call.now(),
        )
        if not integration.pattern.startswith("sync"):
            return submitted
        try:
            call.record("TaskSubmitted", {"output": dumps(submitted)})
        except BaseException:
            await self._stop(started["executionArn"], call)
            raise
        return await self._end(integration, call, started["executionArn"])

    async def _end(self, integration: Integration, call: TaskCall, arn: str) -> Any:
        """How an execution ended that a Task waits for; cancelled, that execution is stopped.

        Raises:
            TaskFailed: it did not succeed.
        """
        region = region_of(arn)
        try:
            await until(self._endings.of(arn))
        except BaseException:
            await self._stop(arn, call)
            raise
        described = self._calls.call(
            "states", "DescribeExecution", {"executionArn": arn}, region=region
        )
        result = _result(described, parsed=integration.pattern == "sync:2")
        if described["status"] != "SUCCEEDED":
            raise TaskFailed(TASK_FAILED, dumps(result))
        return result

    def _start(self, integration: Integration, call: TaskCall, region: str) -> dict[str, Any]:
        shape = integration.request_shape
        assert shape is not None
        parameters = call.parameters
        if "Input" in parameters and parameters["Input"] is None:
            parameters = {**parameters, "Input": {}}
        request = request_of(shape, parameters, integration.member)
        try:
            validate(integration.model, integration.operation, request)
            return self._calls.call("states", "StartExecution", request, region=region)
        except ServiceError as error:
            raise task_failed(integration, error) from error

    async def _stop(self, arn: str, call: TaskCall) -> None:
        """Stop an execution that nobody waits for any more, and wait for its end."""
        waiting = call.context["Execution"]["Id"]
        cause = (
            f"The Task state in AWS Step Functions execution [{waiting}]"
            " which was managing this resource was aborted"
        )
        request = {"executionArn": arn, "cause": cause}
        self._calls.call("states", "StopExecution", request, region=region_of(arn))
        await until_certainly(self._endings.of(arn))


def _result(described: dict[str, Any], *, parsed: bool) -> dict[str, Any]:
    """A description as the state gets it; `parsed`: with input and output as values."""
    result: dict[str, Any] = {}
    for member in _DESCRIBED:
        if member not in described:
            continue
        value, name = described[member], member[0].upper() + member[1:]
        if member in ("startDate", "stopDate"):
            value = milliseconds(value)
        elif member in ("inputDetails", "outputDetails"):
            value = {"Included": value["included"]}
        elif parsed and member in ("input", "output"):
            value = json.loads(value)
        result[name] = value
    return dict(sorted(result.items()))
