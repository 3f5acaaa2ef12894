"""What goes into a job and what comes out of it: folders, channels, archives, S3."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.engine.jobs.archive import pack, unpack
from pipelines.engine.jobs.container import Container, JobError
from pipelines.engine.wire.service import ServiceError
from tests.engine.running import OUTPUT, Running, archive, training

LISTING = """
from pathlib import Path
root = Path(ML)/"processing/input/data"
for path in sorted(root.rglob("*")):
    if path.is_file(): print(path.relative_to(root), path.read_text())
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / ".local")
    yield running
    running.close()


def escaped(root: Path) -> list[str]:
    return [folder for folder, _, files in os.walk(root) if "escaped" in files]


# Inputs


@pytest.mark.parametrize("uri", ["s3://bucket/data/train", "s3://bucket/data/train/"])
def test_a_folder_of_objects_is_copied_with_its_folders(running, uri):
    running.put("data/train/a.csv", b"A")
    running.put("data/train/x/b.csv", b"B")
    running.put("data/train/x/", b"")  # what the S3 console calls a folder

    running.run_processing("reads", LISTING, inputs={"data": uri})

    assert running.log("reads") == ["a.csv A", "x/b.csv B"]


def test_a_prefix_is_every_key_that_starts_with_it(running):
    running.put("data/train-1.csv", b"1")
    running.put("data/train-2.csv", b"2")
    running.put("data/other.csv", b"3")

    running.run_processing("reads", LISTING, inputs={"data": "s3://bucket/data/train"})

    assert running.log("reads") == ["train-1.csv 1", "train-2.csv 2"]


def test_a_prefix_may_be_one_object(running):
    running.put("data/people.csv", b"1")

    running.run_processing("reads", LISTING, inputs={"data": "s3://bucket/data/people.csv"})

    assert running.log("reads") == ["people.csv 1"]


def test_a_job_that_writes_to_its_input_does_not_change_the_object(running):
    running.put("data/a.csv", b"A")

    code = "open(f'{ML}/processing/input/data/a.csv', 'w').write('changed')"
    running.run_processing("writes", code, inputs={"data": "s3://bucket/data/"})

    assert running.objects.read("bucket", "data/a.csv") == b"A"


@pytest.mark.parametrize(
    "uri", ["s3://bucket/nothing/here", "s3://no-such-bucket/data"], ids=["prefix", "bucket"]
)
def test_an_input_that_is_not_there_fails_the_job_before_it_starts(running, uri):
    job = running.run_processing("missing", "print('never')", inputs={"data": uri})

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Data download failed: ")
    assert uri in job["FailureReason"]
    assert "ProcessingStartTime" not in job
    assert "never" not in running.log("missing")


@pytest.mark.parametrize("key", ["data/../../../escaped", "data/..", "data/a/../../b"])
def test_a_key_that_leads_out_of_the_folder_is_refused(running, key):
    running.put(key, b"x")

    job = running.run_processing("out", "pass", inputs={"data": "s3://bucket/data/"})

    assert job["FailureReason"].endswith("is no file's name")
    assert not escaped(running.root)


def test_two_keys_that_cannot_both_be_files_fail_the_job(running):
    running.put("data/a", b"x")
    running.put("data/a/b", b"x")

    job = running.run_processing("both", "pass", inputs={"data": "s3://bucket/data/"})

    assert job["FailureReason"].startswith(
        "ClientError: Data download failed: 'data/a/b' cannot be a file"
    )


# Outputs of processing jobs


def test_every_file_below_an_outputs_folder_is_stored(running):
    code = """
from pathlib import Path
(Path(ML)/"processing/output/o/deep").mkdir()
(Path(ML)/"processing/output/o/deep/ä b.txt").write_text("hi")
(Path(ML)/"processing/output/o/empty").mkdir()
"""
    job = running.run_processing("out", code, outputs={"o": "s3://bucket/out/"})

    assert job["ProcessingJobStatus"] == "Completed"
    assert running.keys("out/") == ["out/deep/ä b.txt"]
    assert running.objects.read("bucket", "out/deep/ä b.txt") == b"hi"
    [output] = job["ProcessingOutputConfig"]["Outputs"]
    assert output["S3Output"]["LocalPath"] == f"{OUTPUT}/o"
    assert output["AppManaged"] is False


