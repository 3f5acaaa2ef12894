"""Lambda functions: their code really runs, in processes that outlive neither call nor engine."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.engine.running import eventually, is_alive
from tests.engine.whole import REGION, Whole, package

ECHO = "def handler(event, context): return event"


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    whole = Whole(tmp_path / ".local")
    yield whole
    whole.close()


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    code: str = caught.value.response["Error"]["Code"]
    return code


# Running


@pytest.mark.parametrize("event", [None, "è\n", 0, 0.5, True, [], {"a": [1, {"b": None}]}])
def test_a_function_gets_its_event_and_gives_its_result(whole, event):
    whole.function("echo", ECHO)

    result, response = whole.invoke("echo", event)

    assert result == event
    assert (response["StatusCode"], response["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in response


def test_the_context_and_the_environment_are_those_of_lambda(whole):
    whole.function(
        "tell",
        "import os\n"
        "def handler(event, context):\n"
        "    return {**{name: getattr(context, name) for name in event},"
        " 'left': context.get_remaining_time_in_millis(),"
        " 'MODE': os.environ['MODE'], 'region': os.environ['AWS_REGION'],"
        " 'all': sorted(os.environ)}",
        Timeout=7,
        MemorySize=256,
        Environment={"Variables": {"MODE": "test"}},
    )
    names = ["function_name", "function_version", "invoked_function_arn", "memory_limit_in_mb"]

    told, _ = whole.invoke("tell", [*names, "log_group_name"])

    assert told.pop("left") in range(6000, 7001)
    assert "PIPELINES_STOP_GRACE_S" not in told["all"], "nothing is inherited"
    assert "VIRTUAL_ENV" not in told.pop("all")
    assert told == {
        "function_name": "tell",
        "function_version": "$LATEST",
        "invoked_function_arn": f"arn:aws:lambda:{REGION}:000000000000:function:tell",
        "memory_limit_in_mb": "256",
        "log_group_name": "/aws/lambda/tell",
        "MODE": "test",
        "region": REGION,
    }


def test_the_process_stays_warm_and_what_it_keeps_is_there_the_next_time(whole):
    whole.function(
        "count",
        "import os\ncalls = []\n"
        "def handler(event, context): calls.append(1); return [len(calls), os.getpid()]",
    )

    (first, pid), _ = whole.invoke("count")
    (second, same), _ = whole.invoke("count")

    assert (first, second) == (1, 2)
    assert pid == same


def test_between_its_invocations_a_function_is_frozen(whole, tmp_path):
    beat = tmp_path / "beat"
    whole.function(
        "beats",
        "import threading, time, os\n"
        "def forever(path):\n"
        "    while True: open(path, 'a').write('x'); time.sleep(0.005)\n"
        "def handler(path, context):\n"
        "    threading.Thread(target=forever, args=[path], daemon=True).start()\n"
        "    time.sleep(0.1)",
    )
    whole.invoke("beats", str(beat))

    size = beat.stat().st_size
    time.sleep(0.1)

    assert size > 0
    assert beat.stat().st_size <= size + 1


def test_invocations_at_the_same_time_have_a_process_each(whole):
    whole.function(
        "slow", "import os, time\ndef handler(e, c): time.sleep(0.3); return os.getpid()"
    )
    pids = []

    from threading import Thread

    threads = [Thread(target=lambda: pids.append(whole.invoke("slow")[0])) for _ in range(3)]
    whole.client("lambda")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(pids)) == 3


def test_a_function_reaches_the_engine_with_an_ordinary_client(whole):
    queue = whole.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    whole.function(
        "sends",
        "import boto3\n"
        "def handler(event, context):\n"
        "    boto3.client('sqs').send_message(QueueUrl=event, MessageBody='from the function')",
        Timeout=30,
    )

    assert whole.invoke("sends", queue)[1].get("FunctionError") is None

    [message] = whole.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "from the function"


# Failing


def test_what_a_handler_raises_is_the_payload(whole):
    whole.function("fails", "def handler(event, context):\n    raise ValueError('because')")

    error, response = whole.invoke("fails")

    assert response["FunctionError"] == "Unhandled"
    assert error["errorType"] == "ValueError"
    assert error["errorMessage"] == "because"
    assert error["stackTrace"] == [
        "  File \"/var/task/index.py\", line 2, in handler\n    raise ValueError('because')\n"
    ]
    assert error["requestId"]
    assert list(error) == ["errorMessage", "errorType", "requestId", "stackTrace"]


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("import nothing_of_this_name", "Runtime.ImportModuleError", "Unable to import module"),
        ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index'"),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("import os; os._exit(3)", "Runtime.ExitError", "exit status 3"),
        ("def handler(e, c): return {1, 2}", "Runtime.MarshalError", "not JSON serializable"),
        ("def handler(e, c): import sys; sys.exit()", "Runtime.ExitError", "without providing"),
        (
            "import os\ndef handler(e, c): os.kill(os.getpid(), 9)",
            "Runtime.ExitError",
            "signal: 9",
        ),
        (
            "def handler(e, c): return 'x' * 7_000_000",
            "Function.ResponseSizeTooLarge",
            "6291556 bytes",
        ),
    ],
)
def test_a_function_that_cannot_answer_says_so_each_time(whole, code, kind, message):
    whole.function("broken", code)

    for _ in range(2):
        error, response = whole.invoke("broken")

        assert response["FunctionError"] == "Unhandled"
        assert error["errorType"] == kind
        assert message in error["errorMessage"]


def test_a_function_that_takes_too_long_is_ended_with_all_its_processes(whole, tmp_path):
    pids = tmp_path / "pids"
    whole.function(
        "hangs",
        "import os, subprocess, time\n"
        "def handler(path, context):\n"
        "    child = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "    open(path, 'w').write(f'{os.getpid()} {child.pid}')\n"
        "    time.sleep(60)",
        Timeout=1,
    )

    error, response = whole.invoke("hangs", str(pids))

    assert response["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())


def test_what_is_asked_of_it_must_be_json_and_not_too_large(whole):
    whole.function("echo", ECHO)
    client = whole.client("lambda")

    with pytest.raises(ClientError) as caught:
        client.invoke(FunctionName="echo", Payload=b"{")
    assert code_of(caught) == "InvalidRequestContentException"
    with pytest.raises(ClientError) as caught:
        client.invoke(FunctionName="echo", Payload=json.dumps("x" * 6_291_456))
    assert code_of(caught) == "RequestTooLargeException"
    with pytest.raises(ClientError, match=r"Function not found: .*:function:none:\$LATEST"):
        client.invoke(FunctionName="none")


# Logs


def test_a_function_logs_what_it_prints_and_what_lambda_says(whole):
    whole.function(
        "logs",
        "import logging, sys\n"
        "def handler(event, context):\n"
        "    print('printed')\n"
        "    sys.stderr.write('no newline')\n"
        "    logging.error('logged %s', 1)",
    )
    _, response = whole.invoke("logs", LogType="Tail")

    lines = whole.log("logs")

    assert lines.pop(0).endswith(" of this machine in place of the runtime python3.11")
    assert lines[0].startswith("START RequestId: ")
    assert lines[1] == "printed"
    assert lines[2].startswith("no newline[ERROR]\t")
    assert lines[2].endswith("\tlogged 1")
    assert lines[3].startswith("END RequestId: ")
    assert lines[4].startswith("REPORT RequestId: ")
    tail = base64.b64decode(response["LogResult"]).decode()
    assert tail.splitlines() == lines
    groups = whole.client("logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/aws/lambda/logs"]
    [stream] = whole.client("logs").describe_log_streams(logGroupName="/aws/lambda/logs")[
        "logStreams"
    ]
    assert "/[$LATEST]" in stream["logStreamName"]


# Versions, aliases, changes


def test_other_code_is_what_runs_from_then_on(whole):
    whole.function("f", "def handler(e, c): return 'old'")
    assert whole.invoke("f")[0] == "old"

    changed = whole.client("lambda").update_function_code(
        FunctionName="f", ZipFile=package({"index.py": "def handler(e, c): return 'new'"})
    )

    assert whole.invoke("f")[0] == "new"
    described = whole.client("lambda").get_function(FunctionName="f")["Configuration"]
    assert described["CodeSha256"] == changed["CodeSha256"]


def test_other_settings_are_what_counts_from_then_on(whole):
    whole.function("f", "import os\ndef handler(e, c): return os.environ.get('A')")
    assert whole.invoke("f")[0] is None

    whole.client("lambda").update_function_configuration(
        FunctionName="f", Environment={"Variables": {"A": "b"}}, Timeout=9
    )

    assert whole.invoke("f")[0] == "b"
    described = whole.client("lambda").get_function_configuration(FunctionName="f")
    assert described["Timeout"] == 9


def test_a_version_stays_what_it_was_and_an_alias_leads_to_one(whole):
    client = whole.client("lambda")
    arn = whole.function("f", "def handler(e, c): return 1")
    version = client.publish_version(FunctionName="f")
    assert client.publish_version(FunctionName="f")["Version"] == version["Version"] == "1"
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.update_function_code(
        FunctionName="f", ZipFile=package({"index.py": "def handler(e, c): return 2"})
    )

    assert version["FunctionArn"] == f"{arn}:1"
    assert whole.invoke("f")[0] == 2
    assert whole.invoke("f:live")[0] == whole.invoke(f"{arn}:1")[0] == 1
    assert whole.invoke("f", Qualifier="live")[1]["ExecutedVersion"] == "1"

    client.publish_version(FunctionName="f")
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
    assert whole.invoke("f:live")[0] == 2
    versions = client.list_versions_by_function(FunctionName="f")["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST", "1", "2"]
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "2"


def test_code_can_come_from_s3(whole):
    s3 = whole.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(
        Bucket="bucket",
        Key="code.zip",
        Body=package({"pack/mod.py": "def go(e, c): return 'from s3'"}),
    )

    whole.function("f", "", Handler="pack/mod.go", Code={"S3Bucket": "bucket", "S3Key": "code.zip"})

    assert whole.invoke("f")[0] == "from s3"


def test_functions_are_listed_tagged_and_deleted(whole):
    client = whole.client("lambda")
    arn = whole.function("b", ECHO, Tags={"a": "1"})
    whole.function("a", ECHO)
    client.tag_resource(Resource=arn, Tags={"c": "2", "d": "3"})
    client.untag_resource(Resource=arn, TagKeys=["a", "d"])

    assert client.list_tags(Resource=arn)["Tags"] == {"c": "2"}
    assert [f["FunctionName"] for f in client.list_functions()["Functions"]] == ["a", "b"]

    client.delete_function(FunctionName="b")
    with pytest.raises(ClientError) as caught:
        client.get_function(FunctionName="b")
    assert code_of(caught) == "ResourceNotFoundException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"Runtime": "nodejs20.x"}, "in Python only"),
        ({"Layers": ["arn:aws:lambda:eu-central-1:000000000000:layer:x:1"]}, "Layers"),
        ({"Code": {"ImageUri": "x"}, "PackageType": "Image"}, "ImageUri"),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:x:000000000000:q"}}, "DeadLetterConfig"),
        ({"Code": {"ZipFile": b"no zip"}}, "Could not unzip"),
        ({"Code": {"ZipFile": package({"../out.py": ""})}}, "leads out of"),
        ({"Code": {"S3Bucket": "none", "S3Key": "x"}}, "NoSuchBucket"),
    ],
)
def test_what_would_not_run_as_it_says_is_refused_by_name(whole, more, named):
    with pytest.raises(ClientError) as caught:
        whole.function("f", ECHO, **more)

    assert code_of(caught) == "InvalidParameterValueException"
    assert named in str(caught.value)
    assert whole.client("lambda").list_functions()["Functions"] == []


def test_a_name_is_taken_once(whole):
    whole.function("f", ECHO)

    with pytest.raises(ClientError) as caught:
        whole.function("f", ECHO)
    assert code_of(caught) == "ResourceConflictException"


# Events that nobody waits for


def test_an_event_is_delivered_later_and_a_dry_run_delivers_nothing(whole, tmp_path):
    whole.function("f", "def handler(e, c): open(e, 'a').write('x')")
    file = tmp_path / "told"

    assert whole.invoke("f", str(file), InvocationType="DryRun")[1]["StatusCode"] == 204
    assert whole.invoke("f", str(file), InvocationType="Event")[1]["StatusCode"] == 202

    eventually(file.exists)
    assert file.read_text() == "x"


def test_an_event_that_was_taken_is_delivered_by_the_next_engine(tmp_path):
    first = Whole(tmp_path / ".local")
    file = tmp_path / "told"
    code = "import pathlib, time\ndef handler(e, c):\n p = pathlib.Path(e)\n n = len(p.read_text())"
    code += "\n p.write_text('x' * (n + 1))\n if not n: time.sleep(60)"
    file.write_text("")
    first.function("f", code, Timeout=100)
    first.invoke("f", str(file), InvocationType="Event")
    eventually(lambda: file.read_text() == "x")
    first.close()

    second = Whole(tmp_path / ".local")

    eventually(lambda: file.read_text() == "xx")
    eventually(lambda: not list((tmp_path / ".local/functions").glob("*/*/events/*.json")))
    second.close()


# Across engines


def test_a_function_its_versions_and_logs_are_there_after_a_restart(tmp_path):
    first = Whole(tmp_path / ".local")
    first.function("f", "def handler(e, c): print('hello'); return 1", Publish=True)
    first.client("lambda").create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    first.invoke("f:live")
    before = first.client("lambda").get_function(FunctionName="f")["Configuration"]
    log = first.log("f")
    first.close()

    second = Whole(tmp_path / ".local")

    assert second.client("lambda").get_function(FunctionName="f")["Configuration"] == before
    assert second.log("f") == log
    assert "hello" in log
    assert second.invoke("f:live")[0] == 1
    second.close()


def test_no_process_is_left_when_the_engine_has_stopped(tmp_path):
    whole = Whole(tmp_path / ".local")
    whole.function("f", "import os\ndef handler(e, c): return os.getpid()")
    pid, _ = whole.invoke("f")
    assert is_alive(pid)

    whole.close()

    assert not is_alive(pid)
    assert list((tmp_path / ".local/functions/environments").iterdir()) == []
