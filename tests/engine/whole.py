"""The whole engine behind HTTP, with boto3's clients: what a user of it sees."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from pipelines.engine.application import Application
from pipelines.engine.wire.http_server import LoopbackServer
from tests.engine.running import eventually

REGION = "eu-central-1"
ROLE = "arn:aws:iam::000000000000:role/some-role"


class Whole:
    """The engine on a folder; a second one on the same folder is a restart.

    Attributes:
        application: What answers.
    """

    def __init__(self, root: Path) -> None:
        self.application = Application(root)
        self._server = LoopbackServer(self.application)
        self.url = self.application.calls.url = self._server.url
        self.remarks = self.application.start()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self._clients: dict[str, Any] = {}

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._server.stop()
        self._thread.join()
        self.application.shutdown()

    def client(self, service: str) -> Any:
        """A boto3 client, which does not retry."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=self.url,
                aws_access_key_id="local",
                aws_secret_access_key="local",
                config=Config(
                    s3={"addressing_style": "path"},
                    retries={"max_attempts": 0},
                    inject_host_prefix=False,  # `sync-` and an address are no host
                ),
            )
        return self._clients[service]

    def function(self, name: str, code: str, **more: Any) -> str:
        """Create a function whose module is `index` and whose handler is `handler`; its ARN."""
        response = self.client("lambda").create_function(
            FunctionName=name,
            **{
                "Runtime": "python3.11",
                "Handler": "index.handler",
                "Role": ROLE,
                "Code": {"ZipFile": package({"index.py": code})},
                **more,
            },
        )
        arn: str = response["FunctionArn"]
        return arn

    def invoke(self, name: str, event: Any = None, **more: Any) -> tuple[Any, dict[str, Any]]:
        """Invoke a function; what it returned, and the rest of the response."""
        response = self.client("lambda").invoke(
            FunctionName=name, Payload=json.dumps(event), **more
        )
        text = response.pop("Payload").read()
        return (json.loads(text) if text else None), response

    def log(self, name: str) -> list[str]:
        """The messages in a function's log group, in order."""
        events = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
        return [event["message"] for event in events["events"]]

    def machine(self, states: Mapping[str, Any], name: str = "machine", **more: Any) -> str:
        """Create a state machine; its ARN."""
        definition = {"StartAt": next(iter(states)), "States": states, **more}
        response = self.client("stepfunctions").create_state_machine(
            name=name, roleArn=ROLE, definition=json.dumps(definition)
        )
        arn: str = response["stateMachineArn"]
        return arn

    def run(self, states: Mapping[str, Any], input: Any = None, name: str = "machine") -> Any:
        """Run a state machine to its end; its description."""
        arn = self.start(self.machine(states, name), input)
        return self.ended(arn)

    def start(self, machine: str, input: Any = None, **more: Any) -> str:
        """Start an execution; its ARN."""
        response = self.client("stepfunctions").start_execution(
            stateMachineArn=machine, input=json.dumps(input or {}), **more
        )
        arn: str = response["executionArn"]
        return arn

    def ended(self, arn: str) -> dict[str, Any]:
        """An execution's description, once it has ended."""
        states = self.client("stepfunctions")
        eventually(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING", 30)
        description: dict[str, Any] = states.describe_execution(executionArn=arn)
        return description

    def events(self, arn: str) -> list[dict[str, Any]]:
        """An execution's history."""
        response = self.client("stepfunctions").get_execution_history(
            executionArn=arn, maxResults=1000
        )
        events: list[dict[str, Any]] = response["events"]
        return events


def package(files: Mapping[str, str]) -> bytes:
    """A zip of texts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
