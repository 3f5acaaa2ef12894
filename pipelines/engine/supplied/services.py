"""The services that moto supplies: IAM, STS, SNS, SQS, DynamoDB, EventBridge, Logs, KMS, ….

moto is called below its HTTP server, one request at a time (it is not made for threads), and is
imported when the first request needs it. What changes something goes through the journal.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pipelines.engine.calls import ACCOUNT, refused
from pipelines.engine.supplied.corrections import worded
from pipelines.engine.supplied.journal import Entry, Journal
from pipelines.engine.supplied.operations import changes, is_allowed
from pipelines.engine.wire import query
from pipelines.engine.wire.client import parsed, written
from pipelines.engine.wire.http import Response
from pipelines.engine.wire.service import ServiceError

MOTO_VERSION = "5.2.5"
_CONTENT_TYPES = {True: "application/x-amz-json-1.1", False: "application/x-www-form-urlencoded"}

logger = logging.getLogger(__name__)


class MotoServices:
    """moto's state, as its journal says, and the requests that change it.

    moto keeps its state in the process: there can be one of these at a time.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = Journal(journal, MOTO_VERSION)
        self._lock = threading.Condition()
        self._loaded: dict[str, Callable[..., Any]] = {}
        self._fresh = True

    def replay(self) -> list[str]:
        """Bring back what the journal holds; what a person should know of it, a line each."""
        with self._lock:
            for entry in self._journal.replay():
                self._run(entry)
        return [self._journal.torn] if self._journal.torn else []

    def close(self) -> None:
        self._journal.close()

    def respond(
        self, service: str, operation: str, target: str, body: str, region: str
    ) -> Response:
        """moto's answer to a request as it came.

        Raises:
            ServiceError: refused, because moto would not do what is asked.
        """
        request = _parsed(target, body)
        if not is_allowed(service, operation, request):
            raise refused(service, operation)
        if operation == "ReceiveMessage":
            return self._receive_message(request, target, region)
        with self._lock:
            return self._ask(service, operation, target, body, region)

    def call(
        self, service: str, operation: str, request: Mapping[str, Any], region: str
    ) -> dict[str, Any]:
        """The parsed answer to an operation, for a caller within the engine.

        Raises:
            ServiceError: moto's error, or refused.
        """
        if not is_allowed(service, operation, request):
            raise refused(service, operation)
        target, body = written(service, operation, request)
        response = self.respond(service, operation, target, body, region)
        try:
            return parsed(service, operation, response.status, _bytes(response))
        except ServiceError as error:
            raise worded(operation, request, error) from None

    def _ask(self, service: str, operation: str, target: str, body: str, region: str) -> Response:
        entry = Entry(time.time(), self._journal.next_seed(), service, region, target, body)
        if changes(operation):
            self._journal.append(entry)
        try:
            return self._run(entry)
        finally:
            self._lock.notify_all()

    def _receive_message(self, request: Mapping[str, Any], target: str, region: str) -> Response:
        """Long polling outside of moto, which would wait in a loop and keep everyone else out."""
        deadline = time.monotonic() + min(float(request.get("WaitTimeSeconds") or 0), 20)
        body = json.dumps({**request, "WaitTimeSeconds": 0})
        with self._lock:
            while True:
                response = self._ask("sqs", "ReceiveMessage", target, body, region)
                left = deadline - time.monotonic()
                if left <= 0 or response.status != 200 or b'"Messages"' in _bytes(response):
                    return response
                # At most a second: a message may also become visible by the passing of time.
                self._lock.wait(min(left, 1))

    def _run(self, entry: Entry) -> Response:
        """Let moto answer, at the entry's time and with its random numbers."""
        from moto.core.request import Request
        from moto.moto_api._internal import mock_random

        from pipelines.engine.supplied import clock as moto_clock

        handler = self._handler(entry.service)
        mock_random.seed(entry.seed)
        # A host as AWS's: moto reads the region from it; for SQS, from the signature's scope.
        url = f"https://{entry.service}.{entry.region}.amazonaws.com/"
        scope = f"local/20000101/{entry.region}/{entry.service}/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}",
            "Content-Type": _CONTENT_TYPES[bool(entry.target)],
        }
        if entry.target:
            headers["X-Amz-Target"] = entry.target
        request = Request.from_primitives("POST", url, headers, entry.body.encode())
        try:
            with moto_clock.stopped_at(entry.at):
                status, fields, body = handler(request, url, request.headers)
        except NotImplementedError as error:
            raise ServiceError("UnknownOperationException", str(error), status=501) from error
        except Exception as error:
            logger.exception("moto failed on %s %s", entry.service, entry.body[:200])
            raise ServiceError(
                "InternalFailure", f"moto failed: {type(error).__name__}: {error}", status=500
            ) from error
        names = {"content-type", "x-amzn-errortype", "x-amzn-requestid"}
        kept = {name: str(value) for name, value in fields.items() if name.lower() in names}
        content = body.encode() if isinstance(body, str) else bytes(body)
        return Response(int(status), kept, content)

    def _handler(self, service: str) -> Callable[..., Any]:
        if self._fresh:
            _prepare()
            self._fresh = False
        if service not in self._loaded:
            from pipelines.engine.supplied import clock as moto_clock

            package = f"moto.{service.replace('-', '')}"
            moto_clock.install_in(import_module(f"{package}.models"))
            self._loaded[service] = next(iter(import_module(f"{package}.urls").url_paths.values()))
        return self._loaded[service]


def _prepare() -> None:
    """An empty moto of our account, on our clock.

    Raises:
        EngineError: another moto is installed.
    """
    # moto reads it when it is imported, and again at each request.
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
    import moto
    from moto.core.base_backend import BackendDict

    from pipelines.engine.supplied import clock as moto_clock
    from pipelines.errors import EngineError

    if moto.__version__ != MOTO_VERSION:
        raise EngineError(
            f"The engine needs moto {MOTO_VERSION}; {moto.__version__} is installed.",
            hint="pip install -e '.[local]'",
        )
    moto_clock.install()
    BackendDict.reset()


def _parsed(target: str, body: str) -> Mapping[str, Any]:
    if not target:
        return query.decode(body)
    try:
        request = json.loads(body or "{}")
    except ValueError:
        raise ServiceError("SerializationException", "The body is not JSON.") from None
    return request if isinstance(request, dict) else {}


def _bytes(response: Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b""
