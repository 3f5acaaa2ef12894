"""Reading recorded executions, and replaying them with the recorded answers."""

from __future__ import annotations

import json

import pytest

from pipelines.asl.interpreter import JumpingClock, StopSignal
from pipelines.asl.simulation import (
    START,
    TaskFailed,
    after,
    fail,
    in_turn,
    never,
    redrive,
    simulate,
    submitted,
)
from pipelines.testing.recorded import (
    NotRecorded,
    RecordedTasks,
    RecordingError,
    attempts,
    find_recordings,
    read_recording,
    recording_of,
    replay,
)
from tests.asl.simulation.machines import ASK, CREATE_JOB, machine, task
from tests.testing.recordings import DEFINITION, example, recorded


def replayed(run):
    return replay(recording_of(recorded(run)))


FIRST = {"id": 1, "previousEventId": 0, "type": "ExecutionStarted"}
ENDED = {"definition": {}, "input": "{}", "execution": {"status": "FAILED"}}


def shapes(run):
    """A history without its texts: a token is another one in each execution."""
    return [(event["type"], event["timestamp"], event["previousEventId"]) for event in run.history]


def test_one_file_holds_a_whole_recording(tmp_path):
    (tmp_path / "monday.json").write_text(json.dumps(example()))

    recording = read_recording(tmp_path / "monday.json")

    assert (recording.name, recording.language) == ("monday", "JSONPath")
    assert (recording.input, recording.status) == ({"n": 3}, "SUCCEEDED")
    assert recording.output == '{"Payload":1}'
    assert recording.started == START


def test_a_folder_holds_what_the_aws_cli_printed(tmp_path):
    parts = example()
    folder = tmp_path / "monday"
    folder.mkdir()
    (folder / "history.json").write_text(json.dumps(parts["history"]))
    machine = {"stateMachineArn": "arn", "definition": json.dumps(parts["definition"])}
    (folder / "machine.json").write_text(json.dumps(machine))

    [recording] = find_recordings(tmp_path)

    assert recording.definition == parts["definition"]
    assert recording.input == {"n": 3}


def test_times_are_read_as_the_aws_cli_prints_them():
    parts = example()
    for event in parts["history"]["events"]:
        event["timestamp"] = "2026-03-01T12:00:00.250000+01:00"

    assert recording_of(parts).started == 1_772_362_800.25


def test_an_outcome_without_a_history_is_a_recording_too():
    parts = {"definition": DEFINITION, "execution": {"status": "FAILED", "input": "{}"}}

    assert recording_of(parts).status == "FAILED"


def test_a_history_that_goes_on_is_running():
    parts = example()
    parts["history"]["events"] = parts["history"]["events"][:3]

    assert recording_of(parts).status == "RUNNING"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "a recording is a JSON object"),
        ({"history": {"events": []}}, "neither a history nor an execution's status"),
        ({"definition": {}, "execution": {"status": "FAILED"}}, "there is no input"),
        ({"input": "{}", "execution": {"status": "FAILED"}}, "there is no definition"),
        ({"execution": "FAILED"}, "'execution' is not a JSON object"),
        ({"objects": ["a/b"], "execution": {"status": "FAILED"}, **ENDED}, "'objects' is not"),
        ({"history": {"events": 5}}, "the history is no list of events"),
        ({"history": ["started"]}, "event 1 is not a JSON object"),
        ({"history": [{"id": 1, "type": "ExecutionStarted"}]}, "event 1 lacks its previousEventId"),
        ({"history": [{**FIRST, "executionStartedEventDetails": 5}]}, "EventDetails of event 1"),
        ({**ENDED, "input": "{"}, "the input is no JSON text"),
        ({**ENDED, "definition": "{"}, "the definition is no JSON text"),
    ],
)
def test_what_is_no_recording_is_refused_with_what_is_missing(parts, said):
    with pytest.raises(RecordingError, match=said):
        recording_of(parts)


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="holds no recorded execution"):
        list(find_recordings(tmp_path))


def test_what_is_not_there_or_cannot_be_read_is_refused_by_its_name(tmp_path):
    with pytest.raises(RecordingError, match="nowhere cannot be read: No such file"):
        list(find_recordings(tmp_path / "nowhere"))

    (tmp_path / "history.json").write_text("{")
    with pytest.raises(RecordingError, match=r"history\.json: Expecting property name"):
        list(find_recordings(tmp_path))


