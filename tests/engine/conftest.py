"""An engine in this process, on a free port, with boto3's clients to talk to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import boto3
import pytest
from botocore.config import Config

from pipelines.engine.application import Application
from pipelines.engine.calls import Calls, request_region
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.http_server import LoopbackServer
from pipelines.engine.wire.service import ServiceError, UnknownOperation

REGION = "eu-central-1"


class Killed(BaseException):
    """The engine ends here; nothing of it gets to say so."""


class StateMachines:
    """State machines that are kept and never run; one that says `invalid` is refused.

    `crash` is whether the engine is killed before or after it makes or changes one.
    """

    operations = (
        *("CreateStateMachine", "DescribeStateMachine"),
        *("UpdateStateMachine", "DeleteStateMachine"),
    )

    def __init__(self) -> None:
        self.machines: dict[str, dict[str, Any]] = {}
        self.crash: Literal["never", "before", "after"] = "never"

    def handle(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        dangerous = operation in ("CreateStateMachine", "UpdateStateMachine")
        if dangerous and self.crash == "before":
            raise Killed
        answer = self._handle(operation, request)
        if dangerous and self.crash == "after":
            raise Killed
        return answer

    def _handle(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "CreateStateMachine":
            self._check(request)
            arn = (
                f"arn:aws:states:{request_region.get()}:000000000000:stateMachine:{request['name']}"
            )
            self.machines[arn] = {
                "stateMachineArn": arn,
                "type": "STANDARD",
                "creationDate": 1.0,
                **request,
            }
            return {"stateMachineArn": arn, "creationDate": 1.0}
        if operation not in ("DescribeStateMachine", "UpdateStateMachine", "DeleteStateMachine"):
            raise UnknownOperation(operation)
        arn = request["stateMachineArn"]
        if operation == "DeleteStateMachine":
            self.machines.pop(arn, None)
            return {}
        if arn not in self.machines:
            raise ServiceError("StateMachineDoesNotExist", f"{arn} does not exist")
        if operation == "UpdateStateMachine":
            self._check(request)
            self.machines[arn].update(request)
            return {"updateDate": 2.0}
        return {name: value for name, value in self.machines[arn].items() if name != "tags"}

    def _check(self, request: Mapping[str, Any]) -> None:
        if "invalid" in request["definition"]:
            raise ServiceError("InvalidDefinition", "the definition is invalid")


class Idle:
    """Services that run nothing."""

    def __init__(self, machines: StateMachines) -> None:
        self.by_target = {"AWSStepFunctions": machines}

    def start(self) -> None: ...
    def shutdown(self) -> None: ...
    def running(self) -> list[str]:
        return []


class Engine:
    """The application on a port of 127.0.0.1; `restart` keeps only what is on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.machines = StateMachines()
        self.remarks: list[str] = []
        self._clients: list[Any] = []
        self._up()

    def _up(self) -> None:
        def build(root: Path, calls: Calls, objects: ObjectStore) -> Idle:
            return Idle(self.machines)

        self.application = Application(self.root, build)
        self.remarks = self.application.start()
        self._server = LoopbackServer(self.application)
        self.url = self._server.url
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def down(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()
        self._server.stop()
        self._thread.join()
        self.application.shutdown()

    def restart(self) -> None:
        self.down()
        self._up()

    def client(self, service: str, region: str = REGION) -> Any:
        """A boto3 client; it is not used again after a restart."""
        client = boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        )
        self._clients.append(client)
        return client


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine with nothing in it."""
    engine = Engine(tmp_path / ".local")
    yield engine
    engine.down()


@pytest.fixture
def s3(engine: Engine) -> Any:
    """An S3 client, and an empty bucket named `bucket`."""
    client = engine.client("s3")
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    return client
