"""`python -m pipelines local …` as a person calls it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.engine import daemon

CODE = Path(__file__).parents[2]


class Project:
    """A project with nothing in it, and its commands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "config").mkdir()
        (root / "config" / "base.yaml").touch()

    def local(self, *words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipelines", "local", *words],
            cwd=self.root,
            env={"PYTHONPATH": str(CODE)},
            input=answer,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    yield Project(tmp_path)
    daemon.stop(tmp_path)


def test_start_status_stop(project: Project) -> None:
    started = project.local("start")
    again = project.local("start")
    status = project.local("status")
    told = json.loads(project.local("status", "--json").stdout)
    stopped = project.local("stop")

    assert (started.returncode, again.returncode, stopped.returncode) == (0, 0, 0)
    assert "is up: http://127.0.0.1:" in started.stderr
    assert "is up already" in again.stderr
    assert status.returncode == 0
    assert f"pid         {told['pid']}" in status.stdout
    assert told["up"] is True
    assert told["stacks"] == {}
    assert f"Stopped the local engine (process {told['pid']})" in stopped.stderr


def test_the_status_of_an_engine_that_is_not_up_is_1(project: Project) -> None:
    status, as_json = project.local("status"), project.local("status", "--json")

    assert (status.returncode, as_json.returncode) == (1, 1)
    assert "is not up" in status.stderr
    assert json.loads(as_json.stdout) == {"up": False}


def test_a_killed_engine_is_noticed(project: Project) -> None:
    project.local("start")
    running = daemon.find(project.root)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)

    status, started = project.local("status"), project.local("start")

    assert status.returncode == 1
    assert "has ended without being stopped" in status.stderr
    assert "has ended without being stopped" in started.stderr
    assert started.returncode == 0


def test_a_reset_says_what_it_deletes_and_asks(project: Project) -> None:
    project.local("start")

    refused = project.local("reset", answer="n\n")
    assert refused.returncode == 1
    assert " s3\n" in refused.stderr
    assert "Nothing was deleted." in refused.stderr
    assert (project.root / ".local").is_dir()

    unanswered = project.local("reset", answer="")
    assert unanswered.returncode == 2
    assert "--yes" in unanswered.stderr
    assert (project.root / ".local").is_dir()

    done = project.local("reset", "--yes")
    assert done.returncode == 0
    assert not (project.root / ".local").exists()
    assert "nothing to delete" in project.local("reset").stderr


def test_stopping_what_is_not_up_is_no_failure(project: Project) -> None:
    stopped = project.local("stop")

    assert (stopped.returncode, "is not up" in stopped.stderr) == (0, True)
