"""The operation Invoke: waited for, taken for later, or only looked at."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any

from pipelines.engine.calls import request_region
from pipelines.engine.functions.environment import Cancelled
from pipelines.engine.functions.events import Events
from pipelines.engine.functions.function import LATEST, Configuration
from pipelines.engine.functions.functions import Functions, not_found
from pipelines.engine.functions.invocations import Invocations, Result
from pipelines.engine.functions.supported import INVOKE
from pipelines.engine.wire.service import ServiceError
from pipelines.signals import Signal

Request = Mapping[str, Any]
MAX_REQUEST = 6_291_456
"""Lambda's quota on an event, in bytes."""


class Invoke:
    """Invokes functions by requests of Lambda's API."""

    def __init__(self, functions: Functions, invocations: Invocations, events: Events) -> None:
        self._functions = functions
        self._invocations = invocations
        self._events = events

    def handle(self, request: Request) -> dict[str, Any]:
        """Answer a client's request.

        Raises:
            ServiceError: ResourceNotFoundException, InvalidRequestContentException, ….
        """
        try:
            return self.call(request, region=request_region.get(), stop=Signal())
        except Cancelled:
            raise ServiceError("ServiceException", "The engine is stopping.", status=503) from None

    def call(self, request: Request, *, region: str, stop: Signal) -> dict[str, Any]:
        """As `handle`, for a caller that may stop.

        Raises:
            Cancelled: `stop` was set, and the function's process is gone.
        """
        INVOKE.require(request, "InvalidParameterValueException")
        configuration, arn = self._find(request, region)
        payload = _payload(request.get("Payload", b""))
        match request.get("InvocationType", "RequestResponse"):
            case "DryRun":
                return {"StatusCode": 204, "ExecutedVersion": configuration.version}
            case "Event":
                self._events.add(arn, payload, str(uuid.uuid4()))
                return {"StatusCode": 202}
        result = self._invocations.invoke(
            configuration, payload, arn=arn, stop=stop, client_context=_client_context(request)
        )
        return _response(result, tail=request.get("LogType") == "Tail")

    def _find(self, request: Request, region: str) -> tuple[Configuration, str]:
        try:
            _, configuration, arn = self._functions.find(
                request["FunctionName"], request.get("Qualifier"), region
            )
        except ServiceError as error:
            arn = error.message.partition(": ")[2]
            if error.code == "ResourceNotFoundException" and arn.count(":") == 6:
                raise not_found(f"{arn}:{LATEST}") from None  # here, AWS says which
            raise
        return configuration, arn


def _response(result: Result, *, tail: bool) -> dict[str, Any]:
    return {
        "StatusCode": 200,
        "ExecutedVersion": result.version,
        "Payload": result.payload.encode("utf-8"),
        **({"FunctionError": "Unhandled"} if result.failed else {}),
        **({"LogResult": result.log_tail} if tail else {}),
    }


def _payload(payload: bytes | str) -> str:
    """The event as JSON text; without one it is empty.

    Raises:
        ServiceError: RequestTooLargeException, InvalidRequestContentException.
    """
    body = payload.encode("utf-8") if isinstance(payload, str) else bytes(payload)
    if len(body) > MAX_REQUEST:
        raise ServiceError(
            "RequestTooLargeException",
            f"Request must be smaller than {MAX_REQUEST} bytes for the InvokeFunction operation",
            status=413,
        )
    text = body.decode("utf-8", "replace") or "{}"
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ServiceError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: {error}",
        ) from None
    return text


def _client_context(request: Request) -> Any:
    if "ClientContext" not in request:
        return None
    try:
        return json.loads(base64.b64decode(request["ClientContext"]))
    except ValueError:
        raise ServiceError(
            "InvalidRequestContentException", "Client context must be valid JSON in base64."
        ) from None
