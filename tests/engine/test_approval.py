"""Approve on the engine: table, topic, token, registry and command together, nothing faked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines import naming
from pipelines.aws import connect
from pipelines.clock import RealClock
from pipelines.definitions.definition import render
from pipelines.errors import InputError
from pipelines.execution.approvals import Answer, Approvals, Question
from pipelines.sdk import Expression, Pass
from pipelines.steps.approve import approve
from pipelines.steps.step import Scope
from tests.engine.running import eventually
from tests.engine.whole import Whole
from tests.environments import make_environment

ENVIRONMENT = make_environment(engine="local", approval="manual", gate=None)
TABLE = naming.approvals_table_name(ENVIRONMENT)
GROUP = naming.model_package_group_name(ENVIRONMENT)
YES = Answer("approved", "ann", "2026-01-02T03:04:05Z", "it's fine")
NO = Answer("rejected", "bob", "2026-01-02T03:04:06Z", "too slow")


class Approving(Whole):
    """An engine with what the foundation has, and machines that do nothing but ask."""

    def prepare(self) -> None:
        self.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "execution_arn", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "execution_arn", "KeyType": "HASH"}],
        )
        self.topic = self.client("sns").create_topic(Name=naming.topic_name(ENVIRONMENT))
        sqs = self.client("sqs")
        self.queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
        queue_arn = sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        self.client("sns").subscribe(
            TopicArn=self.topic["TopicArn"],
            Protocol="sqs",
            Endpoint=queue_arn["Attributes"]["QueueArn"],
        )
        self.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)

    def ask(self, name: str, within_s: int | None = None) -> tuple[str, str]:
        """Start an execution that asks about a new package; the ARNs of both."""
        package = self.client("sagemaker").create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [{"Image": "i", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )["ModelPackageArn"]
        input = {
            "Register": {"ModelPackageArn": package},
            "Evaluation": {"document": {"metrics": {"roc_auc": 0.905}}},
        }
        machine = self.machine(self._states(within_s), name)
        return self.start(machine, input, name=name), package

    def _states(self, within_s: int | None) -> dict[str, Any]:
        segment = approve(
            Scope(ENVIRONMENT, "training", "c" * 64),
            "$.Evaluation.document",
            report=Expression("States.Format('s3://${Bucket}/report.html')"),
        )
        if within_s is not None:
            # Less than the configuration takes: nobody waits a minute for a test.
            segment.steps[0].state.fields["timeout_seconds"] = within_s
        segment.then(Pass("Done"))
        text = json.dumps(render(segment.start, "")["States"])
        for key, value in {
            "Bucket": "bucket",
            "ApprovalsTable": TABLE,
            "TopicArn": self.topic["TopicArn"],
        }.items():
            text = text.replace(f"${{{key}}}", value)
        states: dict[str, Any] = json.loads(text)
        return states

    def approvals(self) -> Approvals:
        return Approvals(connect(ENVIRONMENT, endpoint_url=self.url), TABLE, RealClock())

    def question(self, execution: str) -> Question:
        """The question, once it is put."""
        found: list[Question] = []

        def asked() -> bool:
            try:
                found.append(self.approvals().waiting(execution))
            except InputError:
                return False
            return True

        eventually(asked, 10)
        return found[-1]

    def heard(self) -> dict[str, Any]:
        """The next message of the topic's."""
        received = self.client("sqs").receive_message(QueueUrl=self.queue, WaitTimeSeconds=10)
        message: dict[str, Any] = json.loads(received["Messages"][0]["Body"])
        return message

    def package(self, arn: str) -> dict[str, Any]:
        package: dict[str, Any] = self.client("sagemaker").describe_model_package(
            ModelPackageName=arn
        )
        return package


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Approving]:
    engine = Approving(tmp_path_factory.mktemp("engine") / ".local")
    engine.prepare()
    yield engine
    engine.close()


def test_people_hear_of_the_question_and_the_first_answer_counts(engine: Approving) -> None:
    execution, package = engine.ask("monday")
    question = engine.question(execution)
    message = engine.heard()
    assert question.model_package_arn == package
    assert 'python -m pipelines approve monday dev --reason "…"' in message["Message"]
    assert message["MessageAttributes"]["task_token"]["Value"] == question.token

    engine.approvals().answer(execution, question, YES)
    with pytest.raises(InputError, match="was approved already, by ann"):
        engine.approvals().answer(execution, question, NO)

    assert engine.ended(execution)["status"] == "SUCCEEDED"
    registered = engine.package(package)
    assert registered["ModelApprovalStatus"] == "Approved"
    assert registered["ApprovalDescription"] == (
        "Approved by ann at 2026-01-02T03:04:05Z: it's fine"
    )
    with pytest.raises(InputError, match="was approved already, by ann"):
        engine.approvals().waiting(execution)


def test_a_rejected_model_is_rejected_in_the_registry_too(engine: Approving) -> None:
    execution, package = engine.ask("tuesday")

    engine.approvals().answer(execution, engine.question(execution), NO)

    ended = engine.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "Rejected")
    assert "by bob at 2026-01-02T03:04:06Z: too slow" in ended["cause"]
    assert engine.package(package)["ModelApprovalStatus"] == "Rejected"


def test_an_answer_that_comes_too_late_changes_nothing(engine: Approving) -> None:
    execution, package = engine.ask("wednesday", within_s=2)
    question = engine.question(execution)
    ended = engine.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "NotApprovedInTime")

    with pytest.raises(InputError, match="nobody answered wednesday in time"):
        engine.approvals().answer(execution, question, YES)

    assert engine.package(package)["ModelApprovalStatus"] == "Rejected"


def test_a_stopped_execution_is_not_answered_until_it_asks_again(engine: Approving) -> None:
    execution, package = engine.ask("thursday")
    stale = engine.question(execution)
    states = engine.client("stepfunctions")
    states.stop_execution(executionArn=execution)
    with pytest.raises(InputError, match=r"does not wait .* \(ABORTED\)"):
        engine.approvals().answer(execution, stale, YES)
    assert engine.package(package)["ModelApprovalStatus"] == "PendingManualApproval"

    states.redrive_execution(executionArn=execution)
    fresh = engine.question(execution)
    engine.approvals().answer(execution, fresh, YES)

    assert fresh.token != stale.token
    assert engine.ended(execution)["status"] == "SUCCEEDED"
    assert engine.package(package)["ModelApprovalStatus"] == "Approved"
