"""Where moto answers otherwise than AWS has been seen to, in what state machines call.

events:PutEvents      a Detail of JSON that is no object is malformed
sqs:SendMessage       an empty body is none
dynamodb:PutItem, …   the capacity consumed is told only to who asks for it
sns:Publish           it is the topic that does not exist
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.engine.calls import Fallback, request_region
from pipelines.engine.wire.service import ServiceError, UnknownOperation

Request = Mapping[str, Any]
_MALFORMED = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
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


def _put_events(request: Request, ask: Ask) -> dict[str, Any]:
    given = list(request.get("Entries", ()))
    well_formed = [entry for entry in given if not _is_malformed(entry)]
    answered: list[Any] = []
    if well_formed or not given:
        answered = list(ask({**request, "Entries": well_formed}).get("Entries", ()))
    results = [_MALFORMED if _is_malformed(entry) else answered.pop(0) for entry in given]
    failed = sum("ErrorCode" in result for result in results)
    return {"FailedEntryCount": failed, "Entries": results}


def _is_malformed(entry: Request) -> bool:
    """Whether the Detail is JSON, but no object; what is no JSON at all, moto finds itself.

    >>> _is_malformed({"Source": "s", "DetailType": "d", "Detail": '"text"'})
    True
    """
    if not all(entry.get(member) for member in ("Source", "DetailType", "Detail")):
        return False
    try:
        return not isinstance(json.loads(entry["Detail"]), dict)
    except (ValueError, TypeError):
        return False


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
    "events": {"PutEvents": _put_events},
    "sqs": {"SendMessage": _send_message},
}
SERVICES = tuple(_CORRECTED)


def worded(operation: str, request: Request, error: ServiceError) -> ServiceError:
    """moto's error in AWS's words."""
    if operation == "Publish" and error.code == "NotFound" and "TopicArn" in request:
        return ServiceError(error.code, "Topic does not exist", status=error.status)
    return error
