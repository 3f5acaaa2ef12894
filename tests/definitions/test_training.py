"""The training pipeline, run by simulate() with fakes for all that it calls."""

from __future__ import annotations

import re

import pytest

from pipelines.asl.simulation import fail, throttle
from tests.definitions.executions import METRICS, MODEL_URI, FakeAws, execute
from tests.environments import make_environment

ENVIRONMENT = make_environment()
TO_THE_GATE = [
    *("Defaults", "Input", "Input keys", "Input right?"),
    *("Preprocess", "Train", "Evaluate", "Read metrics", "Good enough?"),
]


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


def test_a_model_below_the_gate_fails_with_the_numbers_in_the_cause():
    aws = FakeAws()
    aws.documents["evaluation/metrics.json"]["metrics"] = {"roc_auc": 0.8999}

    run = execute(ENVIRONMENT, "training", aws)

    assert run.states == [*TO_THE_GATE, "Not good enough"]
    assert (run.status, run.error) == ("FAILED", "NotGoodEnough")
    assert run.cause is not None
    assert "roc_auc at least 0.9; the model has 0.8999 on 1000 test rows" in run.cause


@pytest.mark.parametrize(
    ("gate", "value", "passes"),
    [
        ({"metric": "error", "at_most": 0.05}, 0.05, True),
        ({"metric": "error", "at_most": 0.05}, 0.0501, False),
        ({"metric": "roc_auc", "at_least": 0.9}, 0.9, True),
        # One class in the test rows: the metric is undefined, and no model passes by that.
        ({"metric": "roc_auc", "at_least": 0.9}, None, False),
    ],
)
def test_the_gate_takes_its_bound_and_refuses_what_is_beyond(gate, value, passes):
    aws = FakeAws()
    aws.documents["evaluation/metrics.json"]["metrics"] = {gate["metric"]: value}

    run = execute(make_environment(gate=gate), "training", aws)

    assert (run.status == "SUCCEEDED") is passes


def test_manual_approval_registers_the_model_as_pending():
    run = execute(make_environment(approval="manual"), "training")

    assert run.request_of("Register")["ModelApprovalStatus"] == "PendingManualApproval"


def test_the_model_package_records_what_inference_checks_and_what_made_it():
    run = execute(ENVIRONMENT, "training")

    assert run.request_of("Register")["CustomerMetadataProperties"] == {
        "model_sha256": "ab" * 32,
        "preprocessor_sha256": "cd" * 32,
        "algorithm": "hist_gradient_boosting",
        "code_sha256": "c" * 64,
        "execution_arn": "arn:aws:states:eu-central-1:000000000000:execution:m:run-1",
    }


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


def test_a_job_that_failed_fails_the_execution_where_it_stands():
    faults = [fail("Train", "States.TaskFailed", "exit code 3")]

    run = execute(ENVIRONMENT, "training", faults=faults)

    assert run.states[-1] == "Train"
    assert (run.error, run.cause) == ("States.TaskFailed", "exit code 3")


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
