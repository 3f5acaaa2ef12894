"""A trained model behind an endpoint of the engine, asked by the job that tests endpoints."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.archive import sha256
from preprocessing.rows import transform_rows
from tests.conftest import ROOT
from tests.engine.running import IMAGE, MACHINE, eventually
from tests.engine.whole import REGION, ROLE, Whole
from tests.jobs.served import load, prepared, raw_rows, trained

OUTPUT = "/opt/ml/processing/output"
INPUT = "/opt/ml/processing/input"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model's archive."""
    return trained(
        prepared(tmp_path_factory.mktemp("model"), "classification"), "hist_gradient_boosting"
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Whole]:
    """An engine whose endpoint `ep` serves the model with the project's own program."""
    whole = Whole(tmp_path_factory.mktemp("engine") / ".local")
    s3, sagemaker = whole.client("s3"), whole.client("sagemaker")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.upload_file(str(folder / "model.tar.gz"), "bucket", "model/model.tar.gz")
    s3.put_object(Bucket="bucket", Key="code.tar.gz", Body=code())
    s3.put_object(Bucket="bucket", Key="golden/golden.json", Body=json.dumps(golden(folder)))
    sagemaker.create_model(
        ModelName="m",
        ExecutionRoleArn=ROLE,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": "s3://bucket/model/model.tar.gz",
            "Environment": {
                "SAGEMAKER_PROGRAM": "jobs.inference",
                "SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/code.tar.gz",
                "MODEL_SHA256": sha256(folder / "model.tar.gz"),
            },
        },
    )
    variant = {"VariantName": "AllTraffic", "ModelName": "m", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName="c", ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
    )
    sagemaker.create_endpoint(EndpointName="ep", EndpointConfigName="c")
    eventually(lambda: status(whole) != "Creating", 60)
    assert status(whole) == "InService"
    yield whole
    whole.close()


def status(whole: Whole) -> str:
    described = whole.client("sagemaker").describe_endpoint(EndpointName="ep")
    found: str = described["EndpointStatus"]
    return found


def code() -> bytes:
    """The packages that every job's code archive has."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for package in ("jobs", "preprocessing"):
            for path in sorted((ROOT / package).rglob("*.py")):
                tar.add(path, path.relative_to(ROOT).as_posix())
    return buffer.getvalue()


def golden(folder: Path) -> dict[str, Any]:
    """Rows with what the model says of them by the way of the Predict job."""
    rows = [{k: v for k, v in row.items() if k != "bought"} for row in raw_rows(60, 8)]
    loaded = load(folder)
    codes, rejects = transform_rows(loaded.tables, rows)
    assert not rejects
    scores = loaded.score(codes)
    predictions: list[Any] = [
        {"prediction": prediction, "score": score}
        for prediction, score in zip(loaded.predictions(scores), scores.tolist(), strict=True)
    ]
    bad = {**rows[0], "age": "old"}
    return {
        "rows": [*rows, bad],
        "predictions": [*predictions, None],
        "model_sha256": loaded.sha256,
    }


def verdict(whole: Whole, job: str, *arguments: str) -> dict[str, Any]:
    """Run the job that tests the endpoint; its summary."""

    def mounted(name: str, uri: str) -> dict[str, Any]:
        path = f"{INPUT}/{name}"
        s3 = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
        return {"InputName": name, "S3Input": s3}

    command = ["--endpoint-name", "ep", "--golden", f"{INPUT}/golden", "--output", OUTPUT]
    sagemaker = whole.client("sagemaker")
    output = {
        "S3Uri": f"s3://bucket/{job}",
        "LocalPath": f"{OUTPUT}/endpoint-test",
        "S3UploadMode": "EndOfJob",
    }
    sagemaker.create_processing_job(
        ProcessingJobName=job,
        RoleArn=ROLE,
        ProcessingResources={"ClusterConfig": MACHINE},
        AppSpecification={
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "-m", "jobs.test_endpoint"],
            "ContainerArguments": [*command, "--requests", "30", "--clients", "2", *arguments],
        },
        ProcessingInputs=[
            mounted("golden", "s3://bucket/golden"),
            mounted("old", "s3://bucket/model"),
        ],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": output}]},
        Environment={"PYTHONPATH": str(ROOT)},
        StoppingCondition={"MaxRuntimeInSeconds": 120},
    )

    def described() -> dict[str, Any]:
        found: dict[str, Any] = sagemaker.describe_processing_job(ProcessingJobName=job)
        return found

    eventually(lambda: described()["ProcessingJobStatus"] != "InProgress", 60, every_s=0.1)
    assert described()["ProcessingJobStatus"] == "Completed", described().get("FailureReason")
    body = whole.client("s3").get_object(Bucket="bucket", Key=f"{job}/summary.json")["Body"]
    summary: dict[str, Any] = json.loads(body.read())
    return summary


def test_an_endpoint_that_predicts_as_offline_passes_its_test(whole, folder):
    summary = verdict(whole, "passes", "--old-client", f"{INPUT}/old")

    assert summary["passed"], summary["reason"]
    assert (summary["rows"], summary["errors"]) == (61, 0)
    assert summary["model_sha256"] == sha256(folder / "model.tar.gz")
    assert 0 < summary["p50_ms"] <= summary["p99_ms"]


def test_an_endpoint_that_is_too_slow_fails_its_test_with_the_reason(whole):
    summary = verdict(whole, "slow", "--max-p99-ms", "0.001")

    assert not summary["passed"]
    assert summary["reason"].startswith("speed: p99 is ")