def test_a_folder_that_leads_back_to_itself_is_read_once(tmp_path):
    (tmp_path / "monday.json").write_text(json.dumps(example()))
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)

    assert len(list(find_recordings(tmp_path))) == 1


def test_a_replay_gives_the_recorded_history():
    run = simulate(
        DEFINITION,
        {"n": 3},
        tasks={"Work": in_turn(after(7, TaskFailed("Busy", "later")), after(2.5, {"Payload": 1}))},
    )

    again = replayed(run)

    assert again.history == run.history
    assert again.seconds == 7 + 5 + 2.5


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        (CREATE_JOB, submitted({"Arn": "arn"}, after(60, {"Status": "Completed"}))),
        (CREATE_JOB, submitted({"Arn": "arn"}, after(60, TaskFailed("States.TaskFailed", "{}")))),
        (CREATE_JOB, never()),
        (ASK, submitted({"MessageId": "1"}, after(60, {"approved": True}))),
        (ASK, submitted({"MessageId": "1"}, after(60, TaskFailed("Rejected", "too dear")))),
        (ASK, never()),
    ],
)
def test_jobs_and_tokens_are_answered_as_recorded(resource, answer):
    run = simulate(machine(Work=task(resource)), tasks={"Work": answer})

    again = replayed(run)

    assert shapes(again) == shapes(run)
    assert (again.output, again.error, again.cause) == (run.output, run.error, run.cause)


ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:review"
FETCHED = {"type": "ActivityStarted", "activityStartedEventDetails": {"workerName": "w"}}
DONE = {
    "type": "ActivitySucceeded",
    "activitySucceededEventDetails": {"output": "1", "outputDetails": {"truncated": False}},
}
FAILED = {"type": "ActivityFailed", "activityFailedEventDetails": {"error": "E", "cause": "C"}}
TIMED_OUT = {
    "type": "ActivityTimedOut",
    "activityTimedOutEventDetails": {"error": "States.Timeout"},
}


def with_activity(*events, error=None, cause=None):
    """A recording of one task of an activity, of which these events are known."""
    definition = machine(Review=task(ACTIVITY))
    start = simulate(definition, tasks={"Review": 1}).history[:3]
    end = {"type": "ExecutionSucceeded", "executionSucceededEventDetails": {"output": "1"}}
    if error is not None:
        told = {"error": error, **({} if cause is None else {"cause": cause})}
        end = {"type": "ExecutionFailed", "executionFailedEventDetails": told}
    exited = {"name": "Review", "output": "1", "outputDetails": {"truncated": False}}
    left = [{"type": "TaskStateExited", "stateExitedEventDetails": exited}]
    started = start[:2] if cause is not None and not events else start
    numbered = [
        {"timestamp": "", **event, "id": number, "previousEventId": number - 1 if number > 2 else 0}
        for number, event in enumerate(
            [*started, *events, *(left if error is None else ()), end], 1
        )
    ]
    return recording_of({"definition": definition, "input": "{}", "history": {"events": numbered}})


@pytest.mark.parametrize(
    "recording",
    [
        with_activity(FETCHED, DONE),
        with_activity(FETCHED, FAILED, error="E", cause="C"),
        with_activity(FETCHED, TIMED_OUT, error="States.Timeout"),
        with_activity(TIMED_OUT, error="States.Timeout"),
        with_activity(error="States.Runtime", cause=f"The activity {ACTIVITY} does not exist."),
    ],
)
def test_an_activity_is_fetched_and_answered_as_recorded(recording):
    again = replay(recording)

    assert [(event["type"], event["previousEventId"]) for event in again.history] == [
        (event["type"], event["previousEventId"]) for event in recording.events
    ]
    assert (again.status, again.error, again.cause or None) == (
        recording.status,
        recording.error,
        recording.cause,
    )
    for ours, theirs in zip(again.history, recording.events, strict=True):
        if ours["type"].startswith("Activity"):
            name = next(each for each in theirs if each.endswith("EventDetails"))
            assert ours[name] == theirs[name]


def test_a_long_wait_for_a_token_gets_the_heartbeats_that_it_must_have_had():
    definition = machine(Ask=task(ASK, HeartbeatSeconds=60))
    alive = after(600, "yes", heartbeat_every_s=50)

    assert replayed(simulate(definition, tasks={"Ask": alive})).output == "yes"


