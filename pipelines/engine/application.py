"""The engine as one WSGI application: who a request is for, and how the answer is written.

    S3 (REST)                             s3.rest, on s3.objects
    CloudFormation (query)                cloudformation
    Step Functions, SageMaker, Logs       services of ours, by X-Amz-Target
    Lambda (REST, JSON)                   functions
    IAM, SNS, SQS, DynamoDB, …            supplied.services
    /_engine/status                       what `local status` prints

A request names its service in the scope of its signature. Signatures are not verified: whoever can
reach 127.0.0.1 is the owner. A web page in the owner's browser is not: a foreign Host
or Origin is refused.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from pipelines.engine.calls import REST, SERVICES, TARGETS, Calls, refused
from pipelines.engine.cloudformation.service import CloudFormation
from pipelines.engine.registry.model_packages import ModelPackages
from pipelines.engine.s3 import rest
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.supplied import corrections
from pipelines.engine.supplied.operations import ALLOWED
from pipelines.engine.supplied.services import MotoServices
from pipelines.engine.wire import query, rest_json
from pipelines.engine.wire.http import Environ, Request, Response, StartResponse
from pipelines.engine.wire.service import Service, ServiceError, UnknownOperation

_SCOPE = re.compile(r"Credential=[^/]*/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
# Clients put `sync-` before the host for StartSyncExecution.
_HOST = re.compile(r"(sync-)?(127\.0\.0\.1|localhost)(:\d+)?")
# A function's package of 50 MB, as base64, is the largest that a client sends.
_LARGEST_BODY = 70 * 1024 * 1024

logger = logging.getLogger(__name__)


class Services(Protocol):
    """The services of ours that run things: executions and jobs."""

    @property
    def by_target(self) -> Mapping[str, Service]: ...
    def start(self) -> None: ...
    def shutdown(self) -> None: ...
    def running(self) -> list[str]: ...


class Application:
    """Everything the engine is, on one folder. One at a time in a process: moto is global."""

    def __init__(
        self, root: Path, build: Callable[[Path, Calls, ObjectStore], Services] | None = None
    ) -> None:
        """Args:
        root: `.local`; made if need be.
        build: Makes the services that run things; the engine's own by default.
        """
        root.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._since = time.time()
        self.objects = ObjectStore(root / "s3")
        self._moto = MotoServices(root / "journal.jsonl")
        self.calls = Calls(self._moto.call)
        self._s3 = rest.S3(self.objects)
        self.cloudformation = CloudFormation(root / "stacks", self.calls, self.objects)
        self.services = (build or _build)(root, self.calls, self.objects)
        for target, service in self.services.by_target.items():
            self.calls.add(target, service)
        for name in corrections.SERVICES:
            self.calls.add(TARGETS[name], corrections.Corrections(name, self._moto.call))
        self.calls.add("SageMaker", ModelPackages(root / "model-packages"))

    def start(self) -> list[str]:
        """Bring back what was there, and set right what a crash left; a line for each remark.

        Raises:
            EngineError: what is there cannot be read.
        """
        remarks = self._moto.replay()
        self.services.start()
        return remarks + self.cloudformation.recover()

    def shutdown(self) -> None:
        """End what runs; when this returns, no process of the engine's is left."""
        self.services.shutdown()
        self._moto.close()
        self.objects.close()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return self._respond(Request.from_environ(environ)).send(start_response)

    def _respond(self, request: Request) -> Response:
        if not _is_local(request):
            return Response(403, {}, b"The engine answers this machine's own programs only.\n")
        if request.path == "/_engine/status":
            return Response(200, {"Content-Type": "application/json"}, self._status())
        scope = _SCOPE.search(request.headers.get("authorization", "")) or _SCOPE.search(
            f"Credential={unquote(request.query.get('X-Amz-Credential', ''))}"
        )
        service, region = (scope["service"], scope["region"]) if scope else ("s3", "us-east-1")
        if service == "sagemaker" and request.path.startswith("/endpoints/"):
            service = "sagemaker-runtime"  # which signs as sagemaker does
        target = request.headers.get("x-amz-target", "")
        failure: Callable[[ServiceError], Response] = query.failure
        try:
            if service == "s3":
                failure = partial(rest.failure, request=request)
                return self._s3.respond(request, region)
            content = request.body.read(_LARGEST_BODY)
            if service in REST:
                failure = rest_json.failure
                return self._rest_json(service, request, content, region)
            body = content.decode()
            if target:
                failure = _json_failure
                return self._json(target, body, region)
            return self._query(service, body, region)
        except ServiceError as error:
            return failure(error)
        except Exception as error:
            logger.exception("%s %s %s", request.method, request.path, target)
            message = f"The engine failed ({type(error).__name__}: {error}); see engine.log."
            return failure(ServiceError("InternalFailure", message, status=500))

    def _json(self, target: str, body: str, region: str) -> Response:
        prefix, _, operation = target.partition(".")
        try:
            answer = self.calls.ours(prefix, operation, _loaded(body), region)
        except UnknownOperation:
            if SERVICES.get(prefix) not in ALLOWED:
                raise refused(SERVICES.get(prefix, prefix), operation) from None
            return self._moto.respond(SERVICES[prefix], operation, target, body, region)
        content = json.dumps(answer).encode()
        return Response(200, {"Content-Type": "application/x-amz-json-1.1"}, content)

    def _rest_json(self, service: str, request: Request, body: bytes, region: str) -> Response:
        operation, parameters = rest_json.decode(service, request, body)
        try:
            answer = self.calls.ours(TARGETS[service], operation, parameters, region)
        except UnknownOperation:
            raise refused(service, operation) from None
        return rest_json.encode(service, operation, answer)

    def _query(self, service: str, body: str, region: str) -> Response:
        fields = query.decode(body)
        operation = fields.get("Action", "")
        if service == "cloudformation":
            return self.cloudformation.respond(operation, fields, region)
        if service not in ALLOWED:
            raise refused(service, operation or "anything")
        return self._moto.respond(service, operation, "", body, region)

    def _status(self) -> bytes:
        status = {
            "pid": os.getpid(),
            "since": self._since,
            "executions": self.services.running(),
            "stacks": self.cloudformation.statuses(),
        }
        return json.dumps(status).encode()


def _build(root: Path, calls: Calls, objects: ObjectStore) -> Services:
    from pipelines.engine.services import build_services

    services: Services = build_services(root, calls=calls, objects=objects)
    return services


def _is_local(request: Request) -> bool:
    """Whether the request names this machine, and comes from no other site's page."""
    origin = request.headers.get("origin")
    hosts = [request.headers.get("host", "")]
    if origin is not None:
        hosts.append(origin.removeprefix("http://"))
    return all(_HOST.fullmatch(host) for host in hosts)


def _loaded(body: str) -> Any:
    try:
        return json.loads(body or "{}")
    except ValueError:
        raise ServiceError("SerializationException", "The body is not JSON.") from None


def _json_failure(error: ServiceError) -> Response:
    content = json.dumps({"__type": error.code, "message": error.message}).encode()
    return Response(error.status, {"Content-Type": "application/x-amz-json-1.1"}, content)
