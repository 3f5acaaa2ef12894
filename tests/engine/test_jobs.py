"""Jobs as processes: how they end, what is said of it, and that nothing of them is left."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.engine.wire.service import ServiceError
from tests.engine.running import MACHINE, Running, eventually, is_alive, training

WAITS = "import time; print('up', flush=True); time.sleep(60)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS


def s3_input(**more: str) -> dict[str, Any]:
    path = "/opt/ml/processing/input/x"
    s3 = {"S3Uri": "s3://b/x", "S3DataType": "S3Prefix", "LocalPath": path, **more}
    return {"InputName": "x", "S3Input": s3}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / ".local")
    yield running
    running.close()


def wait_until_up(running: Running, name: str, noun: str = "Processing") -> None:
    [jobs] = [each for each in running.services.jobs if each.kind.operation == f"Create{noun}Job"]
    eventually(lambda: jobs.get(name).log_path.exists() and "up" in running.log(name, noun))


def test_a_job_that_exits_0_has_completed(running):
    job = running.run_processing("fine", "print('hello')")

    assert job["ProcessingJobStatus"] == "Completed"
    assert "FailureReason" not in job
    assert job["CreationTime"] <= job["ProcessingStartTime"] <= job["ProcessingEndTime"]
    assert job["ProcessingJobArn"] == (
        "arn:aws:sagemaker:eu-central-1:000000000000:processing-job/fine"
    )
    assert running.log("fine") == ["hello"]


def test_a_job_that_exits_3_has_failed_with_its_last_line_on_standard_error(running):
    code = "import sys; print('out'); print('a', file=sys.stderr); sys.exit('no column age\\n \\n')"

    job = running.run_processing("bad", code)
    other = running.run_processing("three", "import sys; sys.stderr.write('why'); sys.exit(3)")
    silent = running.run_processing("silent", "raise SystemExit(3)")

    assert job["FailureReason"] == "AlgorithmError: no column age, exit code: 1"
    assert other["ProcessingJobStatus"] == "Failed"
    assert other["FailureReason"] == "AlgorithmError: why, exit code: 3"
    assert silent["FailureReason"] == "AlgorithmError: , exit code: 3"


def test_a_failure_reason_has_at_most_1024_characters_and_keeps_the_exit_status(running):
    job = running.run_processing("long", "import sys; sys.exit('x' * 5000)")

    assert len(job["FailureReason"]) == 1024
    assert job["FailureReason"].endswith("xxx, exit code: 1")


def test_what_a_processing_job_writes_to_its_message_file_is_its_exit_message(running):
    code = """
os.makedirs(f"{ML}/output")
open(f"{ML}/output/message", "w").write("3 rows are broken")
raise SystemExit(1)
"""
    job = running.run_processing("told", code)

    assert job["ExitMessage"] == "3 rows are broken"
    assert job["FailureReason"] == "AlgorithmError: 3 rows are broken, exit code: 1"


def test_a_job_killed_by_somebody_says_by_which_signal(running):
    job = running.run_processing("killed", "import os, signal; os.kill(os.getpid(), 9)")

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        "AlgorithmError: killed by signal 9 (out of memory?), exit code: 137"
    )


def test_a_job_beyond_its_limit_gets_sigterm_and_then_sigkill(running):
    start = time.monotonic()
    job = running.run_processing("late", IGNORES_SIGTERM, max_runtime_s=1)

    assert 1.2 <= time.monotonic() - start < 30
    assert job["ProcessingJobStatus"] == "Stopped"
    assert job["ExitMessage"] == "MaxRuntimeExceeded: ended after 1 s"


def test_a_job_beyond_its_limit_can_save_its_work_in_its_grace(tmp_path):
    running = Running(tmp_path / ".local", grace_s=20)
    code = """
import os, signal, sys, time
def save(*_):
    open(os.environ["SM_MODEL_DIR"] + "/model", "w").write("half")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
time.sleep(60)
"""
    job = running.run_training("saves", code, max_runtime_s=1)

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert running.keys("models/") == ["models/saves/output/model.tar.gz"]
    running.close()


def test_a_stopped_job_is_stopped_and_its_process_gone(running):
    running.start_processing("waits", f"import os; print(os.getpid()); {WAITS}")
    wait_until_up(running, "waits")
    pid = int(running.log("waits")[0])

    running.sagemaker("StopProcessingJob", ProcessingJobName="waits")
    job = running.ended("Processing", "waits")

    assert job["ProcessingJobStatus"] == "Stopped"
    assert not is_alive(pid)
    with pytest.raises(ServiceError, match="in status Stopped"):
        running.sagemaker("StopProcessingJob", ProcessingJobName="waits")


@pytest.mark.parametrize("new_session", [False, True], ids=["same group", "session of its own"])
def test_what_a_job_leaves_running_ends_with_it(running, new_session):
    code = f"""