def test_an_empty_output_is_no_object(running):
    job = running.run_processing("empty", "pass", outputs={"o": "s3://bucket/out"})

    assert job["ProcessingJobStatus"] == "Completed"
    assert running.keys("out") == []


def test_a_job_that_failed_stores_nothing(running):
    code = "open(f'{ML}/processing/output/o/half', 'w').write('x'); raise SystemExit(1)"
    running.run_processing("bad", code, outputs={"o": "s3://bucket/out"})

    assert running.keys("out") == []


def test_a_bucket_that_is_not_there_fails_the_job_when_it_has_run(running):
    code = "open(f'{ML}/processing/output/o/x', 'w').write('x')"
    job = running.run_processing("nowhere", code, outputs={"o": "s3://no-such-bucket/out"})

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Data upload failed: s3://no-such-bucket")


def test_a_link_to_another_output_is_that_file(running):
    code = """
os.chdir(f"{ML}/processing/output/o")
open("z", "w").write("x")
os.symlink("z", "a")
"""
    running.run_processing("link", code, outputs={"o": "s3://bucket/out"})

    assert running.keys("out") == ["out/a", "out/z"]
    assert running.objects.read("bucket", "out/a") == b"x"


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../../../job.json", "nothing", "."])
def test_a_link_out_of_the_outputs_fails_the_job(running, target):
    code = f"os.symlink('{target}', f'{{ML}}/processing/output/o/a')"
    job = running.run_processing("link", code, outputs={"o": "s3://bucket/out"})

    assert job["FailureReason"].startswith("ClientError: Data upload failed: a is ")
    assert running.keys("out") == []


def test_a_pipe_among_the_outputs_fails_the_job(running):
    code = "os.mkfifo(f'{ML}/processing/output/o/pipe')"
    job = running.run_processing("pipe", code, outputs={"o": "s3://bucket/out"})

    assert job["FailureReason"] == "ClientError: Data upload failed: pipe is not a file"


def test_the_containers_configuration_is_where_sagemaker_puts_it(running):
    code = """
print(open(f"{ML}/config/processingjobconfig.json").read())
print(open(f"{ML}/config/resourceconfig.json").read())
"""
    job = running.run_processing("config", code, arguments=["--out", OUTPUT])

    request, resources = map(json.loads, running.log("config"))
    assert request["ProcessingJobArn"] == job["ProcessingJobArn"]
    container = running.root / "jobs/processing/config/container"
    assert request["AppSpecification"]["ContainerArguments"] == [
        "--out",
        f"{container}/ml/processing/output",
    ]
    assert resources == {"current_host": "algo-1", "hosts": ["algo-1"]}


def test_only_whole_paths_are_rebased():
    container = Container(Path("/jobs/x"))
    given = ["/opt/ml", "--in=/opt/ml/a", "/opt/mlflow", "s3://b/opt/ml/x", "/home/opt/ml", 7]

    assert container.rebase({"k": given}) == {
        "k": [
            "/jobs/x/ml",
            "--in=/jobs/x/ml/a",
            "/opt/mlflow",
            "s3://b/opt/ml/x",
            "/home/opt/ml",
            7,
        ]
    }


# Training jobs


TRAINS = """
import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "environment": dict(os.environ)}))
open(os.environ["SM_MODEL_DIR"] + "/model.txt", "w").write("the model")
"""


