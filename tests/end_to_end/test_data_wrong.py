"""Data that are not as expected: the execution ends before training, and says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.project import BASE, Project, csv_text, made_rows

# A category was text, and somebody has made numbers of it.
CODES = {"baker": "1.0", "lawyer": "2.0", "teacher": "3.0"}
VALIDATION = """\
      validate_data: {instance_type: ml.m5.large, volume_gb: 5, max_runtime_s: 120}
    validation: {min_rows: 100}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project.make(tmp_path_factory.mktemp("project"))
    project.configure("base", BASE + VALIDATION)
    project.deploy()
    yield project
    project.stop()


def test_a_retyped_column_fails_the_execution_with_the_reason_and_nothing_is_trained(project):
    lines = [(*row[:3], CODES[row[3]], row[4]) for row in made_rows(200, 2)]
    project.put("data/test.csv", csv_text(lines, "name", "age", "hours", "job", "income"))

    status, document, messages = project.run_json("training", "local", "--name", "retyped")

    assert (status, document["error"]) == (1, "DataWrong")
    expected = "test: job: expected values that training rows have; 200 rows (100 %) hold another"
    for words in (f"The data are not as expected: {expected} (row 1: '", "report.html. Mend"):
        assert words in document["cause"]
    assert expected in messages
    assert "Traceback" not in messages
    sagemaker = project.connection().client("sagemaker")
    [job] = sagemaker.list_processing_jobs()["ProcessingJobSummaries"]
    assert job["ProcessingJobStatus"] == "Completed"
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
    [report] = (project.root / ".local" / "runs" / "retyped").rglob("report.html")
    assert "values that training rows have" in report.read_text(encoding="utf-8")

    why = project.pipelines("why", "retyped", "local")

    assert why.returncode == 0
    assert "Data wrong" in why.stdout
    assert expected in why.stdout
