"""What goes wrong in data, in a model or in a job ends the execution, and `run` says why."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.end_to_end.project import BASE, BUCKET, Project, csv_text, made_rows

PROCESSES = ["ps", "-eo", "args"]
# A category was text, and somebody has made numbers of it.
CODES = {"baker": "1.0", "lawyer": "2.0", "teacher": "3.0"}
VALIDATION = """\
      validate_data: {instance_type: ml.m5.large, volume_gb: 5, max_runtime_s: 120}
    validation: {min_rows: 100}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project that no model is good enough for, so that its whole chain can be tried first."""
    project = Project.make(tmp_path_factory.mktemp("project"))
    base = BASE.replace("at_least: 0.7", "at_least: 0.9999")
    project.configure("base", base + VALIDATION)
    project.deploy()
    yield project
    project.stop()


def with_job(project: Project, module: str, source: str) -> None:
    """Put a script in the place of a job module, where the deployed machine has its code."""
    s3 = project.connection().client("s3")
    for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        if item["Key"].endswith(f"/jobs/{module}.py"):
            project.put(item["Key"], source)


def with_limit(project: Project, state: str, seconds: int) -> None:
    """Give the job of a state of the deployed training machine another time limit."""
    states = project.connection().client("stepfunctions")
    machines = states.list_state_machines()["stateMachines"]
    [arn] = [each["stateMachineArn"] for each in machines if "training" in each["name"]]
    definition = json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"])
    condition = definition["States"][state]["Parameters"]["StoppingCondition"]
    condition["MaxRuntimeInSeconds"] = seconds
    states.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition))


def of_the_jobs(project: Project) -> list[str]:
    """The command lines of processes that still work in this project's jobs."""
    listed = subprocess.run(PROCESSES, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if f"{project.root}/.local/jobs" in line]


def seconds_from_end_of_job_to_end(project: Project, document: dict) -> float:
    execution = (
        project.connection()
        .client("stepfunctions")
        .describe_execution(executionArn=document["arn"])
    )
    job = project.connection().client("sagemaker").list_processing_jobs()
    ended: datetime = max(summary["ProcessingEndTime"] for summary in job["ProcessingJobSummaries"])
    return float((execution["stopDate"] - ended).total_seconds())


def test_inference_before_training_says_what_to_do(project):
    done = project.pipelines("run", "inference", "local")

    assert done.returncode == 1
    assert "NoApprovedModel" in done.stderr
    assert "python -m pipelines run training local" in done.stderr


def test_a_retyped_column_fails_the_execution_with_the_reason_and_nothing_is_trained(project):
    lines = [(*row[:3], CODES[row[3]], row[4]) for row in made_rows(200, 2)]
    project.put("data/test.csv", csv_text(lines, "name", "age", "hours", "job", "income"))

    status, document, messages = project.run_json("training", "local", "--name", "retyped")
    project.put("data/test.csv", (project.root / "test.csv").read_text())

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


def test_a_model_that_is_not_good_enough_is_said_with_the_numbers(project):
    status, document, _ = project.run_json("training", "local")

    assert status == 1
    assert document["error"] == "NotGoodEnough"
    assert re.search(r"roc_auc [^;]*0\.9999[^;]* 0\.9\d", document["cause"]), document["cause"]


def test_a_job_that_exits_3_is_said_with_its_last_words(project):
    with_job(
        project,
        "preprocess",
        "import sys\nprint('reading')\nprint('the well is dry', file=sys.stderr)\nsys.exit(3)\n",
    )

    status, document, messages = project.run_json("training", "local", "--name", "exits")

    assert status == 1
    assert document["status"] == "FAILED"
    assert seconds_from_end_of_job_to_end(project, document) < 2
    for words in ("Preprocess", "exit code: 3", "the well is dry", "reading"):
        assert words in messages
    assert "Traceback" not in messages


def test_a_job_that_is_killed_is_said_so(project):
    with_job(
        project,
        "preprocess",
        "import os, signal\nprint('working', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n",
    )

    status, document, messages = project.run_json("training", "local", "--name", "killed")

    assert status == 1
    assert seconds_from_end_of_job_to_end(project, document) < 2
    assert "signal 9" in messages


def test_a_job_beyond_its_limit_is_asked_to_end_then_killed(project):
    """SIGTERM is ignored here, and a child of the job's would outlive it."""
    with_limit(project, "Preprocess", 1)
    with_job(
        project,
        "preprocess",
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: print('not yet', flush=True))\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        "print('started', flush=True)\n"
        "while True: time.sleep(0.1)\n",
    )
    project.pipelines("local", "stop")
    began = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "run", "training", "local"],
        cwd=project.root,
        env={**project.env(), "PIPELINES_STOP_GRACE_S": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert time.monotonic() - began < 30
    assert "MaxRuntime" in done.stderr
    assert "not yet" in done.stderr
    assert of_the_jobs(project) == []
