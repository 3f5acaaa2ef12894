"""Training jobs: metrics read from their logs, checkpoints, and commands of images of one's own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.engine.jobs.checkpoints import Checkpoints
from pipelines.engine.jobs.metrics import Metrics
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError
from tests.engine.running import IMAGE, REGION, Running, archive, eventually, training

CHECKPOINTS = {"CheckpointConfig": {"S3Uri": "s3://bucket/kept/one"}}
# On AWS the folder is known; here it is not where it is there, so a program is told.
TOLD = {"Environment": {"CHECKPOINTS": "/opt/ml/checkpoints"}}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / ".local")
    yield running
    running.close()


def algorithm(**more: Any) -> dict[str, Any]:
    specification = {"TrainingImage": IMAGE, "TrainingInputMode": "File", **more}
    return {"AlgorithmSpecification": specification}


def defined(*metrics: tuple[str, str]) -> dict[str, Any]:
    return algorithm(MetricDefinitions=[{"Name": name, "Regex": regex} for name, regex in metrics])


# Metrics


def test_the_last_value_of_each_metric_is_in_the_description(running):
    code = """
import sys
print("train:loss=0.5; validation:loss=0.75;")
print("train:loss=0.25;", file=sys.stderr)
print("nothing to see")
print("train:loss=1e-3;", end="")
"""
    metrics = [
        (f"{part}:loss", f"{part}:loss=([0-9.e-]+);") for part in ("train", "validation", "test")
    ]
    job = running.run_training("measured", code, **defined(*metrics))

    found = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert found == {"train:loss": 0.001, "validation:loss": 0.75}
    for each in job["FinalMetricDataList"]:
        assert job["TrainingStartTime"] <= each["Timestamp"] <= job["TrainingEndTime"]


def test_metrics_are_known_after_a_restart(tmp_path):
    first = Running(tmp_path / ".local")
    metrics = defined(("loss", "loss=([0-9.]+)"))
    job = first.run_training("measured", "print('loss=0.5')", **metrics)
    first.close()

    again = Running(tmp_path / ".local")
    assert again.sagemaker("DescribeTrainingJob", TrainingJobName="measured") == job
    again.close()


def test_a_job_that_fails_has_the_metrics_that_it_printed(running):
    code = "print('loss=0.5'); raise SystemExit('no more')"
    job = running.run_training("fails", code, **defined(("loss", "loss=([0-9.]+)")))

    assert job["TrainingJobStatus"] == "Failed"
    assert [each["Value"] for each in job["FinalMetricDataList"]] == [0.5]


def test_a_job_without_metrics_has_none(running):
    assert "FinalMetricDataList" not in running.run_training("plain", "print('loss=0.5')")


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("loss=0.5", [0.5]),
        ("loss=0.5 loss=0.25", [0.5, 0.25]),
        ("loss=-1.5e-3", [-0.0015]),
        ("loss=nan", []),
        ("loss=inf", []),
        ("loss=1.2.3", []),
        ("loss=", []),
    ],
)
def test_what_is_no_number_is_no_value(line, values):
    metrics = Metrics([{"Name": "loss", "Regex": "loss=(\\S*)"}])

    metrics.read([line])

    assert metrics.values("loss") == values


@pytest.mark.parametrize(
    ("regex", "named"), [("loss=[0-9.]+", "has no group"), ("loss=(", "is no regular expression")]
)
def test_a_regular_expression_that_finds_nothing_is_refused(running, regex, named):
    with pytest.raises(ServiceError, match=named) as caught:
        running.sagemaker("CreateTrainingJob", **training("x", **defined(("loss", regex))))

    assert caught.value.code == "ValidationException"


# Checkpoints


COUNTS = """
import os, pathlib
path = pathlib.Path(os.environ["CHECKPOINTS"]) / "epochs" / "count"
path.parent.mkdir(exist_ok=True)
count = int(path.read_text()) if path.exists() else 0
print("goes on from", count)
path.write_text(str(count + 1))
"""


def test_a_job_goes_on_where_another_was(running):
    running.run_training("first", COUNTS, **CHECKPOINTS, **TOLD)
    running.run_training("second", COUNTS, **CHECKPOINTS, **TOLD)

    assert running.log("first", "Training") == ["goes on from 0"]
    assert running.log("second", "Training") == ["goes on from 1"]
    assert running.keys("kept/") == ["kept/one/epochs/count"]
    assert running.objects.read("bucket", "kept/one/epochs/count") == b"2"


def test_a_neighbours_checkpoints_are_not_ones_own(running):
    running.put("kept/one-more/epochs/count", b"7")

    running.run_training("first", COUNTS, **CHECKPOINTS, **TOLD)

    assert running.log("first", "Training") == ["goes on from 0"]


@pytest.mark.parametrize("how", ["fail", "stop"])
def test_what_a_job_had_saved_is_kept_however_it_ended(running, how):
    last = "raise SystemExit('out of luck')" if how == "fail" else "import time; time.sleep(60)"
    running.put("code/sourcedir.tar.gz", archive({"train.py": f"{COUNTS}\nprint('up')\n{last}"}))
    running.sagemaker("CreateTrainingJob", **training("ends", **CHECKPOINTS, **TOLD))
    eventually(lambda: "up" in running.log("ends", "Training"))
    if how == "stop":
        running.sagemaker("StopTrainingJob", TrainingJobName="ends")

    status = running.ended("Training", "ends")["TrainingJobStatus"]

    assert status == ("Stopped" if how == "stop" else "Failed")
    assert running.objects.read("bucket", "kept/one/epochs/count") == b"1"


def test_checkpoints_are_kept_while_the_job_runs(running):
    """So that what an engine that is killed has left is there for the next."""
    code = f"{COUNTS}\nimport time; time.sleep(60)"
    running.put("code/sourcedir.tar.gz", archive({"train.py": code}))
    running.sagemaker("CreateTrainingJob", **training("runs", **CHECKPOINTS, **TOLD))

    eventually(lambda: "kept/one/epochs/count" in running.keys("kept/"))


def test_only_what_has_changed_is_stored_again(tmp_path):
    objects = ObjectStore(tmp_path / "s3")
    objects.create_bucket("bucket", REGION)
    folder = tmp_path / "checkpoints"
    checkpoints = Checkpoints(folder, "s3://bucket/kept", objects)
    checkpoints.restore()
    (folder / "a").write_text("1")
    (folder / "b").write_text("1")

    assert checkpoints.keep() == 2
    assert checkpoints.keep() == 0
    (folder / "a").write_text("22")
    (folder / "b").unlink()
    assert checkpoints.keep() == 1
    assert [each.key for each in objects.list("bucket", "")] == ["kept/a", "kept/b"]
    objects.close()


def test_checkpoints_for_a_bucket_that_is_not_there_fail_the_job(running):
    config = {"CheckpointConfig": {"S3Uri": "s3://nowhere/kept"}}
    job = running.run_training("lost", "print('never')", **config)

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Checkpoint download failed: s3://nowhere")
    assert running.log("lost", "Training")[0].startswith("ClientError")


# Images of one's own


OWN = """
import json, os, sys
ml = sys.argv[1]
print(json.dumps({
    "hyperparameters": json.load(open(f"{ml}/input/config/hyperparameters.json")),
    "channel": sorted(os.listdir(f"{ml}/input/data/code")),
    "variables": sorted(name for name in os.environ if name.startswith("SM_")),
}))
open(f"{ml}/model/model", "w").write("fitted")
"""


def own(**more: Any) -> dict[str, Any]:
    """A job of an image whose command is given, with its program in a channel."""
    request = training("own", channels={"code": "s3://bucket/own/"}, **algorithm(**more))
    request["HyperParameters"] = {"depth": "3"}
    return request


def test_a_command_of_ones_own_finds_what_is_in_a_container_and_no_more(running):
    running.put("own/fit.py", OWN.encode())
    request = own(
        ContainerEntrypoint=["python3", "/opt/ml/input/data/code/fit.py"],
        ContainerArguments=["/opt/ml"],
    )
    running.sagemaker("CreateTrainingJob", **request)
    job = running.ended("Training", "own")

    assert job["TrainingJobStatus"] == "Completed", job
    assert json.loads(running.log("own", "Training")[0]) == {
        "hyperparameters": {"depth": "3"},
        "channel": ["fit.py"],
        "variables": [],  # those are of the toolkit in AWS's images
    }
    assert running.keys("models/") == ["models/own/output/model.tar.gz"]


def test_arguments_for_a_command_that_the_image_alone_knows_are_refused(running):
    with pytest.raises(ServiceError, match="ContainerArguments needs a ContainerEntrypoint"):
        running.sagemaker("CreateTrainingJob", **own(ContainerArguments=["--fast"]))


def test_a_job_alone_has_every_core(running):
    code = "import os; print(os.environ['SM_NUM_CPUS'], os.environ['OMP_NUM_THREADS'])"
    running.run_training("alone", code)

    assert running.log("alone", "Training") == [f"{os.cpu_count()} {os.cpu_count()}"]
