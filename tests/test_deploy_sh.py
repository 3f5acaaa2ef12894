"""deploy.sh, as the process that people start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "deploy.sh"


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [str(SCRIPT), *arguments],
        cwd=cwd,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments", [(), ("dev",), ("dev", "a-bucket", "more"), ("--help", "x"), ("dev", "--json")]
)
def test_it_takes_an_environment_and_a_bucket_and_nothing_else(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert done.stderr == "Usage: ./deploy.sh ENV BUCKET, for example: ./deploy.sh dev my-bucket\n"
    assert done.stdout == ""


def test_it_works_from_any_folder_and_passes_the_status_on(tmp_path: Path) -> None:
    done = run("no-such-environment", "a-bucket", cwd=tmp_path)

    assert done.returncode == 2
    assert "no-such-environment" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_argument_is_one_argument(tmp_path: Path) -> None:
    done = run("dev", "a bucket; touch here", cwd=tmp_path)

    assert done.returncode == 2
    assert "'a bucket; touch here' cannot be the name of a bucket" in done.stderr
    assert list(tmp_path.iterdir()) == []
