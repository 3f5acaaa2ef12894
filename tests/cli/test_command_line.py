"""The command line as a whole: quick, documented, and without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipelines.cli import COMMANDS, cli
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
HEAVY = {
    "boto3",
    "botocore",
    "cfnlint",
    "moto",
    "numpy",
    "pandas",
    "pyarrow",
    "sagemaker",
    "sklearn",
    "stepfunctions",
}


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def imported(*arguments: str) -> set[str]:
    """The top-level packages that a command imports."""
    done = run(*arguments, PYTHONPROFILEIMPORTTIME="1")
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert lines
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_imports_nothing_heavy(arguments):
    assert imported(*arguments) & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_in_the_readme(name):
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.help
    assert f"python -m pipelines {name}" in README


def test_a_command_that_does_not_exist_is_wrong_input():
    done = run("deplot")

    assert done.returncode == 2
    assert "deplot" in done.stderr


def test_outside_a_project_the_error_says_where_one_was_looked_for(tmp_path):
    done = run("create", cwd=tmp_path)

    assert done.returncode == 2
    assert "config/base.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_environment_that_does_not_exist_is_answered_with_the_nearest():
    done = run("create", "prd")

    assert done.returncode == 2
    assert "prod" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bug_of_ours_is_one_line_and_a_log_with_the_traceback(tmp_path):
    script = (
        "import pipelines.cli as c, click\n"
        "@c.cli.command()\n"
        "def broken(): raise ZeroDivisionError('oh')\n"
        "c.LazyGroup.get_command = lambda *_: broken\n"
        "c.main(['broken'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    [log] = tmp_path.iterdir()
    assert done.returncode == 1
    assert done.stderr == f"Error: this is a bug (ZeroDivisionError: oh); see {log}\n"
    assert "Traceback" in log.read_text()


def test_an_extra_that_is_not_installed_is_named_with_the_command_that_installs_it():
    script = (
        "import sys; sys.modules['sagemaker'] = None\n"
        "from pipelines.cli import main\n"
        "main(['create', 'dev'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "needs the package sagemaker, which is not installed" in done.stderr
    assert "pip install '.[create]'" in done.stderr
