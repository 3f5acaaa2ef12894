"""The training pipeline, run by simulate() with fakes for all that it calls."""

from __future__ import annotations

import re

import pytest

from pipelines.asl.simulation import fail, redrive, throttle
from pipelines.environment.model import Environment
from tests.definitions.executions import (
    GATE,
    METRICS,
    MODEL_URI,
    FakeAws,
    execute,
    metrics_document,
    model_package,
    substituted,
)
from tests.environments import machine, make_environment

ENVIRONMENT = make_environment()
BEGIN = ["Defaults", "Input", "Input keys", "Input right?"]
TO_THE_GATE = [
    *BEGIN,
    *("Preprocess", "Train"),
    *("Find champion", "Any champion?", "Describe champion", "Champion known?", "Champion"),
    *("Evaluate", "Read metrics", "Only to reproduce?", "Good enough?"),
]
WHOLE = make_environment(
    validation={"min_rows": 100},
    explanation={},
    gate={"metric": "roc_auc", "at_least": 0.9, "close": 0.01},
    approval="manual",
    endpoint={"realtime": {"instance_type": "ml.m5.large"}, "test": {}},
    steps={
        step: machine()
        for step in (
            *("validate_data", "preprocess", "train", "evaluate", "explain"),
            *("test_endpoint", "predict"),
        )
    },
)
BOXES = [
    *("Validate data", "Preprocess", "Train", "Find champion", "Evaluate", "Explain"),
    *("Good enough?", "Register", "Approve", "Deploy endpoint", "Test endpoint", "Done"),
]


def test_the_whole_pipeline_goes_through_its_diagram():
    run = execute(WHOLE, "training")

    assert run.status == "SUCCEEDED"
    assert [state for state in run.states if state in BOXES] == BOXES
    assert run.output["endpoint"] == "demo-dev"
    assert run.output["gate"] == GATE["reason"]


@pytest.mark.parametrize(
    ("section", "absent"),
    [
        ("validation", "Validate data"),
        ("explanation", "Explain"),
        ("gate", "Good enough?"),
        ("endpoint", "Deploy endpoint"),
    ],
)
@pytest.mark.parametrize("how", ["without the section", "enabled: false"])
def test_what_the_configuration_turns_off_is_absent_from_the_definition(section, absent, how):
    values = WHOLE.model_dump()
    off = None if how == "without the section" else {**values[section], "enabled": False}
    environment = Environment.model_validate({**values, section: off})

    assert absent not in substituted(environment, "training")["States"]
    assert absent in substituted(WHOLE, "training")["States"]
    assert execute(environment, "training").status == "SUCCEEDED"


def test_a_good_model_is_registered():
    run = execute(ENVIRONMENT, "training")

    assert run.states == [*TO_THE_GATE, "Register", "Done"]
    assert run.status == "SUCCEEDED"
    assert run.output["metrics"] == METRICS
    assert run.output["model"] == MODEL_URI
    assert (run.output["rows"], run.output["rejected"]) == (1000, 2)
    assert run.output["training"] == {"rows": 4000, "rejected": 3}
    evaluation = run.request_of("Evaluate")["ProcessingJobName"]
    assert run.output["report"] == (
        f"s3://a-bucket/demo/dev/runs/training/run-1/{evaluation}/evaluation/report.html"
    )


def test_a_model_that_does_not_pass_the_gate_fails_with_the_reason_that_evaluate_gave():
    aws = FakeAws()
    reason = "roc_auc is 0.8999, and at least 0.9 is wanted"
    aws.documents["evaluation/metrics.json"] = metrics_document(
        gate={"passed": False, "close": True, "reason": reason, "recorded": "0.8999"}
    )

    run = execute(ENVIRONMENT, "training", aws)

    assert run.states == [*TO_THE_GATE, "Not good enough"]
    assert (run.status, run.error, run.cause) == ("FAILED", "NotGoodEnough", reason)


def test_data_that_are_not_as_expected_stop_it_before_anything_is_spent():
    aws = FakeAws()
    aws.documents["validation/summary.json"] = {
        "passed": False,
        "errors": 1,
        "warnings": 0,
        "reason": "income has one value",
    }

    run = execute(WHOLE, "training", aws)

    assert (run.status, run.error) == ("FAILED", "DataWrong")
    assert run.cause is not None
    assert "income has one value" in run.cause
    assert "Preprocess" not in run.states


