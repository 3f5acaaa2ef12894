"""Answers to an execution that waits: one, in time, with a name to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.aws import AwsError, Connection
from pipelines.clock import JumpingClock
from pipelines.errors import InputError
from pipelines.execution.approvals import (
    Answer,
    Approvals,
    Question,
    check_reason,
    who_answers,
)

ARN = "arn:aws:states:eu-west-1:123456789012:execution:demo-dev-training:monday"
PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/demo-dev-models/7"
YES = Answer("approved", "ann", "2026-01-02T03:04:05Z", "it is fine")
NO = Answer("rejected", "bob", "2026-01-02T03:04:06Z", "it is slow")


def refused(code: str) -> AwsError:
    return AwsError(code, code=code)


class Machine:
    """One execution, and the table that it puts its question into.

    Attributes:
        closes_after: so many reads of the table pass before the machine has closed the question.
    """

    def __init__(self, *, closes_after: int = 0) -> None:
        self.execution: dict[str, Any] = {"name": "monday", "status": "RUNNING", "redriveCount": 0}
        self.item: dict[str, Any] = {}
        self.answers: list[dict[str, Any]] = []
        self.closes_after = closes_after
        self.loses_the_answer_to_an_answer = False

    def asks(self, redrives: int = 0) -> None:
        texts = {
            "status": "pending",
            "redrives": str(redrives),
            "asked_at": "2026-01-01T00:00:00.000Z",
            "model_package_arn": PACKAGE,
            "gate": "roc_auc is 0.91",
            "metrics": '{"roc_auc": 0.91}',
            "report": "s3://b/report.html",
            "task_token": f"token-{redrives}",
        }
        self.item = {key: {"S": text} for key, text in texts.items()}
        self.item["within_s"] = {"N": "60"}

    def closes(self, decision: str, by: str, at: str, reason: str) -> None:
        """As the state "Close question" does."""
        del self.item["task_token"]
        answer = {"status": decision, "answered_by": by, "answered_at": at, "reason": reason}
        self.item |= {key: {"S": text} for key, text in answer.items()}

    # DynamoDB

    def get_item(self, **request: Any) -> dict[str, Any]:
        assert request == {
            "TableName": "approvals",
            "Key": {"execution_arn": {"S": ARN}},
            "ConsistentRead": True,
        }
        if self.answers and self.item["status"]["S"] == "pending":
            if self.closes_after == 0:
                self.closes(**self.answers[0])
            else:
                self.closes_after -= 1
        return {"Item": dict(self.item)} if self.item else {}

    # Step Functions

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        if executionArn != ARN:
            raise refused("ExecutionDoesNotExist")
        return self.execution

    def send_task_success(self, taskToken: str, output: str) -> None:
        if self.answers or taskToken != self.item.get("task_token", {}).get("S"):
            raise refused("TaskTimedOut")
        self.answers.append(json.loads(output))
        if self.loses_the_answer_to_an_answer:
            # A client of AWS's that hears nothing asks again by itself.
            raise refused("TaskTimedOut")


def approvals(machine: Machine) -> Approvals:
    services = {"dynamodb": machine, "stepfunctions": machine}
    return Approvals(Connection("eu-west-1", services.__getitem__), "approvals", JumpingClock())


@pytest.fixture
def machine() -> Machine:
    machine = Machine()
    machine.asks()
    return machine


def answered(machine: Machine, answer: Answer) -> None:
    """As the command does: look, then answer."""
    questions = approvals(machine)
    questions.answer(ARN, questions.waiting(ARN), answer)


def test_the_question_is_what_the_execution_put_into_the_table(machine: Machine) -> None:
    assert approvals(machine).waiting(ARN) == Question(
        status="pending",
        redrives="0",
        asked_at="2026-01-01T00:00:00.000Z",
        within_s=60,
        model_package_arn=PACKAGE,
        gate="roc_auc is 0.91",
        metrics={"roc_auc": 0.91},
        report="s3://b/report.html",
        token="token-0",
    )


@pytest.mark.parametrize("answer", [YES, NO])
def test_an_answer_goes_to_the_execution_with_who_when_and_why(
    machine: Machine, answer: Answer
) -> None:
    answered(machine, answer)

    assert machine.answers == [vars(answer)]


@pytest.mark.parametrize("second", [YES, NO])
def test_a_second_answer_changes_nothing_and_hears_of_the_first(
    machine: Machine, second: Answer
) -> None:
    answered(machine, NO)

    with pytest.raises(InputError, match="was rejected already, by bob at 2026-01-02T03:04:06Z"):
        answered(machine, second)

    assert machine.answers == [vars(NO)]


def test_of_two_answers_at_once_the_second_is_told_so() -> None:
    """Both have seen the question open; the first one's answer is not in the table yet."""
    machine = Machine(closes_after=3)
    machine.asks()
    questions = approvals(machine)
    seen_by_both = questions.waiting(ARN)
    questions.answer(ARN, seen_by_both, YES)

    with pytest.raises(InputError, match="was approved already, by ann"):
        questions.answer(ARN, seen_by_both, NO)

    assert machine.answers == [vars(YES)]


