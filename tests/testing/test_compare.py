"""Holding the interpreter against recorded executions."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest

from pipelines.asl.simulation import simulate
from pipelines.testing.compare import NORMALISED, compare, report
from pipelines.testing.compare.__main__ import main
from pipelines.testing.compare.equality import Equality
from pipelines.testing.recorded import recording_of
from tests.asl.simulation.machines import ASK, machine, task
from tests.testing.recordings import example, recorded


def compared(parts, **options):
    return compare(recording_of(parts), **options)


def changed(parts, number, member, value):
    """The recording with another value in the details of an event."""
    parts = copy.deepcopy(parts)
    [details] = [v for k, v in parts["history"]["events"][number].items() if k.endswith("Details")]
    details[member] = value
    return parts


def test_an_execution_like_the_recorded_one_differs_in_nothing():
    result = compared(example())

    assert (result.outcome, result.types, result.fields) == (True, True, True)
    assert result.differences == ()


def test_another_output_is_a_difference_in_the_outcome_with_its_place():
    result = compared(changed(example(), -1, "output", '{"Payload":2}'))

    assert (result.outcome, result.types, result.fields) == (False, True, False)
    assert result.differences[0] == "output.Payload: ours 1, recorded 2"


def test_a_missing_event_is_a_difference_of_the_types_and_of_the_fields():
    parts = example()
    [started] = [each for each in parts["history"]["events"] if each["type"] == "TaskStarted"]
    parts["history"]["events"].remove(started)
    parts["history"]["events"][5]["previousEventId"] = started["previousEventId"]

    result = compared(parts)

    assert (result.outcome, result.types, result.fields) == (True, False, False)
    assert result.differences[0].startswith("event types from the 6. on: ours TaskStarted")


def test_a_member_that_only_one_has_is_told():
    result = compared(changed(example(), 4, "heartbeatInSeconds", 60))

    assert result.differences == (
        "event 5 TaskScheduled.taskScheduledEventDetails.heartbeatInSeconds:"
        " ours nothing, recorded 60",
    )


def test_the_type_of_a_number_counts():
    assert not compared(changed(example(), -1, "output", '{"Payload":1.0}')).outcome
    assert not compared(changed(example(), -1, "output", '{"Payload":true}')).outcome


def test_the_order_of_members_in_json_text_does_not_count():
    assert compared(changed(example(), 0, "input", '{ "n" : 3 }')).fields


def test_ids_and_the_ids_of_previous_events_count():
    parts = example()
    parts["history"]["events"][3]["previousEventId"] = 1

    assert compared(parts).differences == (
        "event 4 TaskStateEntered.previousEventId: ours 3, recorded 1",
    )


def test_what_the_interpreter_raises_is_a_difference_in_everything():
    parts = example()
    parts["history"]["events"] = [parts["history"]["events"][0], parts["history"]["events"][-1]]

    result = compared(parts)

    assert (result.outcome, result.types, result.fields) == (False, False, False)
    assert "NotRecorded" in result.differences[0]


def test_an_execution_that_had_not_ended_is_compared_as_far_as_it_went():
    parts = example()
    parts["history"]["events"] = parts["history"]["events"][:3]

    assert compared(parts).fields


def test_a_task_token_may_be_another_but_the_same_everywhere():
    run = simulate(machine(Ask=task(ASK)), tasks={"Ask": lambda request: request})
    parts = recorded(run)
    theirs = json.loads(json.dumps(parts).replace(run.calls[0].token, "AQCsAAAA"))

    assert compared(theirs).fields

    last = theirs["history"]["events"][-1]["executionSucceededEventDetails"]
    theirs = changed(theirs, -1, "output", last["output"].replace("AQCs", "other"))
    assert not compared(theirs).outcome


@pytest.mark.parametrize(
    ("ours", "recorded", "same"),
    [
        ("job-1b4e28ba-2fa1-11d2-883f-0016d3cca427", "job-<uuid:1>", True),
        ("2026-01-01T00:00:00.000Z", "2025-07-01T09:30:00.123Z", True),
        ("arn:mine:1", "arn:theirs:1", True),
        ("arn:mine:1", "arn:theirs:2", False),
        ("a text", "another text", False),
        (1, "1", False),
    ],
)
def test_generated_texts_are_equal_to_any_others_in_their_place(ours, recorded, same):
    assert (not list(Equality(["mine"]).differences(ours, recorded))) is same


def test_a_generated_text_is_the_same_one_wherever_ours_is():
    equality = Equality(["mine"])

    assert not list(equality.differences(["mine", "x-mine"], ["yours", "x-yours"]))
    assert list(equality.differences("mine", "another"))


def test_texts_that_are_json_can_have_been_recorded_as_their_values():
    ours = {"Cause": '{"a":[1]}'}
    theirs = {"Cause": {"a": [1]}}

    assert not list(Equality(decoded=True).differences(ours, theirs))
    assert list(Equality().differences(ours, theirs))


def test_the_report_has_the_rates_of_each_language_and_the_differences():
    jsonata = machine(Tell={"Type": "Succeed"})
    jsonata["QueryLanguage"] = "JSONata"
    results = [
        compared(example()),
        compared(changed(example(), -1, "output", '{"Payload":2}')),
        compared(recorded(simulate(jsonata))),
    ]

    text = report(results)

    assert "JSONPath  status, output, error             1 of 2   50.0 %" in text
    assert "JSONPath  sequence of event types           2 of 2  100.0 %" in text
    assert "JSONata   every field of every event        1 of 1  100.0 %" in text
    assert "output.Payload: ours 1, recorded 2" in text
    assert all(each.what in text for each in NORMALISED)


def test_the_command_says_by_its_status_whether_anything_differs(tmp_path, capsys):
    (tmp_path / "same.json").write_text(json.dumps(example()))
    assert main([str(tmp_path)]) == 0

    other = changed(example(), -1, "output", '{"Payload":2}')
    (tmp_path / "other.json").write_text(json.dumps(other))
    assert main([str(tmp_path)]) == 1
    assert "1 of 2" in capsys.readouterr().out

    (tmp_path / "broken.json").write_text("{")
    assert main([str(tmp_path)]) == 2
    assert "broken.json" in capsys.readouterr().err


def test_it_is_a_program(tmp_path):
    (tmp_path / "same.json").write_text(json.dumps(example()))
    command = [sys.executable, "-m", "pipelines.testing.compare", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("1 recorded executions")


def test_what_a_map_read_is_missed_where_the_recording_has_none_of_it():
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket": "in", "Key": "rows.json"},
    }
    processor = {
        **machine(Done={"Type": "Succeed"}),
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    }
    each = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor}
    parts = recorded(simulate(machine(Each=each), objects={"in/rows.json": [1]}, check=False))

    missed = "the recording has no `objects`: what the Map read from S3"
    assert missed in compared(parts).differences
    assert missed not in compared({**parts, "objects": {"in/rows.json": [1]}}).differences


@pytest.mark.parametrize("event", [5, {"id": 1}])
def test_a_history_of_another_form_is_said_to_be_unreadable(event, tmp_path, capsys):
    (tmp_path / "broken.json").write_text(json.dumps({**example(), "history": [event]}))

    assert main([str(tmp_path)]) == 2
    assert "event 1" in capsys.readouterr().err