def test_a_program_is_started_as_script_mode_does(running):
    running.put("data/train/a.csv", b"A")
    running.run_training(
        "trains",
        TRAINS,
        hyperparameters={"max_iter": "300", "C": "0.5", "name": '"trees"', "flag": "false"},
        channels={"train": "s3://bucket/data/train/"},
        Environment={"MINE": "/opt/ml/x"},
    )

    [line] = running.log("trains", "Training")
    seen = json.loads(line)
    ml = running.root / "jobs/training/trains/container/ml"
    environment = seen["environment"]
    assert seen["argv"] == [
        *("-C", "0.5", "--flag", "False"),
        *("--max_iter", "300", "--name", "trees"),
    ]
    assert seen["cwd"] == environment["PYTHONPATH"] == f"{ml}/code"
    assert environment["SM_CHANNEL_TRAIN"] == f"{ml}/input/data/train"
    assert environment["SM_MODEL_DIR"] == f"{ml}/model"
    assert environment["SM_OUTPUT_DATA_DIR"] == f"{ml}/output/data"
    assert environment["SM_OUTPUT_DIR"] == f"{ml}/output"
    assert environment["SM_CHANNELS"] == '["train"]'
    assert environment["SM_HP_MAX_ITER"] == "300"
    assert json.loads(environment["SM_HPS"]) == {
        "max_iter": 300,
        "C": 0.5,
        "name": "trees",
        "flag": False,
    }
    assert json.loads(environment["SM_USER_ARGS"]) == seen["argv"]
    assert environment["TRAINING_JOB_NAME"] == "trains"
    assert environment["MINE"] == f"{ml}/x"


def test_the_configuration_files_hold_the_hyperparameters_as_given(running):
    code = """
import os
for name in ("hyperparameters", "inputdataconfig", "resourceconfig"):
    print(open(os.environ["SM_INPUT_CONFIG_DIR"] + f"/{name}.json").read())
"""
    running.put("data/a", b"")
    running.run_training(
        "configured",
        code,
        hyperparameters={"name": '"trees"'},
        channels={"train": "s3://bucket/data/"},
    )

    hyperparameters, inputs, resources = map(json.loads, running.log("configured", "Training"))
    assert hyperparameters["name"] == '"trees"'
    assert inputs["train"]["TrainingInputMode"] == "File"
    assert resources["hosts"] == ["algo-1"]


def test_the_model_is_one_archive_with_the_same_bytes_each_time(running):
    first = running.run_training("first", TRAINS)
    second = running.run_training("second", TRAINS)

    assert first["ModelArtifacts"] == {
        "S3ModelArtifacts": "s3://bucket/models/first/output/model.tar.gz"
    }
    assert [part["Status"] for part in first["SecondaryStatusTransitions"]] == [
        *("Starting", "Downloading", "Training", "Uploading", "Completed"),
    ]
    assert first["TrainingTimeInSeconds"] == 0
    one, two = (running.objects.read("bucket", f"models/{n}/output/model.tar.gz") for n in
                ("first", "second"))  # fmt: skip
    assert one == two
    assert second["TrainingJobStatus"] == "Completed"
    with tarfile.open(fileobj=io.BytesIO(one)) as tar:
        [member] = tar.getmembers()
    assert (member.name, member.mtime, member.uid, member.mode) == ("model.txt", 0, 0, 0o644)


def test_output_data_is_an_archive_only_if_there_is_some(running):
    code = "import os; open(os.environ['SM_OUTPUT_DATA_DIR'] + '/log', 'w').write('x')"
    running.run_training("data", code)
    running.run_training("none", "pass")

    assert running.keys("models/") == ["models/data/output/output.tar.gz"]


def test_the_failure_file_is_the_reason(running):
    code = """
import os, sys
open(os.environ["SM_OUTPUT_DIR"] + "/failure", "w").write("no rows\\n")
print("last line", file=sys.stderr)
sys.exit(2)
"""
    job = running.run_training("failed", code)

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"] == "AlgorithmError: no rows, exit code: 2"
    assert "ModelArtifacts" not in job


def test_a_stopped_training_job_is_described_as_stopped(running):
    running.put("code/sourcedir.tar.gz", archive({"train.py": "import time; time.sleep(60)"}))
    running.sagemaker("CreateTrainingJob", **training("stops"))
    running.sagemaker("StopTrainingJob", TrainingJobName="stops")

    job = running.ended("Training", "stops")

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")


