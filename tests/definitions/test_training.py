"""The training pipeline, run by the interpreter with fakes for all that it calls."""

from __future__ import annotations

import re

import pytest

from pipelines.asl.interpreter import TaskFailed
from tests.definitions.executions import METRICS, MODEL_URI, FakeAws, execute
from tests.environments import make_environment

ENVIRONMENT = make_environment()
TO_THE_GATE = [
    *("Defaults", "Input", "Input keys", "Input right?"),
    *("Preprocess", "Train", "Evaluate", "Read metrics", "Good enough?"),
]


def test_a_good_model_is_registered():
    aws = FakeAws()

    outcome, states = execute(ENVIRONMENT, "training", aws)

    assert states == [*TO_THE_GATE, "Register", "Done"]
    assert outcome.status == "SUCCEEDED"
    assert outcome.output["metrics"] == METRICS
    assert outcome.output["model"] == MODEL_URI
    assert (outcome.output["rows"], outcome.output["rejected"]) == (1000, 2)
    assert outcome.output["training"] == {"rows": 4000, "rejected": 3}
    evaluation = aws.request("Evaluate")["ProcessingJobName"]
    assert outcome.output["report"] == (
        f"s3://a-bucket/demo/dev/runs/training/run-1/{evaluation}/evaluation/report.html"
    )


def test_a_model_below_the_gate_fails_with_the_numbers_in_the_cause():
    aws = FakeAws()
    aws.documents["evaluation/metrics.json"]["metrics"] = {"roc_auc": 0.8999}

    outcome, states = execute(ENVIRONMENT, "training", aws)

    assert states == [*TO_THE_GATE, "Not good enough"]
    assert (outcome.status, outcome.error) == ("FAILED", "NotGoodEnough")
    assert outcome.cause is not None
    assert "roc_auc at least 0.9; the model has 0.8999 on 1000 test rows" in outcome.cause


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

    outcome, _ = execute(make_environment(gate=gate), "training", aws)

    assert (outcome.status == "SUCCEEDED") is passes


def test_manual_approval_registers_the_model_as_pending():
    aws = FakeAws()

    execute(make_environment(approval="manual"), "training", aws)

    assert aws.request("Register")["ModelApprovalStatus"] == "PendingManualApproval"


def test_the_model_package_records_what_inference_checks_and_what_made_it():
    aws = FakeAws()

    execute(ENVIRONMENT, "training", aws)

    assert aws.request("Register")["CustomerMetadataProperties"] == {
        "model_sha256": "ab" * 32,
        "preprocessor_sha256": "cd" * 32,
        "algorithm": "hist_gradient_boosting",
        "code_sha256": "c" * 64,
        "execution_arn": "arn:aws:states:eu-central-1:000000000000:execution:m:run-1",
    }


def test_every_attempt_has_a_job_name_and_a_folder_of_its_own():
    aws = FakeAws(
        failing={"Preprocess": [TaskFailed("SageMaker.AmazonSageMakerException", "throttled")]}
    )

    outcome, _ = execute(ENVIRONMENT, "training", aws)

    first, second = (call.parameters for call in aws.calls if call.state == "Preprocess")
    assert outcome.status == "SUCCEEDED"
    assert re.fullmatch(r"demo-dev-preprocess-[0-9a-f]{12}-0-0", first["ProcessingJobName"])
    assert second["ProcessingJobName"] == first["ProcessingJobName"][:-1] + "1"
    for request in (first, second):
        for output in request["ProcessingOutputConfig"]["Outputs"]:
            assert request["ProcessingJobName"] in output["S3Output"]["S3Uri"]
    channels = aws.request("Train")["InputDataConfig"]
    assert all(
        second["ProcessingJobName"] in channel["DataSource"]["S3DataSource"]["S3Uri"]
        for channel in channels
    )


def test_a_job_that_failed_fails_the_execution_where_it_stands():
    aws = FakeAws(failing={"Train": [TaskFailed("States.TaskFailed", "exit code 3")]})

    outcome, states = execute(ENVIRONMENT, "training", aws)

    assert states[-1] == "Train"
    assert (outcome.error, outcome.cause) == ("States.TaskFailed", "exit code 3")


def test_the_input_can_name_other_data():
    aws = FakeAws()

    execute(ENVIRONMENT, "training", aws, {"training_data": "s3://a-bucket/data/other.csv"})

    uris = {
        item["InputName"]: item["S3Input"]["S3Uri"]
        for item in aws.request("Preprocess")["ProcessingInputs"]
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
    aws = FakeAws()

    outcome, states = execute(ENVIRONMENT, "training", aws, input)

    assert (outcome.error, states[-1]) == ("InputWrong", "Input wrong")
    assert outcome.cause is not None
    assert "training_data: s3://a-bucket/data/*" in outcome.cause
    assert aws.calls == []


def test_without_a_test_file_the_test_rows_come_from_the_training_data():
    aws = FakeAws()
    data = {
        "training": "s3://${bucket}/data/train.csv",
        "inference": "s3://${bucket}/data/people.csv",
        "test_fraction": 0.25,
    }

    outcome, _ = execute(make_environment(data=data), "training", aws)

    request = aws.request("Preprocess")
    arguments = request["AppSpecification"]["ContainerArguments"]
    assert outcome.status == "SUCCEEDED"
    assert [item["InputName"] for item in request["ProcessingInputs"]] == ["code", "training"]
    assert arguments[arguments.index("--test-fraction") + 1] == "0.25"
