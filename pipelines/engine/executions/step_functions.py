"""Step Functions: its operations, on state machines and executions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.asl.interpreter import Event
from pipelines.engine.executions.executions import Executions
from pipelines.engine.executions.files import RUNNING, Execution
from pipelines.engine.executions.state_machines import StateMachines, describe, paginate
from pipelines.engine.wire.service import ServiceError, UnknownOperation

Request = Mapping[str, Any]
_DATA = ("input", "output", "parameters")


class StepFunctions:
    """Answers the operations of Step Functions."""

    def __init__(self, machines: StateMachines, executions: Executions) -> None:
        self._machines = machines
        self._executions = executions
        self.operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            **machines.operations,
            "DescribeExecution": self._describe_execution,
            "DescribeStateMachineForExecution": self._describe_state_machine_for_execution,
            "GetExecutionHistory": self._get_execution_history,
            "ListExecutions": self._list_executions,
            "StartExecution": self._start_execution,
            "StopExecution": self._stop_execution,
        }

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation not in self.operations:
            raise UnknownOperation(operation)
        return self.operations[operation](request)

    def _start_execution(self, request: Request) -> dict[str, Any]:
        machine = self._machines.get(_arn(request, "stateMachineArn"))
        execution = self._executions.start(
            machine, request.get("name"), request.get("input") or "{}"
        )
        return {"executionArn": execution.arn, "startDate": execution.started}

    def _stop_execution(self, request: Request) -> dict[str, Any]:
        arn = _arn(request, "executionArn")
        return {"stopDate": self._executions.stop(arn, request.get("error"), request.get("cause"))}

    def _describe_execution(self, request: Request) -> dict[str, Any]:
        execution = self._executions.get(_arn(request, "executionArn"))
        response = {
            **_summary(execution),
            "input": execution.input,
            "inputDetails": {"included": True},
            "error": execution.error,
            "cause": execution.cause,
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": (
                f"Execution is {execution.status} and cannot be redriven"
                if execution.status in (RUNNING, "SUCCEEDED")
                else "The local engine does not redrive executions"
            ),
        }
        if execution.output is not None:
            response |= {"output": execution.output, "outputDetails": {"included": True}}
        return {key: value for key, value in response.items() if value is not None}

    def _list_executions(self, request: Request) -> dict[str, Any]:
        machine = self._machines.get(_arn(request, "stateMachineArn"))
        wanted = request.get("statusFilter")
        found = [
            _summary(execution)
            for execution in self._executions.of_machine(machine.arn)
            if wanted in (None, execution.status)
        ]
        page, rest = paginate(found, request)
        return {"executions": page, **rest}

    def _get_execution_history(self, request: Request) -> dict[str, Any]:
        events = self._executions.events(_arn(request, "executionArn"))
        if request.get("reverseOrder", False):
            events = events[::-1]
        page, rest = paginate(events, request)
        if not request.get("includeExecutionData", True):
            page = [_without_data(event) for event in page]
        return {"events": page, **rest}

    def _describe_state_machine_for_execution(self, request: Request) -> dict[str, Any]:
        machine = self._executions.machine(_arn(request, "executionArn"))
        response = describe(machine)
        del response["status"], response["type"], response["creationDate"]
        return {**response, "updateDate": machine.updated}


def _arn(request: Request, member: str) -> str:
    arn = request.get(member)
    if not isinstance(arn, str) or arn.count(":") < 6:
        raise ServiceError("InvalidArn", f"Invalid Arn: '{arn}'")
    return arn


def _summary(execution: Execution) -> dict[str, Any]:
    summary = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.started,
    }
    return summary if execution.stopped is None else {**summary, "stopDate": execution.stopped}


def _without_data(event: Event) -> Event:
    return {
        key: {name: part for name, part in value.items() if name not in _DATA}
        if isinstance(value, dict)
        else value
        for key, value in event.items()
    }