@pytest.mark.parametrize(
    ("hyperparameters", "named"),
    [
        ({"sagemaker_program": "null"}, "does not run the image"),
        ({"sagemaker_program": '"../train.py"'}, "is not a Python file in the archive"),
        ({"sagemaker_program": '"train.sh"'}, "is not a Python file in the archive"),
        ({"sagemaker_submit_directory": '"/opt/ml/code"'}, "is not an S3 URI"),
    ],
)
def test_what_is_not_script_mode_is_refused(running, hyperparameters, named):
    with pytest.raises(ServiceError) as caught:
        running.sagemaker("CreateTrainingJob", **training("x", hyperparameters=hyperparameters))

    assert caught.value.code == "ValidationException"
    assert named in caught.value.message


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            {"CheckpointConfig": {"S3Uri": "s3://b/x", "LocalPath": "/opt/ml/model/x"}},
            "LocalPath '/opt/ml/model/x' is not a folder of its own below /opt/ml",
        ),
        ({"CheckpointConfig": {"S3Uri": "https://b/x"}}, "is not an S3 URI"),
        ({"OutputDataConfig": {"S3OutputPath": "s3://b/x", "CompressionType": "NONE"}}, "'NONE'"),
        ({"DebugRuleConfigurations": []}, "DebugRuleConfigurations"),
    ],
)
def test_a_training_request_that_would_run_otherwise_is_refused_by_name(running, change, named):
    with pytest.raises(ServiceError) as caught:
        running.sagemaker("CreateTrainingJob", **{**training("x"), **change})

    assert named in caught.value.message


@pytest.mark.parametrize("name", ["requirements.txt", "setup.py"])
def test_an_archive_that_wants_something_installed_is_refused(running, name):
    running.put("code/sourcedir.tar.gz", archive({"train.py": "pass", name: "x"}))
    running.sagemaker("CreateTrainingJob", **training("installs"))

    job = running.ended("Training", "installs")

    assert f"the source archive holds {name}" in job["FailureReason"]


def test_an_archive_without_the_program_is_the_clients_error(running):
    running.put("code/sourcedir.tar.gz", archive({"other.py": "pass"}))
    running.sagemaker("CreateTrainingJob", **training("absent"))

    assert running.ended("Training", "absent")["FailureReason"] == (
        "ClientError: s3://bucket/code/sourcedir.tar.gz does not hold the program train.py"
    )


# Archives


def hostile(**attributes: object) -> bytes:
    """A tar.gz with one member as described, and train.py."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("x")
        for name, value in attributes.items():
            setattr(member, name, value)
        tar.addfile(member)
        tar.addfile(tarfile.TarInfo("train.py"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        hostile(name="../escaped"),
        hostile(name="/tmp/escaped"),
        hostile(name="a/../../escaped"),
        hostile(name="escaped", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        hostile(name="escaped", type=tarfile.LNKTYPE, linkname="train.py"),
        hostile(name="escaped", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
        hostile(name="escaped", type=tarfile.FIFOTYPE),
        b"not an archive",
        gzip.compress(b"not an archive"),
        archive({"train.py": "pass"})[:-20],
        b"",
    ],
    ids=["up", "absolute", "inside", "symlink", "link", "device", "fifo", "text", "zipped text",
         "torn", "empty"],
)  # fmt: skip
def test_a_hostile_archive_fails_the_job_and_leaves_nothing(running, tmp_path, content):
    running.put("code/sourcedir.tar.gz", content)
    running.sagemaker("CreateTrainingJob", **training("hostile"))

    job = running.ended("Training", "hostile")

    assert job["FailureReason"].startswith("ClientError: sourcedir.tar.gz")
    assert not escaped(tmp_path)
    assert not Path("/tmp/escaped").exists()


def test_an_archive_that_unpacks_to_too_much_is_refused_before_the_disk_is_full(tmp_path):
    huge = tarfile.TarInfo("huge")
    huge.size = 1 << 40
    (tmp_path / "bomb.tar.gz").write_bytes(gzip.compress(huge.tobuf()))

    with pytest.raises(JobError, match="holds more than"):
        unpack(tmp_path / "bomb.tar.gz", tmp_path / "code")


def test_a_packed_archive_is_what_was_packed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/run").write_text("x")
    (tmp_path / "a/run").chmod(0o755)

    pack([("a/run", tmp_path / "a/run")], tmp_path / "x.tar.gz")
    unpack(tmp_path / "x.tar.gz", tmp_path / "out")

    assert (tmp_path / "out/a/run").read_text() == "x"
    assert (tmp_path / "out/a/run").stat().st_mode & 0o777 == 0o755
