"""The engine as a process: found, shared, stopped, killed and back again."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from pipelines.engine import daemon
from pipelines.engine.functions.package import zipped
from pipelines.errors import EngineError
from tests.engine.running import eventually

TEMPLATE = {
    "Resources": {
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/the/log"}},
        "Models": {
            "Type": "AWS::SageMaker::ModelPackageGroup",
            "Properties": {"ModelPackageGroupName": "models"},
        },
    }
}

ROLE = "arn:aws:iam::000000000000:role/some-role"
ASK = """
import os
def handler(event, context):
    with open(event["file"], "w") as file:
        file.write(f"{os.getpid()} {event['token']}")
"""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    daemon.stop(tmp_path)


def client(running: daemon.Running, service: str) -> Any:
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=running.url,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def kill(running: daemon.Running) -> None:
    """kill -9, and its end awaited."""
    handle = os.pidfd_open(running.pid)
    os.kill(running.pid, signal.SIGKILL)
    select.select([handle], [], [], 10)
    os.close(handle)


def test_a_second_start_finds_the_first(root: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: daemon.ensure_started(root), range(4)))

    assert len({running.pid for running in found}) == 1
    assert daemon.find(root) is not None


def test_what_was_acknowledged_survives_a_kill(root: Path) -> None:
    running = daemon.ensure_started(root)
    s3 = client(running, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"v")
    client(running, "cloudformation").create_stack(
        StackName="st", TemplateBody=json.dumps(TEMPLATE)
    )
    package = client(running, "sagemaker").create_model_package(
        ModelPackageGroupName="models", SourceUri="s3://bucket/model.tar.gz"
    )["ModelPackageArn"]

    kill(running)
    again = daemon.ensure_started(root)

    assert again.pid != running.pid
    assert any("without being stopped" in remark for remark in again.remarks)
    assert client(again, "s3").get_object(Bucket="bucket", Key="k")["Body"].read() == b"v"
    stack = client(again, "cloudformation").describe_stacks(StackName="st")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    groups = client(again, "logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/the/log"]
    described = client(again, "sagemaker").describe_model_package(ModelPackageName=package)
    assert described["ModelPackageVersion"] == 1


def test_a_task_token_survives_a_kill_and_no_functions_process_does(root: Path) -> None:
    running = daemon.ensure_started(root)
    client(running, "lambda").create_function(
        FunctionName="ask",
        Runtime="python3.11",
        Handler="index.handler",
        Role=ROLE,
        Timeout=30,
        Code={"ZipFile": zipped("index.py", ASK)},
    )
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": "ask",
            "Payload": {"file": str(root / "asked"), "token.$": "$$.Task.Token"},
        },
        "End": True,
    }
    states = client(running, "stepfunctions")
    machine = states.create_state_machine(
        name="m", roleArn=ROLE, definition=json.dumps({"StartAt": "Ask", "States": {"Ask": state}})
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    eventually(lambda: "TaskSubmitted" in types(states, arn))
    pid, token = (root / "asked").read_text().split()
    assert daemon.process_start(int(pid)) is not None, "it stays for the next invocation"

    kill(running)
    eventually(lambda: daemon.process_start(int(pid)) is None)
    states = client(daemon.ensure_started(root), "stepfunctions")
    assert states.describe_execution(executionArn=arn)["status"] == "RUNNING"
    states.send_task_success(taskToken=token, output='"approved"')

    eventually(lambda: states.describe_execution(executionArn=arn)["status"] == "SUCCEEDED")
    assert states.describe_execution(executionArn=arn)["output"] == '"approved"'


def types(states: Any, arn: str) -> list[str]:
    events = states.get_execution_history(executionArn=arn)["events"]
    return [event["type"] for event in events]


def test_a_stop_leaves_no_process_and_no_claim_of_one(root: Path) -> None:
    running = daemon.ensure_started(root)

    stopped = daemon.stop(root)

    assert stopped is not None
    assert daemon.process_start(running.pid) is None
    assert daemon.find(root) is None
    assert daemon.stale(root) is None
    assert daemon.stop(root) is None


def test_a_stale_record_is_noticed_though_its_number_is_in_use_again(root: Path) -> None:
    """The process id is that of this test, which is no engine."""
    local = root / ".local"
    local.mkdir()
    record = {"pid": os.getpid(), "started": "long ago", "url": "http://127.0.0.1:1", "since": 0}
    (local / "engine.json").write_text(json.dumps(record))

    assert daemon.find(root) is None
    assert str(os.getpid()) in (daemon.stale(root) or "")
    assert daemon.stop(root) is None


def test_an_engine_that_cannot_start_says_why(root: Path) -> None:
    local = root / ".local"
    local.mkdir()
    (local / "journal.jsonl").write_text('{"format": 0, "moto": "1.0"}\n')

    with pytest.raises(EngineError, match=r'was written as .*"format": 0') as error:
        daemon.ensure_started(root)

    assert "local reset" in error.value.hint
    assert daemon.find(root) is None


def test_the_engine_does_not_depend_on_the_shell_it_is_started_from(root: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pipelines.engine import daemon; "
        "print(daemon.ensure_started(Path(sys.argv[1])).pid)"
    )
    started = subprocess.run(
        [sys.executable, "-c", script, str(root)],
        env={},
        cwd=Path(daemon.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    running = daemon.find(root)
    assert running is not None
    assert running.pid == int(started.stdout)


def test_a_reset_deletes_the_environment_and_nothing_else(root: Path) -> None:
    (root / "mine").write_text("kept")
    running = daemon.ensure_started(root)
    client(running, "s3").create_bucket(Bucket="bucket")
    outside = root / "outside"
    outside.mkdir()
    (outside / "file").write_text("kept")
    (root / ".local" / "link").symlink_to(outside)

    daemon.reset(root)

    assert daemon.process_start(running.pid) is None
    assert sorted(path.name for path in root.iterdir()) == ["mine", "outside"]
    assert (outside / "file").read_text() == "kept"


def test_a_reset_does_not_follow_a_link_out_of_the_project(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / ".local").symlink_to(elsewhere)

    with pytest.raises(EngineError, match="is a link to"):
        daemon.reset(root)

    assert elsewhere.is_dir()


def test_finding_an_engine_imports_nothing_heavy() -> None:
    script = "import sys, pipelines.engine.daemon; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()

    assert not {"moto", "boto3", "botocore", "werkzeug", "yaml", "pydantic"} & set(loaded)


def test_packages_that_are_not_installed_are_named_before_anything_is_started(root: Path) -> None:
    with pytest.raises(EngineError, match="not installed: does_not_exist") as refused:
        daemon.ensure_started(root, needed=("moto", "does_not_exist"))

    assert "pip install '.[local]'" in refused.value.hint
    assert daemon.find(root) is None
