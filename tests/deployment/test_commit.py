"""The commit that a deployment records."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.deployment.commit import git_commit

WHO = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *WHO, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a repository of its own, with one commit."""
    root = tmp_path / "project"
    (root / "config").mkdir(parents=True)
    (root / "config" / "base.yaml").write_text("project: demo\n")
    (root / "README.md").write_text("a project\n")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    return root


def test_it_is_the_whole_hash_of_what_is_checked_out(project: Path) -> None:
    assert git_commit(project) == git(project, "rev-parse", "HEAD")


def edit_a_file(root: Path) -> None:
    (root / "README.md").write_text("another text\n")


def stage_an_edit(root: Path) -> None:
    edit_a_file(root)
    git(root, "add", "README.md")


def delete_a_file(root: Path) -> None:
    (root / "README.md").unlink()


def add_a_configuration(root: Path) -> None:
    (root / "config" / "trial.yaml").write_text("region: eu-west-1\n")


def add_code(root: Path) -> None:
    (root / "jobs").mkdir()
    (root / "jobs" / "new.py").write_text("")


@pytest.mark.parametrize(
    "change", [edit_a_file, stage_an_edit, delete_a_file, add_a_configuration, add_code]
)
def test_a_tree_that_is_no_longer_that_commit_is_dirty(
    project: Path, change: Callable[[Path], None]
) -> None:
    change(project)

    assert git_commit(project) == git(project, "rev-parse", "HEAD") + "-dirty"


def test_a_new_file_that_is_not_deployed_changes_nothing(project: Path) -> None:
    (project / "people.csv").write_text("age\n30\n")
    (project / ".gitignore").write_text("config/*.log\n")
    git(project, "add", ".gitignore")
    git(project, "commit", "--quiet", "-m", "second")
    (project / "config" / "notes.log").write_text("ignored by git\n")
    (project / "jobs" / "__pycache__").mkdir(parents=True)
    (project / "jobs" / "__pycache__" / "train.pyc").write_bytes(b"what Python leaves")
    (project / "jobs" / ".train.py.swp").write_text("what an editor leaves")

    assert git_commit(project) == git(project, "rev-parse", "HEAD")


def test_outside_a_repository_it_is_unknown(tmp_path: Path) -> None:
    assert git_commit(tmp_path) == "unknown"


def test_before_the_first_commit_it_is_unknown(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    assert git_commit(tmp_path) == "unknown"


def test_a_repository_that_does_not_hold_the_project_says_nothing_about_it(project: Path) -> None:
    inner = project / "inner"
    (inner / "config").mkdir(parents=True)
    (inner / "config" / "base.yaml").write_text("project: another\n")

    assert git_commit(inner) == "unknown"


def test_gits_own_variables_lead_nowhere_else(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a hook, git says by GIT_DIR which repository it is working on."""
    git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))

    commit = git_commit(project)

    monkeypatch.delenv("GIT_DIR")
    assert commit == git(project, "rev-parse", "HEAD")