def test_without_times_the_order_of_the_events_is_kept():
    parts = example()
    for event in parts["history"]["events"]:
        event["timestamp"] = "timestamp"

    again = replay(recording_of(parts))

    assert [event["type"] for event in again.history] == [
        event["type"] for event in parts["history"]["events"]
    ]


def test_an_answer_goes_to_the_call_that_sent_the_same_request():
    events = simulate(
        machine(Work=task(Parameters={"FunctionName.$": "$"}, ResultPath=None, Next="Work2"),
                Work2=task()),
        "a", tasks={"*": 1},
    ).history  # fmt: skip
    first = attempts(events)[0]

    assert (first.state, first.request, first.ended) == ("Work", {"FunctionName": "a"}, "succeeded")


def test_a_history_with_gaps_is_refused():
    events = example()["history"]["events"]

    with pytest.raises(RecordingError, match=r"event 5 .* follows event 4, which is not there"):
        attempts([event for event in events if event["id"] != 4])


def test_a_map_run_tells_the_account_and_the_state_machine():
    processor = {
        **machine(Done={"Type": "Succeed"}),
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    }
    parts = recorded(
        simulate(machine(Each={"Type": "Map", "ItemProcessor": processor}), [1, 2], check=False)
    )
    events = json.dumps(parts["history"])
    events = events.replace("000000000000", "111122223333").replace(":iam:", "")
    parts["history"] = json.loads(events.replace("mapRun:simulated/", "mapRun:<machine>/"))

    again = replay(recording_of(parts))

    started = next(each for each in again.history if each["type"] == "MapRunStarted")
    assert started["mapRunStartedEventDetails"]["mapRunArn"].startswith(
        "arn:aws:states:us-east-1:111122223333:mapRun:<machine>/"
    )


def test_a_call_that_was_not_recorded_is_told():
    recording = recording_of(example())
    tasks = RecordedTasks(attempts(recording.events))
    simulate(DEFINITION, {"n": 3}, tasks=tasks)

    with pytest.raises(NotRecorded, match=r"'Work' calls .* more often than was recorded"):
        simulate(DEFINITION, {"n": 3}, tasks=tasks)


def test_faults_can_be_put_into_a_replay():
    run = replay(recording_of(example()), faults=[fail("Work", "Busy", times=1)])

    assert [call.error for call in run.calls] == ["Busy", None]


def test_a_stopped_execution_is_stopped_again():
    parts = example(Work=never())
    events = parts["history"]["events"][:-2]
    last = {**events[-1], "id": len(events) + 1, "type": "ExecutionAborted", "previousEventId": 0}
    details = {"executionAbortedEventDetails": {"error": "Stopped", "cause": "by hand"}}
    aborted = {"timestamp": START + 90, "type": last["type"], "id": last["id"], **details}
    parts["history"]["events"] = [*events, {**aborted, "previousEventId": 0}]

    run = replay(recording_of(parts))

    assert (run.status, run.error, run.cause, run.seconds) == (
        "ABORTED",
        "Stopped",
        "by hand",
        90.0,
    )


def test_a_redriven_execution_is_redriven_again():
    failed = simulate(DEFINITION, {"n": 3}, tasks={"Work": TaskFailed("Broken", "at first")})
    again = redrive(failed, tasks={"Work": {"Payload": 1}}, clock=JumpingClock(START + 600))
    recording = recording_of(recorded(again))

    run = replay(recording)

    assert [each.status for each in recording.runs] == ["FAILED", "SUCCEEDED"]
    assert shapes(run) == shapes(again)
    assert run.output == {"Payload": 1}


def test_a_stopped_execution_is_redriven_with_the_call_that_was_under_way():
    clock, stop = JumpingClock(START), StopSignal()
    clock.alarm(START + 90, lambda: stop.stop("Stopped"))
    stopped = simulate(DEFINITION, {"n": 3}, tasks={"Work": never()}, clock=clock, stop=stop)
    again = redrive(stopped, tasks={"Work": {"Payload": 1}})

    run = replay(recording_of(recorded(again)))

    assert shapes(run) == shapes(again)
    assert (run.status, run.output) == ("SUCCEEDED", {"Payload": 1})
