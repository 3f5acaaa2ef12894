"""No process of a job outlives the engine, however the engine ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.engine.processes.guardian import Guardian
from pipelines.engine.processes.leftovers import end_leftovers, find_leftovers
from tests.engine.running import Running, eventually, is_alive

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


@pytest.fixture
def group() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(SLEEP, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_watched_group_ends_with_the_engine(group):
    guardian = Guardian()
    guardian.watch(group.pid)

    guardian.close()

    assert group.wait(5) == -signal.SIGKILL
    assert not is_alive(guardian.pid)


def test_a_released_group_is_left_in_peace(group):
    guardian = Guardian()
    guardian.watch(group.pid)
    guardian.release(group.pid)

    guardian.close()

    assert is_alive(group.pid)


def test_a_guardian_that_was_killed_is_replaced_by_one_that_knows_everything(group):
    guardian = Guardian()
    guardian.watch(group.pid)
    first = guardian.pid
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not is_alive(first))

    with subprocess.Popen(SLEEP, start_new_session=True) as other:
        guardian.watch(other.pid)
        assert guardian.pid != first
        guardian.close()
        assert other.wait(5) == -signal.SIGKILL
    assert group.wait(5) == -signal.SIGKILL


def test_a_group_that_has_ended_does_not_disturb_the_others(group):
    guardian = Guardian()
    ended = subprocess.Popen(["true"], start_new_session=True)
    ended.wait()
    guardian.watch(ended.pid)
    guardian.watch(group.pid)

    guardian.close()

    assert group.wait(5) == -signal.SIGKILL


def test_the_guardian_does_not_mind_the_terminals_signals():
    guardian = Guardian()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # It may not have got as far as to ignore them: then it is replaced.
        eventually(lambda: b"SigIgn" in _status(guardian.pid) and _ignores(guardian.pid))
        os.kill(guardian.pid, number)
    assert is_alive(guardian.pid)
    guardian.close()


def _status(pid: int) -> bytes:
    return Path(f"/proc/{pid}/status").read_bytes()


def _ignores(pid: int) -> bool:
    [line] = [line for line in _status(pid).splitlines() if line.startswith(b"SigIgn")]
    return bool(int(line.split()[1], 16) >> (signal.SIGHUP - 1) & 1)


def test_leftovers_are_known_by_the_home_they_were_born_with(tmp_path):
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    with (
        subprocess.Popen(SLEEP, env=environment, start_new_session=True) as mine,
        subprocess.Popen(SLEEP, env={**environment, "HOME": f"{tmp_path}x"}) as another,
    ):
        assert find_leftovers(tmp_path) == [mine.pid]

        assert mine.pid in end_leftovers(tmp_path)

        assert mine.wait(5) == -signal.SIGKILL
        assert is_alive(another.pid)
        another.kill()


def test_when_the_engine_is_killed_its_jobs_are_too_and_the_next_engine_says_so(tmp_path):
    root = tmp_path / ".local"
    log = root / "jobs/processing/orphan/log.txt"
    with subprocess.Popen([sys.executable, "-m", "tests.engine.host", str(root)]) as host:
        eventually(lambda: log.exists() and log.read_text().count("\n") == 3)
        pids = [int(pid) for pid in log.read_text().split("\n")[2].split(" ")[1:]]
        assert all(map(is_alive, pids))
        host.kill()
    eventually(lambda: not any(map(is_alive, pids)), within_s=2)

    running = Running(root)

    job = running.sagemaker("DescribeProcessingJob", ProcessingJobName="orphan")
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        "InternalServerError: the local engine stopped while the job ran"
    )
    [machine] = running.states("ListStateMachines")["stateMachines"]
    [execution] = running.states("ListExecutions", stateMachineArn=machine["stateMachineArn"])[
        "executions"
    ]
    assert execution["status"] == "ABORTED"
    assert running.event_types(execution["executionArn"])[-2:] == [
        *("TaskSubmitted", "ExecutionAborted"),
    ]
    assert not (root / "jobs/processing/orphan/container").exists()
    running.close()
