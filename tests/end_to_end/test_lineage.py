"""From the question to the lineage, as a person goes through it: approve, look back, make again."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.end_to_end.project import BUCKET, Project, csv_text, made_rows

WHO = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
RECORDED = re.compile(r"[\w\s.:/=+@-]{1,256}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project.make(tmp_path_factory.mktemp("project"))
    project.configure("local", "engine: local\nregion: us-east-1\napproval: manual\n")
    git(project, "init", "--quiet")
    git(project, "add", "config", "jobs", "preprocessing")
    git(project, "commit", "--quiet", "-m", "all of it")
    project.deploy()
    yield project
    project.stop()


def git(project: Project, *arguments: str) -> str:
    done = project.command("git", *WHO, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def approved(project: Project) -> str:
    """What `run` said, from the beginning to the approval and the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run", "training", "local", "--name", "first"],
        cwd=project.root,
        env=project.env(),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        said = []
        for line in running.stderr:
            said.append(line)
            if "waits for a person" in line:
                answered = project.pipelines("approve", "first", "--reason", "it's fine")
                assert answered.returncode == 0, answered.stderr
    assert running.returncode == 0, "".join(said)
    return "".join(said)


@pytest.fixture(scope="module")
def recorded(project: Project, approved: str) -> dict[str, str]:
    """The metadata of the model package."""
    sagemaker = project.connection().client("sagemaker")
    [summary] = sagemaker.list_model_packages(ModelPackageGroupName="demo-local-models")[
        "ModelPackageSummaryList"
    ]
    package = sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
    assert package["ModelApprovalStatus"] == "Approved"
    assert package["ApprovalDescription"].endswith(": it's fine")
    recorded: dict[str, str] = package["CustomerMetadataProperties"]
    return recorded


def test_run_says_which_commands_answer(approved: str) -> None:
    assert 'python -m pipelines approve first local --reason "…"' in approved
    assert 'python -m pipelines reject first local --reason "…"' in approved


def test_there_is_one_answer(project: Project, approved: str) -> None:
    again = project.pipelines("reject", "first", "local", "--reason", "on second thoughts")

    assert again.returncode == 2
    assert "was approved already, by" in again.stderr
    assert "Traceback" not in again.stderr


def test_what_is_recorded_is_whole_and_in_the_registrys_letters(
    project: Project, recorded: dict[str, str]
) -> None:
    assert recorded["git_commit"] == git(project, "rev-parse", "HEAD")
    assert recorded["training_data"] == f"s3://{BUCKET}/data/train.csv"
    for key in ("model", "preprocessor", "code", "configuration", "training", "test"):
        assert re.fullmatch("[0-9a-f]{64}", recorded[f"{key}_sha256"]), key
    assert recorded["parent_model"] == "none"
    assert len(recorded) <= 50
    for key, value in recorded.items():
        assert RECORDED.fullmatch(value), f"{key}: {value}"


def test_a_commit_a_file_and_a_run_lead_to_the_model_and_back(
    project: Project, recorded: dict[str, str]
) -> None:
    by_commit = project.pipelines("lineage", recorded["git_commit"][:10], "local")
    by_file = project.pipelines("lineage", "train.csv", "local")
    by_run = project.pipelines("lineage", "first", "local")

    assert "commit of arn:aws:sagemaker" in by_commit.stdout
    assert "training data of arn:aws:sagemaker" in by_file.stdout
    for words in (recorded["git_commit"], recorded["code_sha256"], "none: there was no approved"):
        assert words in by_run.stdout


def test_the_model_is_made_again_to_the_byte_and_nothing_is_registered(
    project: Project, recorded: dict[str, str]
) -> None:
    again = project.pipelines("reproduce", "first", "local")

    assert again.returncode == 0, again.stderr
    assert "Agrees: every byte of the model is that of arn:aws:sagemaker" in again.stderr
    packages = (
        project.connection()
        .client("sagemaker")
        .list_model_packages(ModelPackageGroupName="demo-local-models")
    )
    assert len(packages["ModelPackageSummaryList"]) == 1


def test_data_that_are_changed_are_noticed(project: Project, recorded: dict[str, str]) -> None:
    before = project.pipelines("lineage", "first", "local", "--verify")
    assert before.returncode == 0, before.stdout
    columns = ("name", "age", "hours", "job", "income")
    project.put("data/train.csv", csv_text(made_rows(4000, 9), *columns))

    after = project.pipelines("lineage", "first", "local", "--verify")

    assert after.returncode == 1
    assert "DIFFERS  training data: train.csv has been changed" in after.stdout


def test_a_run_that_there_is_not_is_said_so(project: Project) -> None:
    for command in (["lineage", "nobody"], ["reproduce", "nobody"], ["approve", "nobody"]):
        reason = ["--reason", "x"] if command[0] == "approve" else []
        done = project.pipelines(*command, "local", *reason)

        assert done.returncode == 2, command
        assert "nobody" in done.stderr
        assert "Traceback" not in done.stderr
