"""Where moto answers otherwise than AWS has been seen to, in what state machines call.

sqs:SendMessage       an empty body is none
dynamodb:PutItem, …   the capacity consumed is told only to who asks for it
sns:Publish           it is the topic that does not exist
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.engine.calls import Fallback, request_region
from pipelines.engine.wire.service import ServiceError, UnknownOperation

Request = Mapping[str, Any]
_ITEM_OPERATIONS = ("DeleteItem", "GetItem", "PutItem", "UpdateItem")


class Corrections:
    """Answers a service's operations that moto gets wrong, and leaves it the others."""

    def __init__(self, service: str, moto: Fallback) -> None:
        self._service = service
        self._moto = moto
        self.operations = _CORRECTED[service]

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation not in self.operations:
            raise UnknownOperation(operation)

        def ask(corrected: Request) -> dict[str, Any]:
            return self._moto(self._service, operation, corrected, request_region.get())

        return self.operations[operation](request, ask)


Ask = Callable[[Request], dict[str, Any]]


def _send_message(request: Request, ask: Ask) -> dict[str, Any]:
    if request.get("MessageBody") == "":
        raise ServiceError(
            "MissingParameter", "The request must contain the parameter MessageBody."
        )
    return ask(request)


def _item(request: Request, ask: Ask) -> dict[str, Any]:
    answer = ask(request)
    if request.get("ReturnConsumedCapacity", "NONE") == "NONE":
        answer.pop("ConsumedCapacity", None)
    return answer


_CORRECTED: Mapping[str, Mapping[str, Callable[[Request, Ask], dict[str, Any]]]] = {
    "dynamodb": dict.fromkeys(_ITEM_OPERATIONS, _item),
    "sqs": {"SendMessage": _send_message},
}
SERVICES = tuple(_CORRECTED)


def worded(operation: str, request: Request, error: ServiceError) -> ServiceError:
    """moto's error in AWS's words."""
    if operation == "Publish" and error.code == "NotFound" and "TopicArn" in request:
        return ServiceError(error.code, "Topic does not exist", status=error.status)
    return error