def test_manual_approval_registers_the_model_as_pending():
    run = execute(make_environment(approval="manual"), "training")

    assert run.request_of("Register")["ModelApprovalStatus"] == "PendingManualApproval"


def test_the_model_package_records_what_inference_checks_and_what_made_it():
    run = execute(ENVIRONMENT, "training")

    recorded = run.request_of("Register")["CustomerMetadataProperties"]
    assert {
        "model_sha256": "ab" * 32,
        "preprocessor_sha256": "cd" * 32,
        "algorithm": "hist_gradient_boosting",
        "execution_arn": "arn:aws:states:eu-central-1:000000000000:execution:m:run-1",
        "parent_model": model_package()["ModelPackageArn"],
        "git_commit": "f" * 40,
        "training_sha256": "12" * 32,
    }.items() <= recorded.items()
    assert all(len(value) <= 256 for value in recorded.values())
    assert len(recorded) <= 50


def test_every_attempt_has_a_job_name_and_a_folder_of_its_own():
    run = execute(ENVIRONMENT, "training", faults=[throttle("Preprocess", times=1)])

    first, second = (call.request for call in run.calls_of("Preprocess"))
    assert run.status == "SUCCEEDED"
    assert re.fullmatch(r"demo-dev-preprocess-[0-9a-f]{12}-0-0", first["ProcessingJobName"])
    assert second["ProcessingJobName"] == first["ProcessingJobName"][:-1] + "1"
    for request in (first, second):
        for output in request["ProcessingOutputConfig"]["Outputs"]:
            assert request["ProcessingJobName"] in output["S3Output"]["S3Uri"]
    channels = run.request_of("Train")["InputDataConfig"]
    assert all(
        second["ProcessingJobName"] in channel["DataSource"]["S3DataSource"]["S3Uri"]
        for channel in channels
    )


def test_a_job_that_failed_fails_the_execution_with_its_own_error_and_can_be_redriven():
    faults = [fail("Train", "States.TaskFailed", "exit code 3")]

    run = execute(ENVIRONMENT, "training", faults=faults)
    again = redrive(run, tasks=FakeAws().tasks)

    assert (run.error, run.cause) == ("States.TaskFailed", "exit code 3")
    assert again.status == "SUCCEEDED"
    called = [call.state for call in again.calls]
    assert (called[0], "Preprocess" in called) == ("Train", False)


def test_the_input_can_name_other_data():
    run = execute(ENVIRONMENT, "training", input={"training_data": "s3://a-bucket/data/other.csv"})

    uris = {
        item["InputName"]: item["S3Input"]["S3Uri"]
        for item in run.request_of("Preprocess")["ProcessingInputs"]
    }
    assert uris["training"] == "s3://a-bucket/data/other.csv"
    assert uris["test"] == "s3://a-bucket/data/test.csv"


@pytest.mark.parametrize(
    "input",
    [
        {"trainig_data": "s3://a-bucket/data/other.csv"},
        {"training_data": "s3://another-bucket/data/other.csv"},
        {"training_data": "s3://a-bucket/elsewhere/other.csv"},
        {"training_data": 7},
        {"training_data": None},
    ],
)
def test_input_that_is_not_in_the_schema_fails_before_any_job(input):
    run = execute(ENVIRONMENT, "training", input=input)

    assert (run.error, run.states[-1]) == ("InputWrong", "Input wrong")
    assert run.cause is not None
    assert "training_data: s3://a-bucket/data/*" in run.cause
    assert run.calls == ()


def test_without_a_test_file_the_test_rows_come_from_the_training_data():
    aws = FakeAws()
    data = {
        "training": "s3://${bucket}/data/train.csv",
        "inference": "s3://${bucket}/data/people.csv",
        "test_fraction": 0.25,
    }

    run = execute(make_environment(data=data), "training", aws)

    request = run.request_of("Preprocess")
    arguments = request["AppSpecification"]["ContainerArguments"]
    assert run.status == "SUCCEEDED"
    assert [item["InputName"] for item in request["ProcessingInputs"]] == ["code", "training"]
    assert arguments[arguments.index("--test-fraction") + 1] == "0.25"
