"""What goes wrong in a job or around it: recovered and right, or failed and explained.

One job on the engine, as a real process, in the states that every job of our pipelines stands in:
its second chances, and the end from which a redrive leads back.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipelines.asl.interpreter import TaskCall, TaskFailed, Tasks
from pipelines.definitions.definition import render
from pipelines.execution.view import View, view_of
from pipelines.execution.why import explain
from pipelines.sdk import Pass, Retry, Task
from pipelines.steps import second_chance
from pipelines.steps.second_chance import with_second_chances
from pipelines.steps.step import Step
from tests.conftest import ROOT
from tests.engine.running import Running

PROCESSING = "arn:aws:states:::sagemaker:createProcessingJob.sync"
WORKS = "print('done')"
CAPACITY = TaskFailed(
    "States.TaskFailed",
    '{"ProcessingJobStatus":"Failed","FailureReason":"CapacityError: Unable to provision"}',
)
THROTTLED = TaskFailed("SageMaker.AmazonSageMakerException", "ThrottlingException: Rate exceeded")


@dataclass
class Faults:
    """Fails calls of tasks with the errors that it holds, one each; lets the others through."""

    tasks: Any = None
    errors: list[TaskFailed] = field(default_factory=list)

    def before(self, tasks: Tasks) -> Tasks:
        self.tasks = tasks
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tasks, name)

    @property
    def callbacks(self) -> Any:
        return self.tasks.callbacks

    def supports(self, resource: str) -> str | None:
        answer: str | None = self.tasks.supports(resource)
        return answer

    async def run(self, call: TaskCall) -> Any:
        if self.errors:
            raise self.errors.pop(0)
        return await self.tasks.run(call)


class Worker:
    """An engine, and state machines with one job."""

    def __init__(self, root: Path) -> None:
        self.faults = Faults()
        self.engine = Running(root, between=self.faults.before)
        self._machines = 0

    def run(self, code: str = WORKS, *errors: TaskFailed, **more: Any) -> str:
        """Run a job, after these errors; the execution's ARN, once it has ended."""
        self.faults.errors = list(errors)
        self._machines += 1
        machine = self.engine.machine(self._states(code, **more), f"machine-{self._machines}")
        arn = self.engine.start(machine, input=json.dumps({"id": f"{self._machines:012}"}))
        self.engine.execution_ended(arn)
        return arn

    def redrive(self, arn: str) -> None:
        self.engine.states("RedriveExecution", executionArn=arn)
        self.engine.execution_ended(arn)

    def view(self, arn: str) -> View:
        events = self.engine.states("GetExecutionHistory", executionArn=arn, maxResults=1000)
        return view_of(events["events"])

    def jobs(self, arn: str) -> list[str]:
        """The names of the jobs that an execution asked for, one each."""
        return [state.job.name for state in self.view(arn).states if state.job is not None]

    def replace(self, code: str, new: str) -> None:
        """Put another program where a job's is read."""
        key = self.engine.processing("any", code)["ProcessingInputs"][0]["S3Input"]["S3Uri"]
        self.engine.put(key.removeprefix("s3://bucket/"), f"import os\n{new}".encode())

    def _states(self, code: str, *, name: str = "", **more: Any) -> Mapping[str, Any]:
        request = self.engine.processing("ignored", code, **more)
        del request["ProcessingJobName"]
        counts = "$.id, $$.Execution.RedriveCount, $$.State.RetryCount"
        work = Task(
            "Work",
            resource=PROCESSING,
            parameters={
                "ProcessingJobName.$": name or f"States.Format('work-{{}}-{{}}-{{}}', {counts})",
                **request,
            },
            result_path="$.Work",
            timeout_seconds=60,
            retry=[
                Retry(
                    error_equals=["SageMaker.AmazonSageMakerException"],
                    interval_seconds=1,
                    max_attempts=3,
                    backoff_rate=1.0,
                )
            ],
        )
        job = with_second_chances(Step(work, machine=()))
        job.then(Pass("Done"))
        text = json.dumps(render(job.start, "One job")["States"])
        for least_s, most_s in second_chance.WAITS_S:
            text = text.replace(
                f"States.MathRandom({least_s}, {most_s})", "States.MathRandom(0, 1)"
            )
        states: Mapping[str, Any] = json.loads(text)
        return states


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    worker = Worker(tmp_path_factory.mktemp("engine"))
    yield worker
    worker.engine.close()


# Failed and explained

NOTHING_LEFT = (
    "import resource\n"
    "resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))\n"
    "x = bytearray(1 << 30)\n"
)
HANGS = "import time\nprint('waiting', flush=True)\ntime.sleep(60)\n"