def test_an_answer_that_arrived_though_nobody_heard_so_has_been_given(machine: Machine) -> None:
    machine.loses_the_answer_to_an_answer = True

    answered(machine, YES)

    assert machine.answers == [vars(YES)]


def test_an_answer_after_the_time_says_that_nobody_had_answered(machine: Machine) -> None:
    machine.closes("none", "nobody", "2026-01-08T00:00:00Z", "nobody answered within 7 days")
    machine.execution["status"] = "FAILED"

    with pytest.raises(InputError, match="nobody answered monday in time"):
        answered(machine, YES)


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT", "SUCCEEDED"])
def test_an_execution_that_has_ended_waits_for_nobody(machine: Machine, status: str) -> None:
    machine.execution["status"] = status

    with pytest.raises(InputError, match=rf"has ended \({status}\)"):
        answered(machine, YES)

    assert machine.answers == []


def test_one_that_is_stopped_between_the_look_and_the_answer_is_said_so(machine: Machine) -> None:
    questions = approvals(machine)
    question = questions.waiting(ARN)
    machine.execution["status"] = "ABORTED"
    machine.item["task_token"] = {"S": "another"}

    with pytest.raises(InputError, match=r"does not wait .* any more \(ABORTED\)"):
        questions.answer(ARN, question, YES)


def test_an_execution_that_has_not_asked_yet_is_said_so() -> None:
    with pytest.raises(InputError, match="does not ask for approval yet"):
        answered(Machine(), YES)


def test_a_question_from_before_a_redrive_is_not_answered(machine: Machine) -> None:
    """Its token is of no use, and the redriven execution may never come to ask again."""
    machine.execution["redriveCount"] = 1

    with pytest.raises(InputError, match="does not ask for approval yet"):
        answered(machine, YES)

    machine.asks(redrives=1)
    answered(machine, YES)
    assert machine.answers == [vars(YES)]


def test_an_execution_that_there_is_not_is_said_so(machine: Machine) -> None:
    with pytest.raises(InputError, match="there is no execution"):
        approvals(machine).waiting(ARN + "x")


def test_an_error_of_aws_is_not_taken_for_an_answer(machine: Machine) -> None:
    machine.send_task_success = denied  # type: ignore[method-assign]

    with pytest.raises(AwsError, match="AccessDenied"):
        answered(machine, YES)


def denied(**_: Any) -> None:
    raise refused("AccessDeniedException")


@pytest.mark.parametrize("reason", ["", "   ", "two\nlines", "x" * 501, "bell\a"])
def test_a_reason_is_one_line_that_fits_into_the_registry(reason: str) -> None:
    with pytest.raises(InputError, match="--reason must be one line"):
        check_reason(reason)


def test_a_reason_may_be_in_any_language() -> None:
    assert check_reason("  geprüft: “gut” \U0001f44d ") == "geprüft: “gut” \U0001f44d"


def test_who_answers_is_whom_aws_knows_and_on_the_engine_the_user_of_the_machine() -> None:
    class Sts:
        def get_caller_identity(self) -> dict[str, str]:
            return {"Arn": "arn:aws:sts::123456789012:assumed-role/Admin/ann"}

    on_aws = Connection("eu-west-1", {"sts": Sts()}.__getitem__)
    local = Connection("eu-west-1", {}.__getitem__, endpoint_url="http://127.0.0.1:9")

    assert who_answers(on_aws, "root") == "arn:aws:sts::123456789012:assumed-role/Admin/ann"
    assert who_answers(local, "ann") == "ann"
