"""`make demo`: what a newcomer types first, on real data, with the numbers that it must reach."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.data.census import fetch
from pipelines.engine import daemon
from tests.conftest import ROOT
from tests.end_to_end.project import Project

pytestmark = pytest.mark.census


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("demo")
    for folder in ("config", "jobs", "preprocessing", "scripts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "deploy.sh", root)
    # What is measured has to be as good as it is; how surely, and why, may be less sure here.
    with (root / "config" / "local.yaml").open("a") as file:
        file.write("evaluation: {resamples: 20}\nexplanation: {sample: 50}\n")
    return Project(root)


@pytest.fixture(scope="module")
def demo(project: Project) -> subprocess.CompletedProcess[str]:
    # The data are fetched once for all tests, into the cache that a person would use.
    cache = fetch().train.parent.parent
    done = project.command("env", f"PIPELINES_CACHE={cache}", "scripts/demo.sh")
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def only(project: Project, name: str) -> Path:
    [path] = (project.root / ".local" / "runs").rglob(name)
    return path


def test_both_executions_succeed(demo):
    assert (demo.stdout + demo.stderr).count("SUCCEEDED") == 2


def test_it_ends_with_an_endpoint_that_answered(demo):
    asked = demo.stdout[demo.stdout.index("python -m pipelines invoke local") :]

    assert [line.split()[:2] for line in asked.splitlines()[1:4]] == [
        ["row", "1"],
        ["row", "2"],
        ["row", "3"],
    ]


def test_the_model_is_as_good_as_it_must_be(project, demo):
    document = json.loads(only(project, "metrics.json").read_text())

    assert document["rows"] == 99_762
    assert document["metrics"]["error"] <= 0.043
    assert document["metrics"]["roc_auc"] >= 0.954


def test_every_person_has_one_prediction_in_order(project, demo):
    with only(project, "predictions.csv").open(newline="") as stream:
        lines = list(csv.DictReader(stream))

    assert [line["row"] for line in lines] == [str(row) for row in range(1, 99_763)]
    assert {line["prediction"] for line in lines} == {"- 50000.", "50000+."}
    assert {line["rejected"] for line in lines} == {""}


def test_where_model_report_and_predictions_lie_is_said_and_they_are_still_there(project, demo):
    output = demo.stdout + demo.stderr

    for name in ("model.tar.gz", "explanation/report.html", "predictions.csv"):
        path = only(project, name)
        assert str(path.relative_to(project.root)) in output
        assert path.stat().st_size > 0


def test_nothing_of_it_is_still_running(project, demo):
    assert daemon.find(project.root) is None
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert [line for line in listed.stdout.splitlines() if str(project.root) in line] == []
