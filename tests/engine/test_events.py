"""Events: which rules they match, what the targets get, and what executions tell of themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipelines.engine.events.inputs import input_of
from pipelines.engine.events.patterns import matches, read_pattern
from pipelines.engine.wire.service import ServiceError
from tests.engine.running import eventually
from tests.engine.whole import REGION, ROLE, Whole

EVENT = {
    "id": "e1",
    "source": "aws.states",
    "time": "2026-01-01T00:00:00Z",
    "detail": {"status": "FAILED", "name": "monday", "count": 7, "tags": ["a", "b"], "error": None},
}


# Patterns


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["aws.states"]}, True),
        ({"source": ["aws.s3", "aws.states"], "detail": {"status": ["FAILED"]}}, True),
        ({"source": ["aws.states"], "detail": {"status": ["SUCCEEDED"]}}, False),
        ({"detail": {"tags": ["b"]}}, True),
        ({"detail": {"error": [None]}}, True),
        ({"detail": {"missing": [None]}}, False),
        ({"detail": {"missing": {"deeper": ["x"]}}}, False),
        ({"detail": {"missing": [{"exists": False}]}}, True),
        ({"detail": {"status": [{"exists": False}]}}, False),
        ({"detail": {"name": [{"prefix": "mon"}]}}, True),
        ({"detail": {"name": [{"prefix": {"equals-ignore-case": "MON"}}]}}, True),
        ({"detail": {"name": [{"suffix": "sunday"}]}}, False),
        ({"detail": {"name": [{"wildcard": "m*d*"}]}}, True),
        ({"detail": {"name": [{"wildcard": "m*z"}]}}, False),
        ({"detail": {"name": [{"equals-ignore-case": "MONDAY"}]}}, True),
        ({"detail": {"name": [{"anything-but": ["tuesday"]}]}}, True),
        ({"detail": {"name": [{"anything-but": {"prefix": "mon"}}]}}, False),
        ({"detail": {"missing": [{"anything-but": ["x"]}]}}, False),
        ({"detail": {"count": [{"numeric": [">", 5, "<=", 7]}]}}, True),
        ({"detail": {"count": [{"numeric": ["<", 7]}]}}, False),
        ({"detail": {"count": ["7"]}}, False),
        ({"$or": [{"source": ["x"]}, {"detail": {"count": [7]}}]}, True),
    ],
)
def test_a_pattern_matches(pattern, expected):
    assert matches(read_pattern(json.dumps(pattern)), EVENT) is expected


def test_one_is_not_true():
    assert not matches({"detail": {"flag": [True]}}, {"detail": {"flag": 1}})


@pytest.mark.parametrize(
    "pattern",
    ['{"source": "aws.states"}', "{}", "[]", '{"a": []}', '{"a": [{"sounds-like": "x"}]}', "{"],
)
def test_a_pattern_that_would_be_misread_is_refused(pattern):
    with pytest.raises(ServiceError, match="Event pattern is not valid"):
        read_pattern(pattern)


# Inputs


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, EVENT),
        ({"Input": '{"a": 1}'}, {"a": 1}),
        ({"InputPath": "$.detail.name"}, "monday"),
        ({"InputPath": "$.detail.missing.deeper"}, None),
    ],
)
def test_a_target_gets_the_event_a_part_or_a_constant(target, expected):
    assert json.loads(input_of(target, EVENT, {})) == expected


def test_a_template_takes_text_within_quotation_marks_and_json_without():
    transformer = {
        "InputPathsMap": {"name": "$.detail.name", "tags": "$.detail.tags", "none": "$.nothing"},
        "InputTemplate": '{"a": "<name> of <aws.events.rule-name>", "b": <tags>, "c": <none>}',
    }

    text = input_of({"InputTransformer": transformer}, EVENT, {"Name": "failures"})

    assert json.loads(text) == {"a": "monday of failures", "b": ["a", "b"], "c": None}


# Delivery


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    whole = Whole(tmp_path_factory.mktemp("engine"))
    yield whole
    whole.close()


class Inbox:
    """A queue that rules deliver to."""

    def __init__(self, whole: Whole, name: str) -> None:
        self._sqs = whole.client("sqs")
        self._url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:{REGION}:000000000000:{name}"

    def next(self) -> Any:
        """The next message, as JSON."""
        [message] = self._sqs.receive_message(QueueUrl=self._url, WaitTimeSeconds=10)["Messages"]
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])

    def is_empty(self) -> bool:
        return "Messages" not in self._sqs.receive_message(QueueUrl=self._url)


def rule(whole: Whole, name: str, pattern: Any, *targets: dict[str, Any]) -> None:
    events = whole.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    numbered = [{"Id": str(number), **target} for number, target in enumerate(targets)]
    events.put_targets(Rule=name, Targets=numbered)


def of(machine: str, *statuses: str) -> dict[str, Any]:
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"stateMachineArn": [machine], "status": list(statuses)},
    }


FAILING = {"Stop": {"Type": "Fail", "Error": "Dry", "Cause": "the well is dry"}}


def test_the_end_of_an_execution_is_told_to_the_rules_that_match_it(whole):
    inbox = Inbox(whole, "ends")
    machine = whole.machine(FAILING, "failing")
    rule(whole, "ends", of(machine, "FAILED"), {"Arn": inbox.arn})

    arn = whole.start(machine, {"a": 1}, name="monday")
    event = inbox.next()

    assert event["resources"] == [arn]
    detail = event["detail"]
    assert (detail["name"], detail["status"], detail["redriveStatus"]) == (
        "monday",
        "FAILED",
        "REDRIVABLE",
    )
    assert (detail["error"], detail["cause"]) == ("Dry", "the well is dry")
    assert json.loads(detail["input"]) == {"a": 1}
    assert isinstance(detail["stopDate"], int)
    assert inbox.is_empty()


def test_the_start_and_the_redrive_of_an_execution_are_told_too(whole):
    inbox = Inbox(whole, "starts")
    machine = whole.machine(FAILING, "redriven")
    rule(whole, "starts", of(machine, "RUNNING"), {"Arn": inbox.arn})

    arn = whole.start(machine)
    assert inbox.next()["detail"]["redriveCount"] == 0
    whole.ended(arn)
    whole.client("stepfunctions").redrive_execution(executionArn=arn)

    assert inbox.next()["detail"]["redriveCount"] == 1


def test_an_event_starts_a_state_machine_and_is_published(whole):
    """The machine puts what it was started with where the test can see it."""
    inbox, topic_inbox = Inbox(whole, "started"), Inbox(whole, "published")
    sns = whole.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=topic_inbox.arn)
    url = f"https://sqs.{REGION}.amazonaws.com/000000000000/started"
    definition = {
        "StartAt": "Say",
        "States": {
            "Say": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"QueueUrl": url, "MessageBody.$": "$"},
                "TimeoutSeconds": 10,
                "End": True,
            }
        },
    }
    target = whole.client("stepfunctions").create_state_machine(
        name="told", roleArn=ROLE, definition=json.dumps(definition), type="EXPRESS"
    )["stateMachineArn"]
    rule(
        whole,
        "mine",
        {"source": ["mine"]},
        {"Arn": target, "RoleArn": ROLE, "InputPath": "$.detail"},
        {"Arn": topic, "InputPath": "$.detail.a"},
    )

    entry = {"Source": "mine", "DetailType": "kind", "Detail": json.dumps({"a": 1})}
    whole.client("events").put_events(Entries=[entry])

    assert inbox.next() == {"a": 1}
    assert topic_inbox.next()["Message"] == "1"


def test_a_target_that_is_gone_is_said_in_the_log_and_the_others_have_theirs(whole, caplog):
    inbox = Inbox(whole, "left")
    nowhere = f"arn:aws:sns:{REGION}:000000000000:nowhere"
    rule(whole, "two", {"source": ["two"]}, {"Arn": nowhere}, {"Arn": inbox.arn})

    entry = {"Source": "two", "DetailType": "kind", "Detail": "{}"}
    answer = whole.client("events").put_events(Entries=[entry])

    assert answer["FailedEntryCount"] == 0
    assert inbox.next()["source"] == "two"
    assert "the rule two could not deliver" in caplog.text
    assert nowhere in caplog.text


def test_a_disabled_rule_delivers_nothing(whole):
    inbox = Inbox(whole, "silent")
    rule(whole, "silent", {"source": ["silent"]}, {"Arn": inbox.arn})
    whole.client("events").disable_rule(Name="silent")

    entry = {"Source": "silent", "DetailType": "kind", "Detail": "{}"}
    whole.client("events").put_events(Entries=[entry])

    assert inbox.is_empty()


def test_nobody_speaks_for_aws(whole):
    entry = {"Source": "aws.states", "DetailType": "kind", "Detail": "{}"}

    answer = whole.client("events").put_events(Entries=[entry])

    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_a_rule_with_a_pattern_that_would_be_misread_is_refused(whole):
    with pytest.raises(ClientError, match="does not have the operator 'sounds-like'"):
        whole.client("events").put_rule(
            Name="odd", EventPattern=json.dumps({"source": [{"sounds-like": "x"}]})
        )


def test_an_execution_that_the_engines_end_aborted_is_told_by_the_next_engine(
    tmp_path: Path,
) -> None:
    first = Whole(tmp_path)
    inbox = Inbox(first, "aborted")
    wait = {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}
    machine = first.machine(wait)
    rule(first, "aborted", of(machine, "ABORTED"), {"Arn": inbox.arn})
    arn = first.start(machine)
    eventually(lambda: len(first.events(arn)) == 2)
    [folder] = tmp_path.glob("executions/*/*/*")
    first.close()
    # As a crash leaves it: asked to stop, and not yet stopped.
    path = folder / "execution.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "asked_to_stop": ["E", "why"]}))

    second = Whole(tmp_path)
    try:
        event = Inbox(second, "aborted").next()
    finally:
        second.close()

    assert (event["detail"]["status"], event["detail"]["error"]) == ("ABORTED", "E")


# The resource


def test_a_stack_makes_changes_and_deletes_a_rule(whole):
    inbox = Inbox(whole, "by-stack")
    cloudformation, events = whole.client("cloudformation"), whole.client("events")

    def template(source: str) -> str:
        rule = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "by-stack",
                "EventPattern": {"source": [source]},
                "Targets": [{"Id": "queue", "Arn": inbox.arn}],
            },
        }
        return json.dumps({"Resources": {"Rule": rule}})

    cloudformation.create_stack(StackName="events", TemplateBody=template("one"))
    assert events.describe_rule(Name="by-stack")["EventPattern"] == '{"source": ["one"]}'
    cloudformation.update_stack(StackName="events", TemplateBody=template("two"))
    assert events.describe_rule(Name="by-stack")["EventPattern"] == '{"source": ["two"]}'
    [target] = events.list_targets_by_rule(Rule="by-stack")["Targets"]
    assert target["Arn"] == inbox.arn
    cloudformation.delete_stack(StackName="events")
    with pytest.raises(ClientError, match="does not exist"):
        events.describe_rule(Name="by-stack")
