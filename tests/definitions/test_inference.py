"""The inference pipeline, run by simulate() with fakes for all that it calls."""

from __future__ import annotations

import pytest

from tests.definitions.executions import BEFORE_URI, FakeAws, execute, model_package
from tests.environments import make_environment

ENVIRONMENT = make_environment()
BEGIN = ["Defaults", "Input", "Input keys", "Input right?"]
SCORE = ["Approved?", "Preprocess", "Predict", "Read summary", "Done"]
ARN = "arn:aws:sagemaker:eu-central-1:000000000000:model-package/demo-dev-models/3"


def test_the_latest_approved_model_scores_every_row():
    run = execute(ENVIRONMENT, "inference")

    assert run.states == [
        *BEGIN,
        *("Which model?", "Choose model", "Any approved?", "Latest model", "Describe model"),
        *SCORE,
    ]
    job = run.request_of("Predict")["ProcessingJobName"]
    assert run.output == {
        "model_package_arn": model_package()["ModelPackageArn"],
        "predictions": f"s3://a-bucket/demo/dev/runs/inference/run-1/{job}/predictions/predictions.csv",
        "rows": 10,
        "predicted": 9,
        "rejected": 1,
    }


def test_only_approved_models_of_this_environment_are_looked_for():
    run = execute(ENVIRONMENT, "inference")

    assert run.request_of("Choose model") == {
        "ModelPackageGroupName": "demo-dev-models",
        "ModelApprovalStatus": "Approved",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 50,
    }


def test_an_empty_page_with_a_token_is_not_the_end():
    """SageMaker may cut a page before it filters it."""
    run = execute(ENVIRONMENT, "inference", FakeAws(empty_pages=2))

    assert run.status == "SUCCEEDED"
    assert run.states.count("Next page") == 2


def test_empty_pages_to_the_end_are_no_approved_model():
    run = execute(ENVIRONMENT, "inference", FakeAws(empty_pages=2, packages=[]))

    assert run.error == "NoApprovedModel"


def test_a_model_package_of_another_account_is_refused():
    arn = ARN.replace("000000000000", "111111111111")

    run = execute(ENVIRONMENT, "inference", input={"model_package": arn})

    assert run.error == "InputWrong"


def test_no_approved_model_says_what_to_do():
    run = execute(ENVIRONMENT, "inference", FakeAws(packages=[]))

    assert (run.states[-1], run.error) == ("No approved model", "NoApprovedModel")
    assert run.cause is not None
    assert "python -m pipelines run training dev" in run.cause


def test_the_input_can_name_a_model_package():
    aws = FakeAws(packages=[model_package(ModelPackageArn=ARN)])

    run = execute(ENVIRONMENT, "inference", aws, {"model_package": ARN})

    assert run.states == [*BEGIN, "Which model?", "Describe model", *SCORE]
    assert run.request_of("Describe model") == {"ModelPackageName": ARN}
    assert run.output["model_package_arn"] == ARN


@pytest.mark.parametrize(
    "package",
    [
        model_package(ModelApprovalStatus="Rejected"),
        # Registered by someone else: without digests there is nothing to check the archive by.
        model_package(CustomerMetadataProperties={}),
    ],
)
def test_a_model_that_is_not_approved_or_not_ours_is_refused(package):
    aws = FakeAws(packages=[package])

    run = execute(ENVIRONMENT, "inference", aws, {"model_package": ARN})

    assert (run.states[-1], run.error) == ("Not approved", "ModelNotApproved")
    assert run.cause is not None
    assert ARN in run.cause


def test_a_model_of_another_environment_is_refused():
    arn = ARN.replace("demo-dev-models", "demo-prod-models")

    run = execute(ENVIRONMENT, "inference", input={"model_package": arn})

    assert run.error == "InputWrong"


def test_both_jobs_mount_the_one_archive_and_are_told_its_digest():
    run = execute(ENVIRONMENT, "inference")

    for state in ("Preprocess", "Predict"):
        request = run.request_of(state)
        uris = {item["InputName"]: item["S3Input"]["S3Uri"] for item in request["ProcessingInputs"]}
        arguments = request["AppSpecification"]["ContainerArguments"]
        assert uris["model"] == BEFORE_URI
        assert arguments[arguments.index("--model-sha256") + 1] == "ef" * 32
