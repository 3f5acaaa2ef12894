"""The main job on a small project: deploy, train, score, as a person would."""

from __future__ import annotations

import csv
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.engine import daemon
from tests.end_to_end.project import Project, csv_text, made_rows


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project.make(tmp_path_factory.mktemp("project"))
    project.deploy()
    yield project
    project.stop()


@pytest.fixture(scope="module")
def trained(project: Project) -> dict:
    status, document, messages = project.run_json("training", "local", "--name", "first")
    assert status == 0, messages
    return document


def files(project: Project, execution: str) -> dict[str, Path]:
    """What lies under `.local/runs/<execution>`, by file name."""
    folder = project.root / ".local" / "runs" / execution
    return {path.name: path for path in folder.rglob("*") if path.is_file()}


def test_training_ends_with_a_registered_model_and_its_metrics(project, trained):
    assert trained["status"] == "SUCCEEDED"
    assert trained["output"]["metrics"]["roc_auc"] > 0.9
    assert trained["output"]["rows"] == 1000
    package = (
        project.connection()
        .client("sagemaker")
        .describe_model_package(ModelPackageName=trained["output"]["model_package_arn"])
    )
    assert package["ModelApprovalStatus"] == "Approved"


def test_what_a_person_opens_lies_under_the_executions_name(project, trained):
    found = files(project, "first")

    assert {"model.tar.gz", "report.html", "metrics.json"} <= found.keys()
    metrics = json.loads(found["metrics.json"].read_text())
    assert metrics["metrics"] == trained["output"]["metrics"]


def test_every_person_is_scored_in_order(project, trained):
    status, document, messages = project.run_json("inference", "local", "--name", "scored")

    assert status == 0, messages
    assert document["output"]["rows"] == document["output"]["predicted"] == 500
    with files(project, "scored")["predictions.csv"].open(newline="") as stream:
        predictions = list(csv.DictReader(stream))
    assert [line["row"] for line in predictions] == [str(n) for n in range(1, 501)]
    assert [line["name"] for line in predictions] == [row[0] for row in made_rows(500, 3)]
    right = [
        line["prediction"] == row[4]
        for line, row in zip(predictions, made_rows(500, 3), strict=True)
    ]
    assert sum(right) / len(right) > 0.8


def test_a_row_that_cannot_be_parsed_is_kept_in_its_place_with_a_reason(project, trained):
    rows = made_rows(10, 4)
    rows[3] = ("p3", "40", "many", "baker", "low")
    project.put("data/odd.csv", csv_text(rows, "name", "age", "hours", "job"))

    status, document, messages = project.run_json(
        *("inference", "local", "--name", "odd"),
        *("--input", "inference_data=s3://test-bucket/data/odd.csv"),
    )

    assert status == 0, messages
    assert (document["output"]["predicted"], document["output"]["rejected"]) == (9, 1)
    with files(project, "odd")["predictions.csv"].open(newline="") as stream:
        predictions = list(csv.DictReader(stream))
    assert [line["row"] for line in predictions] == [str(n) for n in range(1, 11)]
    assert predictions[3]["prediction"] == ""
    assert "many" in predictions[3]["rejected"]


def test_the_same_name_and_input_twice_is_one_execution(project, trained):
    status, document, _ = project.run_json("training", "local", "--name", "first")

    assert status == 0
    assert document["arn"] == trained["arn"]
    assert document["output"] == trained["output"]


def test_the_same_name_with_another_input_is_refused(project, trained):
    done = project.pipelines(
        *("run", "training", "local", "--name", "first"),
        *("--input", "training_data=s3://test-bucket/data/test.csv"),
    )

    assert done.returncode == 2
    assert "first" in done.stderr


def test_input_outside_the_schema_is_refused_before_anything_starts(project):
    done = project.pipelines("run", "training", "local", "--input", "trainig_data=s3://x/y")

    assert done.returncode == 2
    assert "training_data" in done.stderr
    assert "Traceback" not in done.stderr


def test_deploying_again_changes_nothing_and_uploads_nothing(project, trained):
    done = project.command("./deploy.sh", "local", "test-bucket")

    assert done.returncode == 0
    assert done.stderr.count("no changes") == 3
    assert "nothing uploaded" in done.stderr


def test_everything_is_there_after_the_engine_was_killed(project, trained):
    running = daemon.find(project.root)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)

    # The next command finds the stale pid file, starts the engine, and all is as it was.
    status, document, messages = project.run_json("training", "local", "--name", "first")

    assert status == 0, messages
    assert document["output"] == trained["output"]
    status, document, messages = project.run_json("inference", "local", "--name", "after-kill")
    assert status == 0, messages
    assert document["output"]["model_package_arn"] == trained["output"]["model_package_arn"]
