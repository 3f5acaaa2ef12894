"""ResultWriter: what came of the children, as the Map's result or in S3."""

import json

import pytest

from pipelines.asl.interpreter import TaskFailed
from tests.asl.interpreter.distributed.machines import MapTasks, distributed, run_map
from tests.asl.interpreter.executions import CREATE_JOB

TASK = {"Type": "Task", "Resource": CREATE_JOB, "End": True}
PUT = "arn:aws:states:::s3:putObject"


def written(config=None, input=(1,), answers=(), prefix="out", bucket="data", **fields):
    writer = {"Resource": PUT, "Parameters": {"Bucket": bucket, "Prefix": prefix}}
    if config is not None:
        writer["WriterConfig"] = config
    return run_map(
        distributed(TASK, ResultWriter=writer, MaxConcurrency=1, **fields),
        list(input),
        tasks=MapTasks(list(answers)),
    )


def test_without_s3_the_result_has_the_form_that_writer_config_says():
    def result(**config):
        state = distributed(ResultWriter={"WriterConfig": config})
        return run_map(state, [[1, 2], [3], 4]).outcome.output

    assert result(Transformation="COMPACT", OutputType="JSON") == [[1, 2], [3], 4]
    assert result(Transformation="FLATTEN", OutputType="JSON") == [1, 2, 3, 4]
    assert result(Transformation="FLATTEN", OutputType="JSONL") == "1\n2\n3\n4\n"
    [first, *_] = result(Transformation="NONE", OutputType="JSON")
    assert (first["Input"], first["Output"], first["Status"]) == ("[1,2]", "[1,2]", "SUCCEEDED")


def test_in_s3_the_result_names_a_manifest():
    mapped = written()
    run_id = mapped.run.arn.rpartition(":")[2]
    assert mapped.outcome.output == {
        "MapRunArn": mapped.run.arn,
        "ResultWriterDetails": {"Bucket": "data", "Key": f"out/{run_id}/manifest.json"},
    }
    body = mapped.tasks.items.objects["data", f"out/{run_id}/SUCCEEDED_0.json"]
    assert mapped.tasks.items.json("data", f"out/{run_id}/manifest.json") == {
        "DestinationBucket": "data",
        "MapRunArn": mapped.run.arn,
        "ResultFiles": {
            "FAILED": [],
            "PENDING": [],
            "SUCCEEDED": [{"Key": f"out/{run_id}/SUCCEEDED_0.json", "Size": len(body)}],
        },
    }
    assert mapped.run.describe()["executionCounts"]["resultsWritten"] == 1


def files(mapped):
    """The files that were written, by the first part of their names."""
    return {
        key.rpartition("/")[2]: body.decode()
        for (bucket, key), body in mapped.tasks.items.objects.items()
    }


def test_a_file_holds_the_executions_with_their_metadata():
    mapped = written(input=[{"n": 1}], answers=[{"done": True}])
    [child] = mapped.run.children
    assert json.loads(files(mapped)["SUCCEEDED_0.json"]) == [
        {
            "ExecutionArn": child.arn,
            "Input": '{"n":1}',
            "InputDetails": {"Included": True},
            "Name": child.name,
            "Output": '{"done":true}',
            "OutputDetails": {"Included": True},
            "RedriveCount": 0,
            "RedriveStatus": "NOT_REDRIVABLE",
            "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "StartDate": "2026-01-01T00:00:00.000Z",
            "StateMachineArn": child.state_machine_arn,
            "Status": "SUCCEEDED",
            "StopDate": "2026-01-01T00:00:00.000Z",
        }
    ]


def test_what_failed_has_a_file_of_its_own():
    mapped = written(
        input=[1, 2], answers=[TaskFailed("Boom", "why"), "b"], ToleratedFailureCount=1
    )
    [failed] = json.loads(files(mapped)["FAILED_0.json"])
    assert (failed["Status"], failed["Error"], failed["Cause"]) == ("FAILED", "Boom", "why")
    assert failed["RedriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    assert "Output" not in failed
    [passed] = json.loads(files(mapped)["SUCCEEDED_0.json"])
    assert passed["Output"] == '"b"'


def test_a_map_run_that_fails_writes_what_it_has():
    mapped = written(input=[1, 2, 3], answers=["a", TaskFailed("Boom")])
    assert mapped.outcome.error == "States.ExceedToleratedFailureThreshold"
    assert set(files(mapped)) == {
        "SUCCEEDED_0.json",
        "FAILED_0.json",
        "PENDING_0.json",
        "manifest.json",
    }
    [pending] = json.loads(files(mapped)["PENDING_0.json"])
    assert (pending["Status"], pending["Input"]) == ("PENDING", "3")


@pytest.mark.parametrize(
    ("config", "name", "text"),
    [
        ({"Transformation": "COMPACT", "OutputType": "JSON"}, "SUCCEEDED_0.json", "[[1],[2]]"),
        ({"Transformation": "FLATTEN", "OutputType": "JSON"}, "SUCCEEDED_0.json", "[1,2]"),
        ({"Transformation": "FLATTEN", "OutputType": "JSONL"}, "SUCCEEDED_0.jsonl", "1\n2\n"),
    ],
)
def test_files_have_the_form_that_writer_config_says(config, name, text):
    assert files(written(config, input=[[1], [2]]))[name] == text


@pytest.mark.parametrize(("prefix", "start"), [("", ""), ("a", "a/"), ("a/b/", "a/b/")])
def test_the_prefix_is_a_folder(prefix, start):
    mapped = written(prefix=prefix)
    key = mapped.outcome.output["ResultWriterDetails"]["Key"]
    assert key == f"{start}{mapped.run.id}/manifest.json"


def test_in_jsonata_the_target_is_in_arguments():
    writer = {
        "Resource": PUT,
        "Arguments": {"Bucket": "data", "Prefix": "{% $states.input[0] %}"},
    }
    mapped = run_map(distributed(ResultWriter=writer), ["p"], language="JSONata")
    assert mapped.outcome.output["ResultWriterDetails"]["Key"].startswith("p/")


def test_what_cannot_be_written_fails_the_map_run():
    mapped = written(bucket="forbidden")
    assert (mapped.outcome.error, mapped.outcome.cause) == (
        "States.ResultWriterFailed",
        "Access Denied",
    )
    assert mapped.types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
