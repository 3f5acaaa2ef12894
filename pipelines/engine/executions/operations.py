"""Step Functions' operations on executions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.asl.interpreter import Event
from pipelines.engine.executions.executions import Executions
from pipelines.engine.executions.express import ExpressExecutions
from pipelines.engine.executions.files import Execution
from pipelines.engine.executions.machine import describe
from pipelines.engine.executions.map_run_operations import MapRunOperations
from pipelines.engine.executions.redriving import why_not_redrivable
from pipelines.engine.executions.requests import Request, arn_of, invalid, paginate, present
from pipelines.engine.executions.state_machines import StateMachines
from pipelines.engine.wire.service import ServiceError

_DATA = ("input", "output", "parameters", "assignedVariables")


class ExecutionOperations:
    """Starts, shows, stops and redrives executions."""

    def __init__(
        self,
        machines: StateMachines,
        executions: Executions,
        express: ExpressExecutions,
        map_runs: MapRunOperations,
    ) -> None:
        self._machines = machines
        self._executions = executions
        self._express = express
        self._map_runs = map_runs
        self.operations: Mapping[str, Callable[[Request], dict[str, Any]]] = {
            "DescribeExecution": self._describe,
            "DescribeStateMachineForExecution": self._describe_state_machine,
            "GetExecutionHistory": self._history,
            "ListExecutions": self._list,
            "RedriveExecution": self._redrive,
            "StartExecution": self._start,
            "StartSyncExecution": self._start_sync,
            "StopExecution": self._stop,
        }

    def _start(self, request: Request) -> dict[str, Any]:
        machine, qualified = self._machines.qualified(arn_of(request, "stateMachineArn"))
        name, input = request.get("name"), request.get("input") or "{}"
        if machine.type == "EXPRESS":
            begun = self._express.start(machine, name, input)
            return {"executionArn": begun.arn, "startDate": begun.started}
        execution = self._executions.start(
            machine, name, input, trace_header=request.get("traceHeader"), **qualified
        )
        return {"executionArn": execution.arn, "startDate": execution.started}

    def _start_sync(self, request: Request) -> dict[str, Any]:
        machine, _ = self._machines.qualified(arn_of(request, "stateMachineArn"))
        if machine.type != "EXPRESS":
            raise ServiceError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        run = self._express.run(machine, request.get("name"), request.get("input") or "{}")
        return {**run, **present({"traceHeader": request.get("traceHeader")})}

    def _stop(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "executionArn")
        return {"stopDate": self._executions.stop(arn, request.get("error"), request.get("cause"))}

    def _redrive(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "executionArn")
        return {"redriveDate": self._executions.redrive(arn, request.get("clientToken"))}

    def _describe(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "executionArn")
        if (child := self._map_runs.describe_child(arn)) is not None:
            return child
        execution = self._executions.get(arn)
        reason = why_not_redrivable(execution, time.time())
        included = {"included": True}
        return present(
            {
                **summary(execution),
                "input": execution.input,
                "inputDetails": included,
                "output": execution.output,
                "outputDetails": None if execution.output is None else included,
                "error": execution.error,
                "cause": execution.cause,
                "traceHeader": execution.trace_header,
                "redriveStatus": "REDRIVABLE" if reason is None else "NOT_REDRIVABLE",
                "redriveStatusReason": reason,
            }
        )

    def _list(self, request: Request) -> dict[str, Any]:
        if ("stateMachineArn" in request) == ("mapRunArn" in request):
            raise invalid("Must provide a value for either stateMachineArn or mapRunArn")
        if "mapRunArn" in request:
            if "redriveFilter" in request:
                raise invalid("redriveFilter cannot be used with mapRunArn")
            found = self._map_runs.list_children(arn_of(request, "mapRunArn"))
        else:
            found = self._of_machine(request)
        wanted = request.get("statusFilter")
        page, rest = paginate([each for each in found if wanted in (None, each["status"])], request)
        return {"executions": page, **rest}

    def _of_machine(self, request: Request) -> list[dict[str, Any]]:
        machine, qualified = self._machines.qualified(arn_of(request, "stateMachineArn"))
        if machine.type == "EXPRESS":
            raise ServiceError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        found = self._executions.of_machine(machine.arn)
        for field, value in qualified.items():
            if request["stateMachineArn"] == value:
                found = [each for each in found if getattr(each, field) == value]
        match request.get("redriveFilter"):
            case "REDRIVEN":
                found = [each for each in found if each.redrive_count]
            case "NOT_REDRIVEN":
                found = [each for each in found if not each.redrive_count]
        return [present(summary(each)) for each in found]

    def _history(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "executionArn")
        events = self._map_runs.child_events(arn)
        if events is None:
            events = self._executions.events(arn)
        if request.get("reverseOrder", False):
            events = events[::-1]
        page, rest = paginate(events, request)
        if not request.get("includeExecutionData", True):
            page = [_without_data(event) for event in page]
        return {"events": page, **rest}

    def _describe_state_machine(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "executionArn")
        child = self._map_runs.child(arn)
        machine = self._executions.machine(arn if child is None else child.execution_arn)
        response = describe(machine)
        for member in ("status", "type", "creationDate", "label"):
            response.pop(member, None)
        if child is not None:
            response |= {"mapRunArn": child.map_run_arn, "label": child.label}
        return {**response, "updateDate": machine.updated}


def summary(execution: Execution) -> dict[str, Any]:
    """An execution as ListExecutions has it; a member that is None is not there."""
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.started,
        "stopDate": execution.stopped,
        "stateMachineVersionArn": execution.version_arn,
        "stateMachineAliasArn": execution.alias_arn,
        "redriveCount": execution.redrive_count,
        "redriveDate": execution.redriven,
    }


def _without_data(event: Event) -> Event:
    return {
        key: {name: part for name, part in value.items() if name not in _DATA}
        if isinstance(value, dict)
        else value
        for key, value in event.items()
    }
