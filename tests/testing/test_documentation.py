"""docs/testing.md, run: its blocks are the files of a project, and that project's tests pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
_BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the page."""
    root = tmp_path_factory.mktemp("project")
    for language, text in _BLOCK.findall(PAGE):
        if language == "python":
            name = text.partition("\n")[0].removeprefix("# ")
            assert name.endswith(".py"), f"a block begins with its file's name, not with {name!r}"
            (root / name).write_text(text)
        elif language == "json":
            (root / "approval.asl.json").write_text(text)
    return root


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        command, cwd=folder, env=alone, capture_output=True, text=True, check=False
    )


def test_the_page_is_a_project_whose_tests_pass(project):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-W", "error", "--asl-coverage-fail-under=100"]

    done = run(command, project)

    assert done.returncode == 0, done.stdout
    [shown] = re.findall(r"^approval +100.*$", PAGE, re.MULTILINE)
    assert shown in done.stdout


def test_the_failure_that_the_page_shows_is_the_one_that_is_raised(project):
    [shown] = [text for _, text in _BLOCK.findall(PAGE) if text.startswith("AssertionError")]
    test = (project / "test_approval.py").read_text()
    test = test.replace(
        '{"id": "7", "amount": 10})\n\n    assert_path',
        '{"id": "7", "amount": 5000})\n\n    assert_path',
    )
    (project / "other").mkdir()
    (project / "other" / "test_other.py").write_text(
        test.replace('"approval.asl.json"', '"../approval.asl.json"')
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p"]
    command += ["pipelines.testing.plugin", "test_other.py", "--confcutdir=."]

    done = run(command, project / "other")

    said = [line.removeprefix("E").strip() for line in done.stdout.splitlines() if line[:1] == "E"]
    assert [line.strip() for line in shown.splitlines()] == said
