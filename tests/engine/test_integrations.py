"""What Task states call: jobs to their end, and the engine's own services."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines.engine.executions.run_files import local_file
from pipelines.engine.wire.service import ServiceError
from tests.engine.running import Running, archive, eventually, is_alive, training

WAITS = "import time; print(os.getpid(), flush=True); time.sleep(60)"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / ".local")
    yield running
    running.close()


def pid_of(running: Running, name: str) -> int:
    [jobs] = [jobs for jobs in running.services.jobs if jobs.kind.folder == "processing"]
    eventually(lambda: name in {job.record.name for job in jobs.all()})
    eventually(lambda: jobs.get(name).log_path.read_text().count("\n") == 3)
    return int(running.log(name)[0])


def sdk_state(service_and_action: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Call": {
            "Type": "Task",
            "Resource": f"arn:aws:states:::aws-sdk:{service_and_action}",
            "Parameters": parameters,
            "TimeoutSeconds": 10,
            "End": True,
        }
    }


# Jobs


def test_a_jobs_description_is_its_states_result_with_times_in_milliseconds(running):
    machine = running.machine({"Work": running.processing_state("print('hello')")})
    arn = running.start(machine, name="one")

    execution = running.execution_ended(arn)

    assert execution["status"] == "SUCCEEDED"
    result = json.loads(execution["output"])
    described = running.sagemaker("DescribeProcessingJob", ProcessingJobName="one")
    assert result["ProcessingJobName"] == "one"
    assert result["ProcessingJobStatus"] == "Completed"
    assert result["CreationTime"] == round(described["CreationTime"] * 1000)
    assert result.keys() == described.keys()
    assert running.event_types(arn) == [
        *("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted"),
        *("TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"),
    ]
    history = running.states("GetExecutionHistory", executionArn=arn)["events"]
    submitted = history[4]["taskSubmittedEventDetails"]
    assert (submitted["resourceType"], submitted["resource"]) == (
        "sagemaker",
        "createProcessingJob.sync",
    )
    output = json.loads(submitted["output"])
    assert output["ProcessingJobArn"] == described["ProcessingJobArn"]
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200


def test_a_job_that_is_not_waited_for_goes_on_by_itself(running):
    state = running.processing_state("import time; time.sleep(0.5); print('done')")
    state["Resource"] = state["Resource"].removesuffix(".sync")
    arn = running.start(running.machine({"Work": state}), name="one")

    result = json.loads(running.execution_ended(arn)["output"])

    assert result["ProcessingJobArn"].endswith(":processing-job/one")
    assert result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert "TaskSubmitted" not in running.event_types(arn)
    assert running.ended("Processing", "one")["ProcessingJobStatus"] == "Completed"


def test_a_training_jobs_result_says_where_its_model_lies(running):
    code = "import os; open(os.environ['SM_MODEL_DIR'] + '/m', 'w').write('x')"
    running.put("code/sourcedir.tar.gz", archive({"train.py": code}))
    parameters = training("train-it", Environment={"A": "b"})
    machine = running.machine(
        {
            "Train": {
                "Type": "Task",
                "Resource": "arn:aws-cn:states:::sagemaker:createTrainingJob.sync",
                "Parameters": parameters,
                "TimeoutSeconds": 60,
                "End": True,
            }
        }
    )

    result = json.loads(running.execution_ended(running.start(machine))["output"])

    assert result["ModelArtifacts"]["S3ModelArtifacts"] == (
        "s3://bucket/models/train-it/output/model.tar.gz"
    )
    assert isinstance(result["SecondaryStatusTransitions"][0]["StartTime"], int)


def test_a_failed_job_fails_its_task_with_its_description_as_the_cause(running):
    code = "import sys; sys.stderr.write('why'); sys.exit(3)"
    machine = running.machine({"Work": running.processing_state(code)})

    execution = running.execution_ended(running.start(machine))

    assert (execution["status"], execution["error"]) == ("FAILED", "States.TaskFailed")
    cause = json.loads(execution["cause"])
    assert cause["ProcessingJobStatus"] == "Failed"
    assert cause["FailureReason"] == "AlgorithmError: why, exit code: 3"
    assert isinstance(cause["ProcessingEndTime"], int)


def test_a_job_beyond_its_limit_fails_its_task(running):
    code = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"
    machine = running.machine({"Work": running.processing_state(code, max_runtime_s=1)})

    execution = running.execution_ended(running.start(machine))

    assert execution["error"] == "States.TaskFailed"
    assert json.loads(execution["cause"])["ExitMessage"].startswith("MaxRuntimeExceeded")


def test_an_execution_fails_as_soon_as_its_job_beyond_the_limit_is_gone(running, tmp_path):
    pulse = tmp_path / "p"
    # The process ignores SIGTERM, and touches a file until it is killed.
    code = (
        "import signal, time, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"p = pathlib.Path({str(pulse)!r}); "
        "all(not p.touch() and not time.sleep(.01) for _ in iter(int, 1))"
    )
    machine = running.machine({"Work": running.processing_state(code, max_runtime_s=1)})

    execution = running.execution_ended(running.start(machine))

    assert execution["status"] == "FAILED"
    assert 0 <= execution["stopDate"] - pulse.stat().st_mtime < 2


def test_an_execution_fails_as_soon_as_its_job_is_killed(running):
    machine = running.machine({"Work": running.processing_state(WAITS)})
    arn = running.start(machine, name="victim")
    pid = pid_of(running, "victim")

    killed = time.time()
    os.kill(pid, 9)
    execution = running.execution_ended(arn)

    assert execution["status"] == "FAILED"
    assert "killed by signal 9" in json.loads(execution["cause"])["FailureReason"]
    assert execution["stopDate"] - killed < 1


def test_stopping_an_execution_ends_its_jobs_process(running):
    arn = running.start(running.machine({"Work": running.processing_state(WAITS)}), name="stopped")
    pid = pid_of(running, "stopped")

    asked = running.states("StopExecution", executionArn=arn)["stopDate"]
    execution = running.execution_ended(arn)

    assert execution["status"] == "ABORTED"
    assert execution["stopDate"] - asked < 1
    assert not is_alive(pid)
    job = running.sagemaker("DescribeProcessingJob", ProcessingJobName="stopped")
    assert job["ProcessingJobStatus"] == "Stopped"


def test_a_task_that_times_out_ends_its_jobs_process(running):
    state = {**running.processing_state(WAITS), "TimeoutSeconds": 1}
    arn = running.start(running.machine({"Work": state}), name="late")
    pid = pid_of(running, "late")

    execution = running.execution_ended(arn)

    assert (execution["status"], execution["error"]) == ("FAILED", "States.Timeout")
    assert not is_alive(pid)


def test_stopping_an_execution_that_waits_stops_no_job_of_another(running):
    machine = running.machine({"Work": running.processing_state(WAITS)})
    first, second = running.start(machine, name="first"), running.start(machine, name="second")
    pid = pid_of(running, "second")

    running.states("StopExecution", executionArn=first)
    running.execution_ended(first)

    assert is_alive(pid)
    assert running.describe(second)["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("change", "error", "named"),
    [
        ({"ProcessingJobName.$": "$.name"}, "ResourceInUseException", "already exists"),
        ({"ProcessingJobName": "no name"}, "AmazonSageMakerException", "'no name'"),
    ],
    ids=["name in use", "invalid"],
)
def test_an_error_of_the_api_has_the_integrations_name(running, change, error, named):
    running.run_processing("taken", "pass")
    state = running.processing_state("pass")
    del state["Parameters"]["ProcessingJobName.$"]
    state["Parameters"] |= change
    machine = running.machine({"Work": state})

    execution = running.execution_ended(running.start(machine, name="x", input='{"name": "taken"}'))

    assert execution["error"] == f"SageMaker.{error}"
    assert named in execution["cause"]
    assert running.event_types(running_arn(execution))[-3:] == [
        *("TaskStarted", "TaskFailed", "ExecutionFailed"),
    ]


def running_arn(execution: Mapping[str, Any]) -> str:
    return str(execution["executionArn"])


def test_what_a_run_made_lies_in_its_folder_by_state(running):
    output = "s3://bucket/p/local/runs/training/monday/monday/evaluation"
    code = "open(f'{ML}/processing/output/e/report.html', 'w').write('report')"
    state = running.processing_state(code, outputs={"e": output})
    arn = running.start(running.machine({"Evaluate": state}), name="monday")
    assert running.execution_ended(arn)["status"] == "SUCCEEDED"

    file = local_file(running.root, arn, f"{output}/report.html")

    assert file == running.root / "runs/monday/Evaluate/evaluation/report.html"
    assert file.read_text() == "report"
    # What a person writes into it is not written into the bucket.
    file.write_text("mine")
    assert (
        running.objects.read("bucket", f"{output[len('s3://bucket/') :]}/report.html") == b"report"
    )
    assert local_file(running.root, arn, f"{output}/other.html") is None


def test_two_executions_of_one_name_do_not_share_a_folder(running):
    def run(machine_name: str, text: str) -> str:
        code = f"open(f'{{ML}}/processing/output/o/x', 'w').write('{text}')"
        output = f"s3://bucket/{machine_name}/job-{machine_name}/o"
        state = running.processing_state(code, outputs={"o": output})
        del state["Parameters"]["ProcessingJobName.$"]
        state["Parameters"]["ProcessingJobName"] = f"job-{machine_name}"
        arn = running.start(running.machine({"Work": state}, machine_name), name="nightly")
        assert running.execution_ended(arn)["status"] == "SUCCEEDED"
        file = local_file(running.root, arn, f"{output}/x")
        assert file is not None
        return file.read_text()

    assert run("training", "one") == "one"
    assert run("inference", "two") == "two"
    assert (running.root / "runs/nightly/Work/o/x").read_text() == "one"


# AWS SDK integrations


def test_an_object_is_read_as_text(running):
    running.put("metrics.json", '{"ü": 1}'.encode())
    machine = running.machine(
        sdk_state("s3:getObject", {"Bucket": "bucket", "Key": "metrics.json"})
    )

    result = json.loads(running.execution_ended(running.start(machine))["output"])

    assert result["Body"] == '{"ü": 1}'
    assert result["ContentLength"] == 9
    assert result["LastModified"].endswith("Z")
    assert result["ETag"].startswith('"')


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"Bucket": "bucket", "Key": "none"}, "S3.NoSuchKeyException"),
        ({"Bucket": "no-such-bucket", "Key": "x"}, "S3.NoSuchBucketException"),
        ({"Bucket": "bucket"}, "States.Runtime"),
        ({"Bucket": "bucket", "Key": "big", "Range": "bytes=0-1"}, "S3.S3Exception"),
        ({"Bucket": "bucket", "Key": "big"}, "States.DataLimitExceeded"),
    ],
)
def test_an_error_of_s3_has_the_java_sdks_name(running, parameters, error):
    running.put("big", b"x" * 300_000)
    machine = running.machine(sdk_state("s3:getObject", parameters))

    assert running.execution_ended(running.start(machine))["error"] == error


def test_an_operation_of_sagemaker_is_called_as_a_client_would(running):
    running.run_processing("described", "pass")
    machine = running.machine(
        sdk_state("sagemaker:describeProcessingJob", {"ProcessingJobName": "described"})
    )

    result = json.loads(running.execution_ended(running.start(machine))["output"])

    assert result["ProcessingJobStatus"] == "Completed"
    assert result["CreationTime"].endswith("Z")


def test_an_error_of_sagemaker_has_the_java_sdks_name(running):
    missing = sdk_state("sagemaker:describeTrainingJob", {"TrainingJobName": "none"})
    execution = running.execution_ended(running.start(running.machine(missing)))

    assert execution["error"] == "SageMaker.SageMakerException"
    assert execution["cause"].startswith("Requested resource not found. (Service: SageMaker, ")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("sagemaker:createTransformJob.sync", "createHyperParameterTuningJob only"),
        ("ecs:runTask.sync", "does not have this service"),
        ("aws-sdk:s3:deleteBucket", "of S3 the local engine calls CopyObject, "),
        ("aws-sdk:ec2:describeInstances", "does not have this service"),
        ("aws-sdk:sagemaker:describeNothing", "has no operation"),
        ("aws-sdk:sagemaker:createNotebookInstance", "does not have sagemaker:"),
        ("aws-sdk:ssm:sendCommand", "does not have ssm:SendCommand"),
    ],
)
def test_what_cannot_be_run_is_refused_when_the_machine_is_created(running, resource, reason):
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "TimeoutSeconds": 10,
        "End": True,
    }

    with pytest.raises(ServiceError, match=r"cannot be run here|has no operation") as caught:
        running.machine({"Call": state})

    assert reason in caught.value.message