import subprocess, sys
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session={new_session}
)
print(child.pid)
"""
    job = running.run_processing("parent", code)

    assert job["ProcessingJobStatus"] == "Completed"
    pid = int(running.log("parent")[0])
    eventually(lambda: not is_alive(pid), within_s=1)


def test_a_job_has_ended_although_a_descendant_holds_its_output_open(running):
    start = time.monotonic()
    code = "import subprocess; subprocess.Popen(['sleep', '60']); print('done')"
    running.run_processing("held", code)

    assert time.monotonic() - start < 30
    assert running.log("held") == ["done"]


def test_a_name_is_used_once(running):
    running.run_processing("mine", "pass")

    with pytest.raises(ServiceError) as caught:
        running.start_processing("MINE", "pass")

    assert caught.value.code == "ResourceInUse"
    assert "a job with this name already exists (arn:aws:sagemaker:" in caught.value.message


def test_a_training_jobs_name_is_used_once(running):
    running.run_training("mine", "pass")

    with pytest.raises(ServiceError) as caught:
        running.sagemaker("CreateTrainingJob", **training("mine"))

    assert caught.value.code == "ResourceInUse"
    assert caught.value.message.startswith(
        "Training job names must be unique within an AWS account and region, "
        "and a training job with this name already exists (arn:aws:sagemaker:"
    )


@pytest.mark.parametrize("name", ["", "a_b", "-a", "a-", "x" * 64, "../up", "ä"])
def test_a_name_that_sagemaker_refuses_is_refused(running, name):
    with pytest.raises(ServiceError) as caught:
        running.start_processing(name, "pass")

    assert caught.value.code == "ValidationException"
    assert f"Value '{name}' at 'processingJobName'" in caught.value.message


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"RoleArn": None}, "Value null at 'roleArn'"),
        ({"Enviroment": {}}, "Enviroment"),
        (
            {"ProcessingResources": {"ClusterConfig": {**MACHINE, "InstanceCount": 2}}},
            "InstanceCount",
        ),
        ({"ProcessingInputs": [{"InputName": "x", "DatasetDefinition": {}}]}, "DatasetDefinition"),
        ({"ProcessingInputs": [s3_input(S3DataType="ManifestFile")]}, "(only 'S3Prefix')"),
        ({"ProcessingInputs": [s3_input(S3InputMode="Pipe")]}, "(only 'File')"),
        ({"ProcessingInputs": [s3_input(LocalPath="/opt/ml/processing/../x")]}, "is not below"),
        ({"ProcessingInputs": [s3_input(LocalPath="/tmp/x")]}, "is not below /opt/ml/processing"),
        ({"ProcessingInputs": [s3_input(), s3_input()]}, "is used twice"),
        ({"AppSpecification": {"ImageUri": "x"}}, "ContainerEntrypoint is missing"),
    ],
)
def test_a_request_that_would_not_do_what_it_says_is_refused_by_name(running, change, named):
    request = {**running.processing("refused", "pass"), **change}
    request = {key: value for key, value in request.items() if value is not None}

    with pytest.raises(ServiceError) as caught:
        running.sagemaker("CreateProcessingJob", **request)

    assert caught.value.code == "ValidationException"
    assert named in caught.value.message
    assert running.sagemaker("ListProcessingJobs")["ProcessingJobSummaries"] == []


def test_what_is_recorded_and_not_enforced_is_said_in_the_log(running):
    running.run_processing("told", "pass", NetworkConfig={"EnableNetworkIsolation": True})

    log = running.root / "jobs/processing/told/log.txt"
    first, second = log.read_text().splitlines()
    assert "Python 3." in first
    assert "in place of the image 012345678901.dkr.ecr" in first
    assert "NetworkConfig.EnableNetworkIsolation" in second
    assert "ProcessingResources.ClusterConfig.InstanceType" in second


def test_a_program_that_is_not_there_is_the_clients_error(running):
    request = running.processing("nothing", "pass")
    request["AppSpecification"]["ContainerEntrypoint"] = ["no-such-program"]
    running.sagemaker("CreateProcessingJob", **request)

    assert running.ended("Processing", "nothing")["FailureReason"] == (
        "ClientError: cannot run no-such-program: No such file or directory"
    )


def test_a_nul_in_an_argument_is_the_clients_error(running):
    job = running.run_processing("nul", "pass", arguments=["a\0b"])

    assert job["FailureReason"].startswith("ClientError: cannot run ")
    assert job["FailureReason"].endswith(": embedded null byte")


def test_nothing_of_the_engines_environment_reaches_a_job(running, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_ENGINE", "1")
    code = "import json; print(json.dumps(dict(os.environ)))"
    running.run_processing("inside", code, environment={"MINE": "/opt/ml/x:/opt/mlflow"})

    environment = json.loads(running.log("inside")[0])
    container = running.root / "jobs/processing/inside/container"
    assert "SECRET_OF_THE_ENGINE" not in environment
    assert environment["MINE"] == f"{container}/ml/x:/opt/mlflow"
    assert environment["HOME"] == f"{container}/home"
    assert environment["OMP_NUM_THREADS"] == str(os.cpu_count())


def test_a_jobs_folders_are_gone_when_it_has_ended_and_its_log_is_not(running):
    code = "os.makedirs(f'{ML}/x/y'); os.chmod(f'{ML}/x', 0)"
    running.run_processing("tidy", code)

    home = running.root / "jobs/processing/tidy"
    eventually(lambda: sorted(path.name for path in home.iterdir()) == ["job.json", "log.txt"])


def test_jobs_are_listed_newest_first_by_pages_and_status(running):
    running.run_processing("first", "pass")
    running.run_processing("second", "raise SystemExit(1)")
    running.run_processing("third", "pass")

    page = running.sagemaker("ListProcessingJobs", MaxResults=2)
    rest = running.sagemaker("ListProcessingJobs", MaxResults=2, NextToken=page["NextToken"])
    failed = running.sagemaker("ListProcessingJobs", StatusEquals="Failed")

    names = [job["ProcessingJobName"] for job in page["ProcessingJobSummaries"]]
    assert names == ["third", "second"]
    assert [job["ProcessingJobName"] for job in rest["ProcessingJobSummaries"]] == ["first"]
    assert "NextToken" not in rest
    assert [job["ProcessingJobName"] for job in failed["ProcessingJobSummaries"]] == ["second"]


def test_tags_are_kept_with_the_job(running):
    job = running.run_processing("tagged", "pass", Tags=[{"Key": "team", "Value": "a"}])
    arn = job["ProcessingJobArn"]

    running.sagemaker("AddTags", ResourceArn=arn, Tags=[{"Key": "cost", "Value": "1"}])
    running.sagemaker("DeleteTags", ResourceArn=arn, TagKeys=["team"])

    assert running.sagemaker("ListTags", ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "1"}]
    assert "Tags" not in running.sagemaker("DescribeProcessingJob", ProcessingJobName="tagged")


def test_a_job_that_is_not_there_is_not_found(running):
    with pytest.raises(ServiceError, match="Could not find requested job with name: none"):
        running.sagemaker("DescribeProcessingJob", ProcessingJobName="none")
    with pytest.raises(ServiceError, match=r"Requested resource not found\."):
        running.sagemaker("DescribeTrainingJob", TrainingJobName="none")


def test_jobs_are_known_after_a_restart(tmp_path):
    running = Running(tmp_path / ".local")
    before = running.run_training("kept", "print('x')", Tags=[{"Key": "k", "Value": "v"}])
    running.close()

    again = Running(tmp_path / ".local")

    assert again.sagemaker("DescribeTrainingJob", TrainingJobName="kept") == before
    with pytest.raises(ServiceError, match="already exists"):
        again.sagemaker("CreateTrainingJob", **training("kept"))
    again.close()


def test_closing_stops_what_runs(tmp_path):
    running = Running(tmp_path / ".local")
    running.start_processing("waits", f"import os; print(os.getpid()); {IGNORES_SIGTERM}")
    wait_until_up(running, "waits")
    pid = int(running.log("waits")[0])

    running.close()

    assert not is_alive(pid)
    assert running.ended("Processing", "waits")["ProcessingJobStatus"] == "Stopped"


def test_sigterm_to_the_group_reaches_the_jobs_own_children(running):
    code = """
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid); print("up", flush=True)
sys.exit(0 if child.wait() == -signal.SIGTERM else 1)
"""
    running.start_processing("family", code)
    wait_until_up(running, "family")
    pid = int(running.log("family")[0])

    os.kill(pid, signal.SIGTERM)

    assert running.ended("Processing", "family")["ProcessingJobStatus"] == "Completed"
