"""Deploying, testing and taking back an endpoint, at every point at which it can fail."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from pipelines.asl.checker import check
from pipelines.asl.simulation import Fault, Simulation, fail, redrive, simulate
from pipelines.execution.redrive import obstacle
from pipelines.execution.view import view_of
from pipelines.sdk import Expression
from pipelines.steps.hosted_model import as_configured
from tests.steps.hosting import BEFORE, FakeHosting, definition, environment

NEW = "demo-dev-serve-0123456789ab-0"
OLD = "demo-dev-serve-before000000-0"
MACHINE = definition(environment())
TASKS = [name for name, state in MACHINE["States"].items() if state["Type"] == "Task"]


def run(aws: FakeHosting, *faults: Fault, machine: dict[str, Any] = MACHINE) -> Simulation:
    # The checker has passed this machine in a test of its own.
    return simulate(machine, BEFORE, tasks=aws, faults=faults, check=False)


def serves_alone(aws: FakeHosting, name: str) -> bool:
    """Whether the endpoint serves with this, scales, and there is nothing else of it."""
    state = (aws.serves, aws.status, aws.models, aws.configurations, aws.scaled is None)
    return state == (name, "InService", {name}, {name: name}, False)


def nothing_is_left(aws: FakeHosting) -> bool:
    return (aws.serves, aws.models, aws.configurations, aws.scaled) == (None, set(), {}, None)


@cache
def findings(kind: str) -> tuple[str, ...]:
    kinds: dict[str, dict[str, Any]] = {
        "scaling": {},
        "plain": {"realtime": {"instance_type": "ml.m5.large"}, "test": None},
        "serverless": {"serverless": {"memory_mb": 2048, "max_concurrency": 5}},
        "watched": {
            "alarms": {"max_error_share": 0.01, "max_latency_ms": 200.0},
            "update": {"first": 0.1, "bake_s": 600, "max_s": 7200},
            "data_capture": 0.25,
        },
    }
    return tuple(map(str, check(definition(environment(**kinds[kind])))))


@pytest.mark.parametrize("kind", ["scaling", "plain", "serverless", "watched"])
def test_the_states_break_no_rule_and_call_for_no_warning(kind):
    assert findings(kind) == ()


def test_the_first_model_gets_a_new_endpoint():
    aws = FakeHosting()

    done = run(aws)

    assert done.status == "SUCCEEDED"
    assert serves_alone(aws, NEW)
    assert aws.scaled == (1, 3)
    assert done.output["EndpointName"] == "demo-dev"
    assert (done.output["EndpointConfigName"], done.output["previous"]) == (NEW, "none")
    assert "Update endpoint" not in done.states


def test_a_later_model_takes_the_endpoint_over_and_what_it_supersedes_is_removed():
    aws = FakeHosting.serving(OLD)

    done = run(aws)

    assert done.status == "SUCCEEDED"
    assert serves_alone(aws, NEW)
    assert done.output["previous"] == OLD
    # An endpoint that scales is not updated: scaling stops before and starts after.
    order = ["deregisterScalableTarget", "updateEndpoint", "registerScalableTarget"]
    assert [name for name in aws.log if name in order] == order


def test_a_configuration_that_others_made_is_superseded_and_not_deleted():
    aws = FakeHosting.serving("made-by-hand")

    done = run(aws)

    assert done.status == "SUCCEEDED"
    assert aws.serves == NEW
    assert "made-by-hand" in aws.configurations


def test_what_is_superseded_and_cannot_be_deleted_is_noted():
    aws = FakeHosting.serving(OLD)

    done = run(aws, fail("Remove superseded model", "SageMaker.SageMakerException", "denied"))

    assert done.status == "SUCCEEDED"
    assert done.output["kept_model"]["Cause"] == "denied"


def test_an_endpoint_that_another_execution_changes_is_waited_for():
    aws = FakeHosting.serving(OLD, looks=30)
    other = "demo-dev-serve-another00000-0"
    aws.configurations[other] = other
    aws.models.add(other)
    aws.updateEndpoint({"EndpointName": "demo-dev", "EndpointConfigName": other})

    done = run(aws)

    assert done.status == "SUCCEEDED"
    assert done.output["previous"] == other
    assert aws.serves == NEW


def test_an_endpoint_that_failed_long_ago_is_cleared_away():
    aws = FakeHosting.serving(OLD)
    aws.status = "Failed"

    done = run(aws)

    assert done.status == "SUCCEEDED"
    assert "Clear failed endpoint" in done.states
    assert aws.serves == NEW


@pytest.mark.parametrize("before", [None, OLD])
def test_an_endpoint_that_does_not_come_up_is_taken_back_with_its_reason(before):
    aws = FakeHosting() if before is None else FakeHosting.serving(before)
    aws.breaks = lambda name: name == NEW

    done = run(aws)

    assert (done.status, done.error) == ("FAILED", "EndpointNotInService")
    assert done.cause is not None
    assert "no ping" in done.cause
    assert "what served before serves" in done.cause
    assert nothing_is_left(aws) if before is None else serves_alone(aws, before)


@pytest.mark.parametrize("before", [None, OLD])
def test_an_endpoint_that_fails_its_test_is_taken_back_with_the_reason(before):
    aws = FakeHosting() if before is None else FakeHosting.serving(before)
    aws.verdict = {"passed": False, "reason": "row 3: another class"}

    done = run(aws)

    assert (done.status, done.error) == ("FAILED", "EndpointTestFailed")
    assert done.cause is not None
    assert done.cause.startswith("row 3: another class ")
    assert nothing_is_left(aws) if before is None else serves_alone(aws, before)


TAKING_BACK = (
    *("Look what is left", "Restore endpoint", "Remove endpoint", "Restart scaling"),
    *("Reset scaling policy", "Remove endpoint configuration", "Remove model"),
)


def test_a_test_that_found_no_machine_is_run_again_and_takes_nothing_back():
    aws = FakeHosting.serving(OLD)
    cause = '{"ProcessingJobStatus":"Failed","FailureReason":"CapacityError: no machine"}'

    done = run(aws, fail("Test endpoint", "States.TaskFailed", cause, times=2))

    assert done.status == "SUCCEEDED"
    names = [call.request["ProcessingJobName"] for call in done.calls_of("Test endpoint")]
    assert len(set(names)) == 3
    assert serves_alone(aws, NEW)


def test_a_test_that_cannot_be_run_takes_the_deployment_back():
    aws = FakeHosting.serving(OLD)
    cause = '{"ProcessingJobStatus":"Failed","FailureReason":"AlgorithmError: no golden.json"}'

    done = run(aws, fail("Test endpoint", "States.TaskFailed", cause))

    assert done.status == "FAILED"
    assert done.cause is not None
    assert "no golden.json" in done.cause
    assert serves_alone(aws, OLD)


@pytest.mark.parametrize("before", [None, OLD])
@pytest.mark.parametrize("kind", ["refused", "lost", "once"])
@pytest.mark.parametrize("state", TASKS)
def test_wherever_it_fails_nothing_half_made_is_left(state, kind, before):
    """Refused: the call is never made. Lost: it is made, and never answered. Once: only at first.

    Only what cannot be looked at, or not be taken back, stays; and the reason names it.
    """
    aws = FakeHosting() if before is None else FakeHosting.serving(before)
    # Those that take back are reached only if something else has failed.
    aws.verdict = {"passed": state not in TAKING_BACK, "reason": "as the test wants it"}
    operation = MACHINE["States"][state]["Resource"].rsplit(":", 1)[1]
    fault = fail(state, "SageMaker.SageMakerException", "no", times=1 if kind == "once" else None)
    if kind == "lost":
        aws.lose = frozenset({operation})

    done = run(aws, *([] if kind == "lost" else [fault]))

    if done.status == "SUCCEEDED":
        assert (aws.serves, aws.status) == (NEW, "InService")
        assert {*aws.models, *aws.configurations} == {NEW} or "kept_" in str(done.output)
        return
    assert done.states[-1] == "Deployment taken back"
    assert done.cause is not None
    if (kind == "refused" and state in TAKING_BACK) or operation == "describeEndpoint":
        assert "could not be taken back" not in done.cause or NEW in done.cause
    else:
        assert "could not be taken back" not in done.cause
        assert nothing_is_left(aws) if before is None else serves_alone(aws, before)


@pytest.mark.parametrize("before", [None, OLD])
@pytest.mark.parametrize(
    "state", ["Create model", "Create endpoint configuration", "Test endpoint", "Look at endpoint"]
)
def test_redriven_it_deploys_again_under_new_names(state, before):
    aws = FakeHosting() if before is None else FakeHosting.serving(before)
    failed = run(aws, fail(state, "SageMaker.SageMakerException", "no"))
    assert failed.status == "FAILED"

    done = redrive(failed, tasks=aws)

    assert done.status == "SUCCEEDED"
    assert serves_alone(aws, "demo-dev-serve-0123456789ab-1")


def test_a_redrive_is_offered_for_what_was_taken_back():
    aws = FakeHosting()
    aws.verdict = {"passed": False, "reason": "slow"}
    first = run(aws)

    for failed in (first, redrive(first, tasks=aws)):
        at = [datetime.fromtimestamp(event["timestamp"], UTC) for event in failed.history]
        events = [{**e, "timestamp": t} for e, t in zip(failed.history, at, strict=True)]
        assert obstacle({"status": "FAILED"}, view_of(events), is_redeployed=False) is None


def test_what_could_not_be_taken_back_is_superseded_by_the_redrive():
    aws = FakeHosting()
    aws.verdict = {"passed": False, "reason": "slow"}
    failed = run(aws, fail("Remove endpoint", "SageMaker.SageMakerException", "denied"))
    assert aws.serves == NEW
    aws.verdict = {"passed": True, "reason": ""}

    done = redrive(failed, tasks=aws)

    assert done.status == "SUCCEEDED"
    assert serves_alone(aws, "demo-dev-serve-0123456789ab-1")


def test_an_endpoint_that_never_settles_is_not_waited_for_for_ever():
    aws = FakeHosting(looks=10_000)

    done = run(aws)

    assert done.status == "FAILED"
    assert done.cause is not None
    assert "Creating" in done.cause
    assert "could not be taken back" in done.cause
    # Both loops: deploying, and taking back. History: 25,000 events at the most.
    assert 3600 < done.seconds < 5 * 3600
    assert len(done.history) < 3_000


def test_the_waits_begin_with_a_second():
    """On a machine where an endpoint is up in three seconds, nobody waits for fifteen."""
    assert run(FakeHosting(looks=1)).seconds < 10


def test_traffic_moves_in_two_steps_and_alarms_move_it_back():
    aws = FakeHosting.serving(OLD)
    watched = environment(
        alarms={"max_error_share": 0.01, "max_latency_ms": 200.0},
        update={"first": 0.1, "bake_s": 600, "max_s": 7200},
        data_capture=0.25,
    )

    done = run(aws, machine=definition(watched))

    assert done.request_of("Update endpoint") == {
        "EndpointName": "demo-dev",
        "EndpointConfigName": NEW,
        "DeploymentConfig": {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 600,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
                },
                "TerminationWaitInSeconds": 0,
                "MaximumExecutionTimeoutInSeconds": 7200,
            },
            "AutoRollbackConfiguration": {
                "Alarms": [
                    {"AlarmName": "demo-dev-endpoint-errors"},
                    {"AlarmName": "demo-dev-endpoint-latency"},
                ]
            },
        },
        "RetainAllVariantProperties": True,
        "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DataCaptureConfig"}],
    }
    configuration = done.request_of("Create endpoint configuration")
    assert configuration["DataCaptureConfig"]["InitialSamplingPercentage"] == 25
    assert configuration["DataCaptureConfig"]["DestinationS3Uri"] == (
        "s3://a-bucket/demo/dev/captured"
    )


def test_without_alarms_traffic_moves_at_once_and_nothing_is_waited_for():
    aws = FakeHosting.serving(OLD)

    done = run(aws)

    deployment = done.request_of("Update endpoint")["DeploymentConfig"]
    assert deployment["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"] == {
        "Type": "ALL_AT_ONCE",
        "WaitIntervalInSeconds": 0,
    }
    assert "AutoRollbackConfiguration" not in deployment


def test_serverless_has_memory_and_no_machines():
    serverless = environment(serverless={"memory_mb": 2048, "max_concurrency": 5})
    aws = FakeHosting.serving(OLD)
    machine = definition(serverless)

    done = run(aws, machine=machine)

    [variant] = done.request_of("Create endpoint configuration")["ProductionVariants"]
    assert variant == {
        "VariantName": "AllTraffic",
        "ModelName": NEW,
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
    }
    # Guardrails are for real-time endpoints.
    assert "DeploymentConfig" not in done.request_of("Update endpoint")
    assert not {"Stop scaling", "Start scaling"} & machine["States"].keys()


def test_the_model_is_served_by_the_code_of_the_execution_and_knows_its_digest():
    section = environment().endpoint
    assert section is not None

    done = run(FakeHosting())

    request = done.request_of("Create model")
    assert request["ModelName"] == NEW
    assert request["ExecutionRoleArn"] == "arn:aws:iam::000000000000:role/jobs"
    container = request["PrimaryContainer"]
    assert container["ModelDataUrl"] == BEFORE["Train"]["model"]
    assert container["Environment"] == {
        "SAGEMAKER_PROGRAM": "jobs.inference",
        "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://a-bucket/demo/dev/code/{'c' * 64}/sourcedir.tar.gz",
        "PYTHONPATH": "/opt/ml/code",
        "MODEL_SHA256": "ab" * 32,
        "ENDPOINT_SHA256": as_configured(section),
    }


def test_the_test_reads_the_golden_rows_and_knows_the_limits():
    tested = environment(test={"max_p99_ms": 50.0, "min_requests_per_s": 20.0})
    old = Expression("$.Train.model")

    done = run(FakeHosting(), machine=definition(tested, old_model_uri=old))

    request = done.request_of("Test endpoint")
    inputs = {each["InputName"]: each["S3Input"]["S3Uri"] for each in request["ProcessingInputs"]}
    assert request["ProcessingJobName"].startswith("demo-dev-test-0123456789ab-")
    assert inputs["evaluation"] == "s3://a-bucket/demo/dev/runs/evaluate-1/evaluation/"
    assert inputs["old"] == BEFORE["Train"]["model"]
    assert request["AppSpecification"]["ContainerEntrypoint"][-1] == "jobs.test_endpoint"
    arguments = request["AppSpecification"]["ContainerArguments"]
    assert arguments[arguments.index("--max-p99-ms") + 1] == "50.0"
    assert arguments[arguments.index("--min-requests-per-s") + 1] == "20.0"


def test_without_a_test_the_endpoint_is_taken_over_as_soon_as_it_is_in_service():
    machine = definition(environment(test=None))

    done = run(FakeHosting(), machine=machine)

    assert done.status == "SUCCEEDED"
    assert "Test endpoint" not in machine["States"]
