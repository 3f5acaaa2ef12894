"""Questions to people: found by the execution that waits, and answered once.

The state machine has put the question into a table, with the token of the Task that waits. The
answer is the token sent back; Step Functions takes one and refuses every other. So it is decided
there who was first, and the answer has either been given or changed nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pipelines.aws import AwsError, Connection
from pipelines.clock import Clock
from pipelines.errors import InputError
from pipelines.signals import Signal

Decision = Literal["approved", "rejected"]

REASON_LIMIT = 500
# What Step Functions says of a token that has been answered, or whose Task is over.
_GONE = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")
_PENDING = "pending"
# The state machine closes a question a moment after it was answered.
_CLOSING_S = (0.2, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Answer:
    """What a person decided; `at` is a time in ISO 8601."""

    decision: Decision
    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Question:
    """A question as it lies in the table.

    Attributes:
        status: "pending", a decision, or "none" when nobody decided in time.
        redrives: of the execution, when it was asked.
        token: of the Task that waits; empty once the question is closed.
        by, at, reason: of the answer, once there is one.
    """

    status: str
    redrives: str
    asked_at: str
    within_s: int
    model_package_arn: str
    gate: str
    metrics: Mapping[str, Any]
    report: str
    token: str = ""
    by: str = ""
    at: str = ""
    reason: str = ""


def find_question(dynamodb: Any, table: str, execution_arn: str) -> Question | None:
    """What an execution asks, or has asked; None if it has asked nothing yet."""
    answer = dynamodb.get_item(
        TableName=table, Key={"execution_arn": {"S": execution_arn}}, ConsistentRead=True
    )
    if "Item" not in answer:
        return None
    item = {name: next(iter(value.values())) for name, value in answer["Item"].items()}
    return Question(
        status=item["status"],
        redrives=item["redrives"],
        asked_at=item["asked_at"],
        within_s=int(item["within_s"]),
        model_package_arn=item["model_package_arn"],
        gate=item["gate"],
        metrics=json.loads(item["metrics"]),
        report=item["report"],
        token=item.get("task_token", ""),
        by=item.get("answered_by", ""),
        at=item.get("answered_at", ""),
        reason=item.get("reason", ""),
    )


def check_reason(reason: str) -> str:
    """The reason as it is recorded.

    Raises:
        InputError: there is none, or it does not fit into the registry's description.
    """
    text = reason.strip()
    if not text or not text.isprintable() or len(text) > REASON_LIMIT:
        raise InputError(
            "--reason must be one line, not empty, of at most "
            f"{REASON_LIMIT} characters; it has {len(text)}",
            hint="It stays with the model: what was looked at, and what was found.",
        )
    return text


def who_answers(connection: Connection, local_user: str) -> str:
    """Who the credentials belong to, by ARN; on the engine, which asks for none, the OS's user."""
    if connection.where == "local":
        return local_user
    return str(connection.client("sts").get_caller_identity()["Arn"])


class Approvals:
    """The questions of one environment's table."""

    def __init__(self, connection: Connection, table: str, clock: Clock) -> None:
        self._dynamodb = connection.client("dynamodb")
        self._states = connection.client("stepfunctions")
        self._table = table
        self._clock = clock

    def waiting(self, execution_arn: str) -> Question:
        """The question that an execution waits with.

        Raises:
            InputError: there is no such execution, or nothing to answer: not yet, or no more.
        """
        execution = self._execution(execution_arn)
        name, status = execution["name"], execution["status"]
        question = find_question(self._dynamodb, self._table, execution_arn)
        if question is not None and question.status != _PENDING:
            raise _answered(name, question)
        if status != "RUNNING":
            raise InputError(
                f"{name} has ended ({status}) and waits for nobody",
                hint="Only an execution that waits can be answered; a model in the registry can "
                "be approved there.",
            )
        if question is None or question.redrives != str(execution.get("redriveCount", 0)):
            raise InputError(
                f"{name} does not ask for approval yet",
                hint="It asks when the model is registered, and tells of it then.",
            )
        return question

    def answer(self, execution_arn: str, question: Question, answer: Answer) -> None:
        """Send the answer; the execution goes on with it.

        Raises:
            InputError: somebody else, or the clock, was faster; then nothing has changed.
        """
        output = {
            "decision": answer.decision,
            "by": answer.by,
            "at": answer.at,
            "reason": answer.reason,
        }
        try:
            self._states.send_task_success(
                taskToken=question.token, output=json.dumps(output, ensure_ascii=False)
            )
        except AwsError as error:
            if error.code not in _GONE:
                raise
            self._refused(execution_arn, answer)

    def _refused(self, execution_arn: str, answer: Answer) -> None:
        """Why the token was refused; nothing if it was taken, and the answer to that was lost."""
        for pause_s in _CLOSING_S:
            question = find_question(self._dynamodb, self._table, execution_arn)
            execution = self._execution(execution_arn)
            if question is not None and question.status != _PENDING:
                given = (question.status, question.by, question.at, question.reason)
                if given == (answer.decision, answer.by, answer.at, answer.reason):
                    return
                raise _answered(execution["name"], question)
            if execution["status"] != "RUNNING":
                break
            self._clock.wait(pause_s, until=Signal())
        raise InputError(
            f"{execution['name']} does not wait for this answer any more ({execution['status']})",
            hint="Somebody answered a moment ago, or the time was over: look at the execution.",
        )

    def _execution(self, arn: str) -> Mapping[str, Any]:
        try:
            execution: Mapping[str, Any] = self._states.describe_execution(executionArn=arn)
        except AwsError as error:
            if error.code == "ExecutionDoesNotExist":
                raise InputError(
                    f"there is no execution {arn}",
                    hint="python -m pipelines list training ENV shows those that there are.",
                ) from error
            raise
        return execution


def now_text(clock: Clock) -> str:
    """The time, as answers have it.

    >>> from pipelines.clock import JumpingClock
    >>> now_text(JumpingClock(90.0))
    '1970-01-01T00:01:30Z'
    """
    return datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _answered(name: str, question: Question) -> InputError:
    if question.status == "none":
        return InputError(
            f"nobody answered {name} in time: {question.model_package_arn} is rejected",
            hint="Run the training pipeline again, or approve the package in the registry.",
        )
    return InputError(
        f"{name} was {question.status} already, by {question.by} at {question.at}: "
        f"{question.reason}",
        hint="There is one answer. What became of it stands in the registry: "
        f"{question.model_package_arn}",
    )