@pytest.mark.parametrize(
    ("code", "reason", "remedy", "more"),
    [
        ("raise SystemExit('the well is dry')", "the well is dry", "last lines", {}),
        ("import os, signal; os.kill(os.getpid(), 9)", "signal 9", "memory", {}),
        (NOTHING_LEFT, "MemoryError", "memory", {}),
        (HANGS, "ended after 1 s", "max_runtime_s", {"max_runtime_s": 1}),
        (WORKS, "nothing/here", "Upload it", {"inputs": {"data": "s3://bucket/nothing/here"}}),
    ],
    ids=["exits", "killed", "out of memory", "hangs", "no such object"],
)
def test_a_job_that_fails_by_itself_is_run_once_and_explained(worker, code, reason, remedy, more):
    arn = worker.run(code, **more)

    why = explain(worker.view(arn))
    assert why.status == "FAILED"
    assert why.state is not None
    assert why.state.name == "Work"
    assert reason in why.reason
    assert remedy in why.remedy.text
    assert len(worker.jobs(arn)) == 1


def test_a_job_that_is_mended_is_redriven_under_a_new_name(worker):
    code = "raise SystemExit('not yet')"
    arn = worker.run(code)
    worker.replace(code, WORKS)

    worker.redrive(arn)

    assert worker.view(arn).status == "SUCCEEDED"
    assert len(set(worker.jobs(arn))) == 2


# Recovered


def test_throttled_twice_the_job_runs_all_the_same(worker):
    arn = worker.run(WORKS, THROTTLED, THROTTLED)

    view = worker.view(arn)
    assert view.status == "SUCCEEDED"
    assert [state.attempts for state in view.states if state.attempts] == [3]


def test_no_capacity_gives_the_job_another_chance(worker):
    arn = worker.run(WORKS, CAPACITY)

    assert worker.view(arn).status == "SUCCEEDED"
    first, second = worker.jobs(arn)
    assert first != second
    described = worker.engine.sagemaker("DescribeProcessingJob", ProcessingJobName=second)
    assert described["ProcessingJobStatus"] == "Completed"


def test_no_capacity_three_times_is_told_and_a_redrive_has_three_chances_again(worker):
    arn = worker.run(WORKS, CAPACITY, CAPACITY, CAPACITY)
    why = explain(worker.view(arn))
    assert (why.status, why.error) == ("FAILED", "States.TaskFailed")
    assert "no such machine free" in why.remedy.text
    worker.faults.errors = [CAPACITY, CAPACITY]

    worker.redrive(arn)

    assert worker.view(arn).status == "SUCCEEDED"
    assert len(set(worker.jobs(arn))) == 6


def test_a_name_in_use_is_told_and_a_redrive_makes_another(worker):
    name = "States.Format('taken-{}', $$.Execution.RedriveCount)"
    worker.run(WORKS, name=name)

    arn = worker.run(WORKS, name=name)
    why = explain(worker.view(arn))
    assert why.error == "SageMaker.ResourceInUseException"
    assert "new name" in why.remedy.text
    worker.redrive(arn)

    assert worker.view(arn).status == "SUCCEEDED"
    assert worker.jobs(arn) == ["taken-0", "taken-1"]


# The model's archive


def archive(*members: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for member in members:
            content = b"x" * 4096
            member.size = len(content) if member.isfile() else 0
            tar.addfile(member, io.BytesIO(content) if member.isfile() else None)
    return buffer.getvalue()


def link() -> tarfile.TarInfo:
    member = tarfile.TarInfo("model.joblib")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


WHOLE = archive(tarfile.TarInfo("model.joblib"))


@pytest.mark.parametrize(
    ("expected", "stored", "reason"),
    [
        (WHOLE, WHOLE[:-40], "is not the expected model"),
        (WHOLE[:-40], WHOLE[:-40], "cannot be unpacked"),
        (archive(link()), archive(link()), "is a link or a device"),
        (archive(tarfile.TarInfo("../out")), archive(tarfile.TarInfo("../out")), "leads out of"),
    ],
    ids=["truncated", "truncated as registered", "a link", "leads out"],
)
def test_an_archive_that_is_not_the_model_is_never_loaded(worker, expected, stored, reason):
    worker.engine.put("models/model.tar.gz", stored)
    digest = hashlib.sha256(expected).hexdigest()
    folder = "/opt/ml/processing/input"
    arguments = [
        *("inference", "--model", f"{folder}/model", "--model-sha256", digest),
        *("--inference", f"{folder}/model", "--output", "/opt/ml/processing/output"),
    ]
    code = "import runpy; runpy.run_module('jobs.preprocess', run_name='__main__', alter_sys=True)"

    arn = worker.run(
        code,
        arguments=arguments,
        inputs={"model": "s3://bucket/models/"},
        environment={"PYTHONPATH": str(ROOT)},
    )

    why = explain(worker.view(arn))
    assert why.status == "FAILED"
    assert reason in why.reason
    assert "archive of the model" in why.remedy.text
