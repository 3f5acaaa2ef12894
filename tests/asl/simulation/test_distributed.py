"""Distributed Maps in a simulation: S3 is a dict, child executions are simulations too."""

from __future__ import annotations

import json

import pytest

from pipelines.asl.simulation import SimulationError, TaskFailed, fail, simulate
from tests.asl.simulation.machines import machine, task

READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON"},
    "Parameters": {"Bucket": "in", "Key": "rows.json"},
}
WRITER = {
    "Resource": "arn:aws:states:::s3:putObject",
    "Parameters": {"Bucket": "out", "Prefix": "results"},
}


def distributed(**fields):
    """A machine of one Distributed Map whose children score an item."""
    inner = machine(Score=task(Parameters={"FunctionName": "score", "Payload.$": "$"}))
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": config, **inner}
    each = {"Type": "Map", "ItemProcessor": processor, "ItemReader": READER, **fields}
    return machine(Each=each)


def score(request):
    return {"score": request["Payload"]["n"] / 10}


ROWS = {"in/rows.json": [{"n": 1}, {"n": 2}, {"n": 3}]}


def test_items_come_from_a_dict_of_objects():
    run = simulate(distributed(), tasks={"Score": score}, objects=ROWS)

    assert run.output == [{"score": 0.1}, {"score": 0.2}, {"score": 0.3}]
    assert run.states == ["Each"]
    assert run.map_runs[0]["itemCounts"]["succeeded"] == 3


def test_each_child_is_a_simulation_with_its_own_history_and_calls():
    run = simulate(distributed(), tasks={"Score": score}, objects=ROWS)

    second = run.children[1]
    assert (second.status, second.input, second.states) == ("SUCCEEDED", {"n": 2}, ["Score"])
    assert second.history[0]["id"] == 1
    assert [call.request["Payload"] for call in second.calls] == [{"n": 2}]
    assert len(run.calls) == 3


def test_results_are_written_to_the_objects_afterwards():
    definition = distributed(ResultWriter=WRITER)

    run = simulate(definition, tasks={"Score": score}, objects=ROWS)

    details = run.output["ResultWriterDetails"]
    manifest = json.loads(run.objects[f"{details['Bucket']}/{details['Key']}"])
    assert set(manifest["ResultFiles"]) >= {"SUCCEEDED", "FAILED", "PENDING"}
    assert any(name.startswith("out/results/") for name in run.objects)


def test_objects_are_text_bytes_or_json():
    csv = {**READER, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}}
    definition = distributed(ItemReader=csv)

    for text in ("n\n1\n2\n", b"n\n1\n2\n"):
        run = simulate(definition, tasks={"Score": {}}, objects={"in/rows.json": text})
        assert [child.input for child in run.children] == [{"n": "1"}, {"n": "2"}]


def test_an_object_that_is_not_there_fails_the_map():
    run = simulate(distributed())

    assert (run.status, run.error) == ("FAILED", "States.ItemReaderFailed")


def test_reading_can_be_refused_of_one_object_or_of_all_below_a_folder():
    denied = TaskFailed("S3.S3Exception", "Access Denied")

    for name in ("in/rows.json", "in/"):
        run = simulate(distributed(), objects={**ROWS, name: denied})
        assert run.error == "States.ItemReaderFailed"


def test_an_object_is_named_by_its_bucket_and_key():
    with pytest.raises(SimulationError, match=r"an object's name is bucket/key, not 'rows\.json'"):
        simulate(distributed(), objects={"rows.json": []})


def test_faults_reach_into_child_executions():
    definition = distributed(ToleratedFailureCount=1)

    run = simulate(
        definition,
        tasks={"Score": score},
        faults=[fail("Score", "Busy", times=1)],
        objects=ROWS,
    )

    assert [child.error for child in run.children] == ["Busy", None, None]
    assert run.status == "SUCCEEDED"


def test_listed_objects_are_items():
    listing = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "in"}}
    definition = distributed(ItemReader=listing)
    objects = {"in/b.txt": "22", "in/a.txt": "1", "other/c.txt": ""}

    run = simulate(definition, tasks={"Score": {}}, objects=objects)

    assert [(child.input["Key"], child.input["Size"]) for child in run.children] == [
        ("a.txt", 1),
        ("b.txt", 2),
    ]


def test_what_takes_effect_in_a_child_is_exercised():
    run = simulate(distributed(), tasks={"Score": score}, objects=ROWS)

    assert "States.Each.ItemProcessor.States.Score.End" in run.exercised
