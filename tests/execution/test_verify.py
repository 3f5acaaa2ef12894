"""What is recorded of a model is compared with what lies in S3; whatever was changed is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipelines.execution.registry import models
from pipelines.execution.verify import verify
from tests.execution.registered import GROUP, RUNS, Project, arn, packed

ARCHIVE = f"{RUNS}/monday/train/model.tar.gz"
SUMMARY = f"{RUNS}/monday/preprocess/summary.json"


@pytest.fixture
def project() -> Project:
    project = Project()
    project.trains("monday")
    return project


def problems(project: Project) -> dict[str, str]:
    [model] = models(project.sagemaker, GROUP)
    return {each.what: each.problem for each in verify(model, project.s3) if each.problem}


def test_a_model_that_nobody_has_touched_agrees(project: Project) -> None:
    [model] = models(project.sagemaker, GROUP)

    findings = list(verify(model, project.s3))

    assert [finding.problem for finding in findings] == [""] * len(findings)
    assert {"model", "preprocessor", "code", "training data", "test data"} <= {
        finding.what for finding in findings
    }


def another_model(project: Project) -> None:
    project.s3.objects[ARCHIVE] = packed({"model.joblib": b"other", "preprocessor.json": b"{}"})


def a_byte_of_the_archive(project: Project) -> None:
    content = bytearray(project.s3.objects[ARCHIVE])
    content[4] ^= 1  # of the time in gzip's header: the archive still opens
    project.s3.objects[ARCHIVE] = bytes(content)


def half_an_archive(project: Project) -> None:
    project.s3.objects[ARCHIVE] = project.s3.objects[ARCHIVE][:60]


def no_archive(project: Project) -> None:
    del project.s3.objects[ARCHIVE]


@pytest.mark.parametrize(
    "change", [another_model, a_byte_of_the_archive, half_an_archive, no_archive]
)
def test_another_archive_is_noticed(project: Project, change: Callable[[Project], None]) -> None:
    change(project)

    assert "model" in problems(project)


def test_a_member_that_its_manifest_does_not_vouch_for_is_noticed(project: Project) -> None:
    manifest = {"files": {"model.joblib": "0" * 64}}
    members = {"model.joblib": b"trees", "preprocessor.json": b"{}"}
    project.s3.objects[ARCHIVE] = packed(
        {**members, "manifest.json": json.dumps(manifest).encode()}
    )

    assert "model.joblib in the archive" in problems(project)


def a_row(project: Project) -> None:
    project.s3.objects["s3://b/data/train/b.csv"] = b"20"


def a_file_less(project: Project) -> None:
    del project.s3.objects["s3://b/data/train/a.csv"]


def a_file_more(project: Project) -> None:
    project.s3.objects["s3://b/data/train/c.csv"] = b"4"


def no_summary(project: Project) -> None:
    del project.s3.objects[SUMMARY]


def another_summary(project: Project) -> None:
    summary = json.loads(project.s3.objects[SUMMARY])
    summary["data"]["training"]["files"][0]["sha256"] = "0" * 64
    project.s3.objects[SUMMARY] = json.dumps(summary).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (a_row, "b.csv has been changed"),
        (a_file_less, "a.csv is gone"),
        (a_file_more, "c.csv was not there"),
        (no_summary, "is not there any more"),
        (another_summary, "a.csv has been changed"),
    ],
)
def test_other_data_are_noticed(
    project: Project, change: Callable[[Project], None], words: str
) -> None:
    change(project)

    assert words in problems(project)["training data"]


def test_other_test_data_are_noticed(project: Project) -> None:
    project.s3.objects["s3://b/data/test.csv"] = b"33"

    assert problems(project).keys() == {"test data"}


def test_files_that_jobs_pass_over_are_no_data(project: Project) -> None:
    project.s3.objects["s3://b/data/train/_SUCCESS"] = b""
    project.s3.objects["s3://b/data/train/.hidden"] = b""

    assert problems(project) == {}


@pytest.mark.parametrize(
    "key",
    [
        *("model_sha256", "preprocessor_sha256", "code_sha256", "algorithm"),
        *("training_sha256", "test_sha256"),
    ],
)
def test_other_metadata_are_noticed(project: Project, key: str) -> None:
    project.sagemaker.packages[arn(1)]["CustomerMetadataProperties"][key] = "f" * 64

    assert problems(project)
