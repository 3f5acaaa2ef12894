"""moto's part of the environment: the same after a restart, ids and times included."""

from __future__ import annotations

import json
import time
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipelines.engine.supplied.journal import Entry, Journal
from pipelines.engine.supplied.services import MotoServices
from pipelines.errors import EngineError
from tests.engine.conftest import Engine

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def entry(number: int) -> Entry:
    return Entry(float(number), number, "iam", "us-east-1", "", f"Action=X{number}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def written(path: Path, *entries: Entry) -> None:
    journal = Journal(path, "5.2.5")
    for each in entries:
        journal.append(each)
    journal.close()


def test_entries_come_back_in_order(path: Path) -> None:
    written(path, entry(1), entry(2))
    written(path, entry(3))

    assert list(Journal(path, "5.2.5").replay()) == [entry(1), entry(2), entry(3)]


def test_an_entry_that_a_crash_cut_short_is_dropped_and_said(path: Path) -> None:
    written(path, entry(1), entry(2))
    path.write_bytes(path.read_bytes()[:-10])
    journal = Journal(path, "5.2.5")

    assert list(journal.replay()) == [entry(1)]
    assert journal.torn is not None
    journal.append(entry(3))
    journal.close()
    assert list(Journal(path, "5.2.5").replay()) == [entry(1), entry(3)]


def test_a_crash_while_the_first_line_was_written_leaves_an_empty_journal(path: Path) -> None:
    path.write_text('{"format": 1, "mo')
    journal = Journal(path, "5.2.5")

    assert list(journal.replay()) == []
    journal.append(entry(1))
    journal.close()
    assert list(Journal(path, "5.2.5").replay()) == [entry(1)]


def test_a_damaged_entry_in_the_middle_is_refused_with_its_line(path: Path) -> None:
    written(path, entry(1), entry(2))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + "damage\n" + lines[2])

    with pytest.raises(EngineError, match="line 2 is damaged"):
        list(Journal(path, "5.2.5").replay())


def test_the_journal_of_another_moto_is_refused(path: Path) -> None:
    written(path, entry(1))

    with pytest.raises(EngineError, match=r'reads \{"format": 1, "moto": "6.0.0"\}') as error:
        list(Journal(path, "6.0.0").replay())

    assert "local reset" in error.value.hint


def test_ids_and_times_are_the_same_after_a_restart(engine: Engine) -> None:
    def seen() -> list[Any]:
        answers = [
            engine.client("iam").get_role(RoleName="r"),
            engine.client("logs").describe_log_streams(logGroupName="g"),
            engine.client("kms").list_keys(),
            engine.client("ssm").get_parameter(Name="p"),
            engine.client("dynamodb").scan(TableName="t"),
            engine.client("dynamodb").describe_table(TableName="t"),
            engine.client("sns").list_subscriptions(),
        ]
        return [{k: v for k, v in each.items() if k != "ResponseMetadata"} for each in answers]

    engine.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    logs = engine.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    logs.put_log_events(
        logGroupName="g",
        logStreamName="s",
        logEvents=[{"timestamp": int(time.time() * 1000), "message": "hello"}],
    )
    engine.client("kms").create_key()
    engine.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    dynamodb = engine.client("dynamodb")
    dynamodb.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    dynamodb.put_item(TableName="t", Item={"k": {"S": "1"}})
    sns, sqs = engine.client("sns"), engine.client("sqs")
    sqs.create_queue(QueueName="q")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    queue = "arn:aws:sqs:eu-central-1:000000000000:q"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    sns.publish(TopicArn=topic, Message="hello")
    before = seen()

    engine.restart()

    assert seen() == before
    url = engine.client("sqs").get_queue_url(QueueName="q")["QueueUrl"]
    (message,) = engine.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "hello"


def test_a_message_that_was_received_stays_received(engine: Engine) -> None:
    sqs = engine.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="once")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    engine.restart()

    assert "Messages" not in engine.client("sqs").receive_message(QueueUrl=url)


def test_waiting_for_a_message_keeps_nobody_else_waiting(engine: Engine) -> None:
    sqs = engine.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    begun = time.monotonic()

    sender = Timer(0.2, lambda: sqs.send_message(QueueUrl=url, MessageBody="late"))
    sender.start()
    found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)
    sender.join()

    assert found["Messages"][0]["Body"] == "late"
    assert time.monotonic() - begun < 5


def test_reading_is_not_journalled(engine: Engine) -> None:
    engine.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    size = (engine.root / "journal.jsonl").stat().st_size

    engine.client("iam").get_role(RoleName="r")
    engine.client("iam").list_roles()

    assert (engine.root / "journal.jsonl").stat().st_size == size


def test_an_engine_that_asks_moto_for_nothing_leaves_no_journal(engine: Engine) -> None:
    engine.client("s3").list_buckets()

    assert not (engine.root / "journal.jsonl").exists()


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("ssm", "send_command", {"DocumentName": "x"}),
        ("kms", "encrypt", {"KeyId": "x", "Plaintext": b"x"}),
        ("dynamodb", "create_backup", {"TableName": "t12", "BackupName": "b12"}),
        ("logs", "start_query", {"startTime": 0, "endTime": 1, "queryString": "x"}),
        ("sns", "subscribe", {"TopicArn": "x", "Protocol": "email", "Endpoint": "a@b.c"}),
        ("iam", "create_user", {"UserName": "x"}),
        ("sagemaker", "list_endpoints", {}),
        ("ec2", "describe_instances", {}),
        ("events", "put_rule", {"Name": "nightly", "ScheduleExpression": "rate(1 day)"}),
        ("events", "list_archives", {}),
        ("lambda", "list_layers", {}),
        ("secretsmanager", "rotate_secret", {"SecretId": "x"}),
    ],
)
def test_what_moto_would_only_pretend_is_refused_by_name(
    engine: Engine, service: str, call: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="The local engine") as error:
        getattr(engine.client(service), call)(**arguments)

    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 501)


def test_motos_own_errors_pass_through(engine: Engine) -> None:
    with pytest.raises(ClientError) as error:
        engine.client("iam").get_role(RoleName="nope")

    assert error.value.response["Error"]["Code"] == "NoSuchEntity"


def test_a_call_within_the_engine_gets_what_a_client_would(tmp_path: Path) -> None:
    moto = MotoServices(tmp_path / "journal.jsonl")
    request = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}

    created = moto.call("iam", "CreateRole", request, "us-east-1")
    moto.call("logs", "CreateLogGroup", {"logGroupName": "g"}, "us-east-1")

    assert created["Role"]["Arn"] == "arn:aws:iam::000000000000:role/r"
    groups = moto.call("logs", "DescribeLogGroups", {}, "us-east-1")["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["g"]
    moto.close()
