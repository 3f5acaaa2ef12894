"""The second pipeline: a regression, by configuration and one module, to a tested endpoint."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.end_to_end.project import Project

pytestmark = pytest.mark.wages


@pytest.fixture(scope="module")
def wages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy of the example, deployed, with its data."""
    root = tmp_path_factory.mktemp("wages") / "wages"
    shutil.copytree(ROOT / "examples" / "wages", root)
    project = Project(root)
    fetched = project.command_at_home(sys.executable, "fetch.py", "data")
    assert fetched.returncode == 0, fetched.stderr
    try:
        deployed = project.pipelines("deploy", "local", "wages-bucket")
        assert deployed.returncode == 0, deployed.stderr
        files = {role: f"data/us-wages-{role}.csv" for role in ("train", "test", "people")}
        uploaded = project.pipelines(
            *("data", "upload", "local", "--training", files["train"]),
            *("--test", files["test"], "--inference", files["people"]),
        )
        assert uploaded.returncode == 0, uploaded.stderr
        yield project
    finally:
        project.stop()


def test_from_the_data_to_an_endpoint_that_answers_and_nothing_twice(wages: Project) -> None:
    status, first, said = wages.run_json("training", "local")
    assert status == 0, said
    output = first["output"]
    assert output["rows"] == 5631
    assert output["metrics"]["mae"] < 240
    assert output["metrics"]["r2"] > 0.2
    assert output["gate"].startswith("passed: mae is at most 260")

    asked = wages.pipelines("invoke", "local", "--json", "--rows", "5")
    answers = json.loads(asked.stdout)["predictions"]
    assert len(answers) == 5
    assert all(100 < answer["prediction"] < 2000 for answer in answers)

    status, scored, said = wages.run_json("inference", "local")
    assert status == 0, said
    [offline] = [*(wages.root / ".local" / "runs").rglob("predictions.csv")]
    lines = Path(offline).read_text().splitlines()[1:6]
    assert scored["output"]["predicted"] == 5631
    for line, answer in zip(lines, answers, strict=True):
        assert abs(float(line.split(",")[2]) - answer["prediction"]) < 1e-9

    status, second, said = wages.run_json("training", "local")
    assert status == 0, said
    assert second["output"]["model_package_arn"] == output["model_package_arn"]
    assert "job us-wages" not in said
    assert "not run again      Validate data, Preprocess, Train" in said
    for run in (second["name"], scored["name"]):
        asked = wages.pipelines("lineage", run, "local")
        assert f"Note: {run} made no model; it used this one." in asked.stderr
        assert output["model_package_arn"] in asked.stdout.splitlines()[0]


def test_the_examples_code_is_its_configuration_and_one_module() -> None:
    files = [p.relative_to(ROOT / "examples" / "wages") for p in _files()]

    assert sorted(map(str, files)) == [
        "README.md",
        "config/base.yaml",
        "config/dev.yaml",
        "config/local.yaml",
        "features/wages.py",
        "fetch.py",
    ]


def _files() -> list[Path]:
    folder = ROOT / "examples" / "wages"
    return [p for p in folder.rglob("*") if p.is_file() and not _is_made(p.relative_to(folder))]


def _is_made(path: Path) -> bool:
    return bool({"__pycache__", "build", ".local"} & set(path.parts))
