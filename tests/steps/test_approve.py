"""Approve: a person is asked, the answer decides, and the registry follows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.asl.checker import check
from pipelines.asl.simulation import (
    Simulation,
    TaskFailed,
    after,
    fail,
    in_turn,
    never,
    redrive,
    simulate,
)
from pipelines.definitions.definition import render
from pipelines.environment.model import Environment
from pipelines.sdk import Expression, Pass
from pipelines.steps.approve import approve
from pipelines.steps.step import Scope
from tests.environments import make_environment

GATE = {"metric": "roc_auc", "at_least": 0.9, "close": 0.01}
PACKAGE = "arn:aws:sagemaker:eu-central-1:000000000000:model-package/demo-dev-models/7"
ANSWER = {"decision": "approved", "by": "ann", "at": "2026-01-02T03:04:05Z", "reason": "it's fine"}
EXECUTION = {"Id": "arn:aws:states:eu-central-1:000000000000:execution:m:monday", "Name": "monday"}


def environment(approval: str = "manual", **changes: Any) -> Environment:
    return make_environment(
        **{"approval": approval, "gate": GATE, "approval_within_s": 172_800, **changes}
    )


def definition(environment: Environment) -> dict[str, Any]:
    """A machine of this step alone, as it is deployed."""
    scope = Scope(environment, "training", "c" * 64)
    segment = approve(
        scope,
        "$.Evaluation.document",
        report=Expression("States.Format('s3://${Bucket}/{}/report.html', $.Evaluate.folder)"),
    )
    segment.then(Pass("Done"))
    document = json.dumps(render(segment.start, "Approve"))
    for name in ("Bucket", "ApprovalsTable", "TopicArn"):
        document = document.replace(f"${{{name}}}", f"a-{name.lower()}")
    machine: dict[str, Any] = json.loads(document)
    return machine


class People:
    """The table, the topic, the registry, and somebody who answers (by default, Ann says yes)."""

    def __init__(self, answer: Any = ANSWER) -> None:
        self.item: dict[str, Any] = {}
        self.tasks: dict[str, Any] = {
            "Ask": lambda request, call: self._asked(request, answer),
            "Read question": lambda request: {"Item": self.item} if self.item else {},
            "Tell people": {"MessageId": "1"},
            "Close question": {},
            "Record approval": {"ModelPackageArn": PACKAGE},
            "Record rejection": {"ModelPackageArn": PACKAGE},
        }

    def _asked(self, request: dict[str, Any], answer: Any) -> Any:
        self.item = request["Item"]
        return after(3600, answer)


def run(of: Environment, people: People, *, close: bool = True, **more: Any) -> Simulation:
    input = {
        "Register": {"ModelPackageArn": PACKAGE},
        "Evaluate": {"folder": "runs/monday/evaluate"},
        "Evaluation": {
            "document": {
                "metrics": {"roc_auc": 0.905},
                "gate": {
                    "passed": True,
                    "close": close,
                    "reason": "roc_auc is 0.905",
                    "recorded": "roc_auc = 0.905",
                },
            }
        },
    }
    return simulate(
        definition(of), input, tasks=people.tasks, context={"Execution": EXECUTION}, **more
    )


@pytest.mark.parametrize("approval", ["manual", "manual when close"])
def test_the_definition_breaks_no_rule(approval: str) -> None:
    assert check(definition(environment(approval))) == []


def test_yes_goes_on_and_is_written_into_the_registry_with_who_and_when() -> None:
    done = run(environment(), People())

    assert done.status == "SUCCEEDED"
    assert {key: done.output["Approval"][key] for key in ANSWER} == ANSWER
    assert done.request_of("Record approval") == {
        "ModelPackageArn": PACKAGE,
        "ModelApprovalStatus": "Approved",
        "ApprovalDescription": "Approved by ann at 2026-01-02T03:04:05Z: it's fine",
    }


def test_no_ends_the_execution_with_who_and_why() -> None:
    done = run(environment(), People({**ANSWER, "decision": "rejected", "reason": "too slow"}))

    assert (done.status, done.error) == ("FAILED", "Rejected")
    assert done.cause == (
        f"The model package {PACKAGE} was rejected by ann at 2026-01-02T03:04:05Z: too slow"
    )
    assert done.request_of("Record rejection")["ModelApprovalStatus"] == "Rejected"


def test_nobodys_answer_is_a_no_after_the_configured_time() -> None:
    done = run(environment(), People(never()))

    assert (done.status, done.error) == ("FAILED", "NotApprovedInTime")
    assert done.cause is not None
    assert "nobody answered within 2 days" in done.cause
    assert done.seconds == pytest.approx(172_800, abs=60)
    assert done.request_of("Record rejection")["ModelApprovalStatus"] == "Rejected"


def test_the_question_in_the_table_has_what_one_needs_to_answer() -> None:
    done = run(environment(), People())

    item = {
        key: next(iter(value.values())) for key, value in done.request_of("Ask")["Item"].items()
    }
    assert item == {
        "execution_arn": EXECUTION["Id"],
        "redrives": "0",
        "status": "pending",
        "asked_at": item["asked_at"],
        "within_s": "172800",
        "model_package_arn": PACKAGE,
        "gate": "roc_auc is 0.905",
        "metrics": '{"roc_auc":0.905}',
        "report": "s3://a-bucket/runs/monday/evaluate/report.html",
        "task_token": done.call_of("Ask").token,
    }
    assert item["asked_at"].startswith("2026-01-01T00:00:00")


def test_people_hear_of_it_with_the_commands_that_answer_and_the_token() -> None:
    done = run(environment(), People())

    message = done.request_of("Tell people")
    assert message["TopicArn"] == "a-topicarn"
    assert message["Subject"] == "demo-dev: a model waits for approval"
    for words in (
        PACKAGE,
        "roc_auc is 0.905",
        "s3://a-bucket/runs/monday/evaluate/report.html",
        'python -m pipelines approve monday dev --reason "…"',
        'python -m pipelines reject monday dev --reason "…"',
        done.call_of("Ask").token,
    ):
        assert words in message["Message"]
    assert message["MessageAttributes"]["task_token"]["StringValue"] == done.call_of("Ask").token


def test_people_are_told_only_once_the_question_is_there() -> None:
    people = People()
    waiting = people.tasks["Ask"]
    people.tasks["Ask"] = in_turn(TaskFailed("DynamoDb.DynamoDbException"), waiting)

    done = run(environment(), people)

    assert done.status == "SUCCEEDED"
    asked, told = done.call_of("Ask"), done.call_of("Tell people")
    assert asked.attempt == 2
    assert told.at_s >= asked.at_s
    assert str(asked.token) in told.request["Message"]


def test_the_answer_is_written_beside_the_question_and_the_token_is_taken_away() -> None:
    done = run(environment(), People())

    request = done.request_of("Close question")
    assert request["Key"] == {"execution_arn": {"S": EXECUTION["Id"]}}
    assert request["UpdateExpression"].endswith("REMOVE task_token")
    values = {key: value["S"] for key, value in request["ExpressionAttributeValues"].items()}
    assert values == {
        ":status": "approved",
        ":by": "ann",
        ":at": "2026-01-02T03:04:05Z",
        ":why": "it's fine",
    }


@pytest.mark.parametrize(
    "wrong", ["yes", {}, {**ANSWER, "decision": "maybe"}, {**ANSWER, "by": 7}, [], None]
)
def test_what_is_no_answer_is_not_taken_for_one_and_the_question_is_put_again(wrong: Any) -> None:
    done = run(environment(), People(in_turn(wrong, ANSWER)))

    assert done.status == "SUCCEEDED"
    assert len(done.calls_of("Ask")) == 2
    assert len(done.calls_of("Tell people")) == 1


def test_whoever_sends_a_failure_for_the_token_fails_the_execution_with_it() -> None:
    done = run(environment(), People(TaskFailed("Withdrawn", "by the bot")))

    assert (done.status, done.error, done.cause) == ("FAILED", "Withdrawn", "by the bot")
    assert done.calls_of("Record approval") == []


def test_a_redrive_asks_anew_and_never_tells_of_the_old_question() -> None:
    before = People(never())
    before.tasks["Tell people"] = TaskFailed("Sns.AuthorizationErrorException")
    first = run(environment(), before)
    old = before.item
    assert first.status == "FAILED"
    again = People()
    # It lies there still when people are to be told: the new one takes a moment.
    again.item = old
    again.tasks["Ask"] = in_turn(TaskFailed("DynamoDb.DynamoDbException"), again.tasks["Ask"])

    second = redrive(first, tasks=again.tasks)

    assert second.status == "SUCCEEDED"
    assert second.request_of("Ask")["Item"]["redrives"] == {"S": "1"}
    told = second.request_of("Tell people")["Message"]
    assert str(second.call_of("Ask").token) in told
    assert old["task_token"]["S"] not in told


def test_a_topic_that_cannot_be_told_ends_the_wait_with_its_error() -> None:
    people = People(never())
    people.tasks["Tell people"] = TaskFailed("Sns.AuthorizationErrorException", "not allowed")

    done = run(environment(), people)

    assert (done.status, done.error) == ("FAILED", "Sns.AuthorizationErrorException")


def test_a_clear_call_needs_nobody() -> None:
    done = run(environment("manual when close"), People(never()), close=False)

    assert done.status == "SUCCEEDED"
    assert done.calls_of("Ask") == []
    assert done.output["Approval"]["by"] == "the gate"
    assert done.output["Approval"]["reason"] == "roc_auc = 0.905"
    assert done.request_of("Record approval")["ModelApprovalStatus"] == "Approved"


def test_a_close_call_asks_a_person() -> None:
    done = run(environment("manual when close"), People(), close=True)

    assert done.status == "SUCCEEDED"
    assert done.output["Approval"]["by"] == "ann"


def test_without_a_gate_a_person_is_asked_all_the_same() -> None:
    done = run(environment(gate=None), People())

    assert done.request_of("Ask")["Item"]["gate"] == {"S": "none is configured"}


FAULTS: list[Callable[[], Any]] = [
    lambda: fail("Ask", "DynamoDb.ResourceNotFoundException"),
    lambda: fail("Read question", "DynamoDb.ResourceNotFoundException"),
    lambda: fail("Tell people", "Sns.NotFoundException"),
    lambda: fail("Close question", "DynamoDb.ResourceNotFoundException"),
    lambda: fail("Record approval", "SageMaker.ConflictException"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_wherever_a_call_fails_the_model_is_not_used_and_a_redrive_completes_it(
    fault: Callable[[], Any],
) -> None:
    people = People()
    failed = run(environment(), people, faults=[fault()])

    assert failed.status == "FAILED"
    assert "Done" not in failed.states

    again = redrive(failed, tasks=people.tasks)

    assert again.status == "SUCCEEDED"
    assert {key: again.output["Approval"][key] for key in ANSWER} == ANSWER
