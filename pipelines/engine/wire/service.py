"""What a service of ours is: operations by name, JSON in and out, errors in AWS's form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol


class ServiceError(Exception):
    """An error that a client sees as AWS's own: `code` in `__type`, `message` beside it.

    Attributes:
        members: What else the error has, where AWS's model of it says so.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}


class Service(Protocol):
    """Answers the operations of one AWS service (the JSON protocols); `operations` are its names.

    `handle` takes the operation's name and the parsed request, and returns the response
    before it is serialised: datetimes are epoch seconds (float), as the protocol wants.

    Raises:
        ServiceError: what a client of AWS would get.
        UnknownOperation: this service leaves the operation to moto.
    """

    @property
    def operations(self) -> Collection[str]: ...
    def handle(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]: ...


class UnknownOperation(Exception):
    """The operation is not one of ours."""


class InTurn:
    """Several services as one: the first that knows an operation answers it."""

    def __init__(self, *services: Service) -> None:
        self._services = services

    @property
    def operations(self) -> Collection[str]:
        return {name for each in self._services for name in each.operations}

    def handle(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        for service in self._services:
            try:
                return service.handle(operation, request)
            except UnknownOperation:
                continue
        raise UnknownOperation(operation)
