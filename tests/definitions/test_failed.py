"""The notice of an execution that did not succeed: what it says, and where it is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines import naming
from pipelines.asl.checker import check
from pipelines.asl.simulation import fail, simulate
from pipelines.asl.simulation.simulation import Simulation
from pipelines.definitions import failed
from pipelines.template.failed import SUBSTITUTIONS, failure_resources
from tests.environments import make_environment

HERE = "arn:aws:states:eu-central-1:000000000000"
EVENT = {
    "time": "2026-01-01T00:00:00Z",
    "detail": {
        "name": "monday",
        "executionArn": f"{HERE}:execution:demo-dev-training:monday",
        "stateMachineArn": f"{HERE}:stateMachine:demo-dev-training",
        "status": "FAILED",
    },
}


@pytest.fixture(scope="module")
def machine() -> dict[str, Any]:
    text = json.dumps(failed.define(make_environment()).document)
    text = text.replace("${Bucket}", "a-bucket").replace("${TopicArn}", "arn:aws:sns:x:1:t")
    document: dict[str, Any] = json.loads(text)
    return document


def told(machine: dict[str, Any], faults: Any = (), **details: Any) -> Simulation:
    """A run for an execution whose history ends with an event of these details."""
    last = {"Id": 9, "Timestamp": "2026-01-01T00:00:00Z", "Type": "ExecutionFailed", **details}
    answers = {
        "Last events": {"Events": [last]},
        "Tell people": {"MessageId": "1"},
        "Store": {"ETag": "e"},
    }
    return simulate(machine, EVENT, tasks=answers, faults=faults)


def test_the_checker_finds_nothing():
    document = failed.define(make_environment()).document

    assert check(document, substitutions=SUBSTITUTIONS) == []


def test_people_are_told_the_jobs_reason_and_what_to_do(machine):
    described = {"FailureReason": 'AlgorithmError: no "such" column\nage', "Environment": {}}
    details = {
        "Error": "States.TaskFailed",
        "Cause": json.dumps(described, separators=(",", ":")),
    }

    run = told(machine, ExecutionFailedEventDetails=details)

    assert run.status == "SUCCEEDED"
    notice = run.call_of("Tell people").request
    assert notice["Subject"] == "FAILED: monday"
    assert notice["Message"].splitlines() == [
        "demo-dev training FAILED: monday",
        "",
        "error    States.TaskFailed",
        'reason   AlgorithmError: no "such" column',
        "age",
        "why      python -m pipelines why monday dev",
        "kept in  s3://a-bucket/demo/dev/runs/training/monday/failure.json",
    ]


def test_the_cause_is_kept_whole(machine):
    details = {"Error": "NotGoodEnough", "Cause": "x" * 32_768}

    run = told(machine, ExecutionFailedEventDetails=details)

    request = run.call_of("Store").request
    assert (request["Bucket"], request["Key"]) == (
        "a-bucket",
        "demo/dev/runs/training/monday/failure.json",
    )
    kept = json.loads(request["Body"])
    assert kept["cause"] == details["Cause"]
    assert kept["reason"] == "x" * 2000
    assert (kept["pipeline"], kept["error"]) == ("training", "NotGoodEnough")


@pytest.mark.parametrize(
    ("details", "error"),
    [
        ({"ExecutionAbortedEventDetails": {}}, "FAILED"),
        ({"ExecutionTimedOutEventDetails": {"Error": "States.Timeout"}}, "States.Timeout"),
        ({}, "FAILED"),
    ],
    ids=["stopped", "timed out", "nothing said"],
)
def test_an_end_without_error_or_cause_is_told_too(machine, details, error):
    run = told(machine, **details)

    assert run.status == "SUCCEEDED"
    assert f"error    {error}" in run.call_of("Tell people").request["Message"]


def test_people_are_told_even_if_the_bucket_cannot_be_written(machine):
    run = told(machine, [fail("Store", "S3.NoSuchBucketException", "gone")])

    assert run.status == "FAILED"
    assert run.states[:2] == ["Last events", "Tell people"]
    assert len(run.calls_of("Tell people")) == 1


def test_the_longest_name_of_an_execution_fits_into_a_subject():
    assert len(f"TIMED_OUT: {'n' * 80}") <= 100


# The resources


def test_the_rule_hears_of_both_pipelines_and_of_no_other_state_machine():
    pattern = failure_resources(make_environment())["FailedRule"]["Properties"]["EventPattern"]

    assert set(pattern["detail"]["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    assert [arn["Fn::Sub"].rpartition(":")[2] for arn in pattern["detail"]["stateMachineArn"]] == [
        "demo-dev-training",
        "demo-dev-inference",
    ]


def test_the_state_machine_that_tells_is_not_one_that_it_tells_of():
    """Otherwise its own failure would start it again."""
    environment = make_environment()

    own = naming.failed_state_machine_name(environment)

    assert own not in {naming.state_machine_name(environment, name) for name in naming.PIPELINES}


def test_the_roles_may_do_what_the_steps_do_and_nothing_else():
    resources = failure_resources(make_environment())

    def actions(role: str) -> set[str]:
        [policy] = resources[role]["Properties"]["Policies"]
        statements = policy["PolicyDocument"]["Statement"]
        found = {action for each in statements for action in _listed(each["Action"])}
        return {action for action in found if not action.startswith("logs:")}

    assert actions("FailedRole") == {"states:GetExecutionHistory", "sns:Publish", "s3:PutObject"}
    assert actions("FailedRuleRole") == {"states:StartExecution"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
