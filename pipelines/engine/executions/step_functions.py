"""Step Functions: all of its operations, on one name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pipelines.engine.executions.requests import Request, present
from pipelines.engine.wire.service import UnknownOperation
from pipelines.engine.wire.validation import validate


class Operations(Protocol):
    """Some of the operations, by their names."""

    @property
    def operations(self) -> Mapping[str, Callable[[Request], dict[str, Any]]]: ...


class StepFunctions:
    """Answers the operations of Step Functions."""

    def __init__(self, *groups: Operations) -> None:
        self.operations: dict[str, Callable[[Request], dict[str, Any]]] = {}
        for group in groups:
            self.operations |= group.operations

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        """Answer a request; one that is not as the API's model has it, is not looked at further.

        Raises:
            ServiceError: ValidationException, or what the operation raises.
            UnknownOperation: it is none of the operations.
        """
        if operation not in self.operations:
            raise UnknownOperation(operation)
        if isinstance(request, Mapping):
            request = present(request)  # in AWS's protocol of JSON null is as good as left out
        validate("stepfunctions", operation, request)
        return self.operations[operation](request)
