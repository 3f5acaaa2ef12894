"""Executions through Step Functions' API: their life, their history, and what outlives what."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.engine.wire.service import ServiceError
from tests.engine.running import REGION, ROLE, Running, eventually

WAIT = {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}
PASS = {"Pass": {"Type": "Pass", "Result": {"ünï": [1, None]}, "End": True}}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / ".local")
    yield running
    running.close()


def test_an_execution_runs_to_its_end_and_is_described(running):
    machine = running.machine(PASS)
    arn = running.start(machine, name="first", input='{"a": 1}')

    execution = running.execution_ended(arn)

    assert arn == f"arn:aws:states:{REGION}:000000000000:execution:machine:first"
    assert execution["status"] == "SUCCEEDED"
    assert execution["stateMachineArn"] == machine
    assert execution["input"] == '{"a": 1}'
    assert json.loads(execution["output"]) == {"ünï": [1, None]}
    assert execution["startDate"] <= execution["stopDate"]
    assert running.event_types(arn) == [
        *("ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"),
    ]


def test_a_failed_execution_says_error_and_cause(running):
    fail = {"Stop": {"Type": "Fail", "Error": "TooBad", "Cause": "because"}}
    execution = running.execution_ended(running.start(running.machine(fail)))

    assert execution["status"] == "FAILED"
    assert (execution["error"], execution["cause"]) == ("TooBad", "because")
    assert "output" not in execution


def test_an_execution_without_a_name_gets_one(running):
    machine = running.machine(PASS)

    assert running.start(machine) != running.start(machine)


def test_the_context_object_knows_the_execution(running):
    machine = running.machine({"Tell": {"Type": "Pass", "InputPath": "$$", "End": True}})
    arn = running.start(machine, name="told", input='{"a":1}')

    context = json.loads(running.execution_ended(arn)["output"])

    assert context["Execution"]["Id"] == arn
    assert context["Execution"]["Name"] == "told"
    assert context["Execution"]["Input"] == {"a": 1}
    assert context["Execution"]["RoleArn"] == ROLE
    assert context["Execution"]["RedriveCount"] == 0
    assert context["StateMachine"] == {"Id": machine, "Name": "machine"}


def test_the_same_name_and_input_is_one_execution_while_it_runs(running):
    machine = running.machine(WAIT)
    first = running.states("StartExecution", stateMachineArn=machine, name="x", input="{}")

    assert running.states("StartExecution", stateMachineArn=machine, name="x") == first
    with pytest.raises(ServiceError) as caught:
        running.start(machine, name="x", input='{"other": 1}')
    assert caught.value.code == "ExecutionAlreadyExists"


def test_a_name_is_used_once_when_its_execution_has_ended(running):
    machine = running.machine(PASS)
    running.execution_ended(running.start(machine, name="x"))

    with pytest.raises(ServiceError) as caught:
        running.start(machine, name="x")
    assert caught.value.code == "ExecutionAlreadyExists"


@pytest.mark.parametrize("name", ["a b", "a/b", "a:b", "a*", "a\n", "\ud800", "a\x00"])
def test_a_name_that_aws_refuses_is_refused(running, name):
    machine = running.machine(PASS)

    with pytest.raises(ServiceError) as caught:
        running.start(machine, name=name)
    assert caught.value.code == "InvalidName"


@pytest.mark.parametrize(
    ("name", "bound"), [("", "greater than or equal to 1"), ("x" * 81, "less than or equal to 80")]
)
def test_a_name_has_a_length_that_the_model_allows(running, name, bound):
    machine = running.machine(PASS)

    with pytest.raises(ServiceError, match=f"Member must have length {bound}") as caught:
        running.start(machine, name=name)
    assert caught.value.code == "ValidationException"


@pytest.mark.parametrize(
    "name", [".", "..", "数" * 80, "🙂" * 80, "-", "CON", "a.json", "é", "x" * 80]
)
def test_a_name_that_is_no_folders_name_is_an_execution_all_the_same(tmp_path, name):
    running = Running(tmp_path / ".local")
    arn = running.start(running.machine(PASS), name=name)
    assert running.execution_ended(arn)["name"] == name
    running.close()

    again = Running(tmp_path / ".local")

    assert again.describe(arn)["status"] == "SUCCEEDED"
    assert len(again.event_types(arn)) == 4
    again.close()


@pytest.mark.parametrize(
    "input", ["{", "NaN", "", '{"a": ' + "[" * 100_000, '"' + "é" * 131_072 + '"']
)
def test_an_input_that_is_no_json_or_too_long_is_refused(running, input):
    machine = running.machine(PASS)
    if input == "":
        assert running.execution_ended(running.start(machine, input=input))["input"] == "{}"
        return

    with pytest.raises(ServiceError) as caught:
        running.start(machine, input=input)
    assert caught.value.code == "InvalidExecutionInput"


def test_what_is_not_there_is_not_found(running):
    machine = f"arn:aws:states:{REGION}:000000000000:stateMachine:none"
    execution = f"arn:aws:states:{REGION}:000000000000:execution:none:x"

    for operation, request, code in (
        ("StartExecution", {"stateMachineArn": machine}, "StateMachineDoesNotExist"),
        ("ListExecutions", {"stateMachineArn": machine}, "StateMachineDoesNotExist"),
        ("DescribeStateMachine", {"stateMachineArn": machine}, "StateMachineDoesNotExist"),
        ("DescribeExecution", {"executionArn": execution}, "ExecutionDoesNotExist"),
        ("GetExecutionHistory", {"executionArn": execution}, "ExecutionDoesNotExist"),
        ("StopExecution", {"executionArn": execution}, "ExecutionDoesNotExist"),
        ("DescribeExecution", {"executionArn": "nonsense"}, "InvalidArn"),
    ):
        with pytest.raises(ServiceError) as caught:
            running.states(operation, **request)
        assert caught.value.code == code


def test_a_stopped_execution_is_aborted_with_what_was_said(running):
    arn = running.start(running.machine(WAIT))
    running.states("StopExecution", executionArn=arn, error="Mine", cause="enough")

    execution = running.execution_ended(arn)

    assert execution["status"] == "ABORTED"
    assert (execution["error"], execution["cause"]) == ("Mine", "enough")
    assert running.event_types(arn)[-1] == "ExecutionAborted"
    again = running.states("StopExecution", executionArn=arn)
    assert again["stopDate"] == execution["stopDate"]


def test_the_history_has_pages_in_both_directions(running):
    arn = running.start(running.machine(PASS))
    running.execution_ended(arn)

    first = running.states("GetExecutionHistory", executionArn=arn, maxResults=3)
    rest = running.states("GetExecutionHistory", executionArn=arn, nextToken=first["nextToken"])
    last = running.states("GetExecutionHistory", executionArn=arn, reverseOrder=True, maxResults=1)

    assert [event["id"] for event in first["events"]] == [1, 2, 3]
    assert [event["id"] for event in rest["events"]] == [4]
    assert "nextToken" not in rest
    assert [event["type"] for event in last["events"]] == ["ExecutionSucceeded"]


def test_a_history_can_leave_the_data_out(running):
    arn = running.start(running.machine(PASS), input='{"secret": 1}')
    running.execution_ended(arn)

    bare = running.states("GetExecutionHistory", executionArn=arn, includeExecutionData=False)

    assert "secret" not in json.dumps(bare)
    assert bare["events"][1]["stateEnteredEventDetails"]["name"] == "Pass"


def test_asking_for_the_history_of_what_runs_again_and_again_is_cheap(running):
    arn = running.start(running.machine(WAIT))
    eventually(lambda: len(running.event_types(arn)) == 2)

    start = time.perf_counter()
    for _ in range(1000):
        running.states("GetExecutionHistory", executionArn=arn)

    assert time.perf_counter() - start < 10


def test_executions_are_listed_newest_first_by_status(running):
    machine = running.machine({"Sleep?": {
        "Type": "Choice",
        "Choices": [{"Variable": "$.sleep", "IsPresent": True, "Next": "Wait"}],
        "Default": "Pass",
    }, **WAIT, **PASS})  # fmt: skip
    done = running.start(machine, name="done")
    running.execution_ended(done)
    waits = running.start(machine, name="waits", input='{"sleep": 1}')

    def listed(**more: str) -> list[str]:
        response = running.states("ListExecutions", stateMachineArn=machine, **more)
        return [execution["name"] for execution in response["executions"]]

    assert listed() == ["waits", "done"]
    assert listed(statusFilter="RUNNING") == ["waits"]
    assert listed(statusFilter="SUCCEEDED") == ["done"]
    assert running.services.running() == [waits]


def test_executions_and_histories_outlive_the_engine(tmp_path):
    running = Running(tmp_path / ".local")
    machine = running.machine(PASS)
    arn = running.start(machine)
    before = running.execution_ended(arn)
    history = running.states("GetExecutionHistory", executionArn=arn)
    running.close()

    again = Running(tmp_path / ".local")

    assert again.describe(arn) == before
    assert again.states("GetExecutionHistory", executionArn=arn) == history
    assert again.states("DescribeStateMachine", stateMachineArn=machine)["name"] == "machine"
    again.close()


def test_what_waits_when_the_engine_closes_waits_on_in_the_next_one(tmp_path):
    running = Running(tmp_path / ".local")
    arn = running.start(running.machine(WAIT))
    eventually(lambda: len(running.event_types(arn)) == 2)
    running.close()

    again = Running(tmp_path / ".local")

    assert again.describe(arn)["status"] == "RUNNING"
    assert again.event_types(arn) == ["ExecutionStarted", "WaitStateEntered"]
    again.states("StopExecution", executionArn=arn, error="Mine")
    assert again.execution_ended(arn)["error"] == "Mine"
    again.close()


@pytest.mark.parametrize("torn", [b"", b'{"timestamp": 17', b'{"id": 3}'])
def test_an_execution_that_a_dead_engine_left_between_two_states_goes_on(tmp_path, torn):
    running = Running(tmp_path / ".local")
    arn = running.start(running.machine(PASS))
    before = running.execution_ended(arn)
    running.close()
    [folder] = (tmp_path / ".local/executions").glob("*/*/*")
    _pretend_to_run(folder)
    events = (folder / "history.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "history.jsonl").write_bytes(b"".join(events[:2]) + torn)

    again = Running(tmp_path / ".local")

    execution = again.execution_ended(arn)
    assert (execution["status"], execution["output"]) == ("SUCCEEDED", before["output"])
    history = again.states("GetExecutionHistory", executionArn=arn)["events"]
    assert [event["id"] for event in history] == [1, 2, 3, 4]
    assert [event["type"] for event in history[2:]] == ["PassStateExited", "ExecutionSucceeded"]
    again.close()


def test_a_stop_that_was_asked_for_outlives_the_engine(tmp_path):
    running = Running(tmp_path / ".local")
    arn = running.start(running.machine(WAIT))
    eventually(lambda: len(running.event_types(arn)) == 2)
    running.close()
    [folder] = (tmp_path / ".local/executions").glob("*/*/*")
    content = json.loads((folder / "execution.json").read_text())
    content["asked_to_stop"] = ["Mine", "enough"]
    (folder / "execution.json").write_text(json.dumps(content))

    again = Running(tmp_path / ".local")

    execution = again.describe(arn)
    assert (execution["status"], execution["error"]) == ("ABORTED", "Mine")
    history = again.states("GetExecutionHistory", executionArn=arn)["events"]
    assert history[-1]["executionAbortedEventDetails"] == {"error": "Mine", "cause": "enough"}
    again.close()


def test_an_execution_whose_last_event_was_written_has_ended_by_it(tmp_path):
    running = Running(tmp_path / ".local")
    arn = running.start(running.machine(PASS))
    before = running.execution_ended(arn)
    running.close()
    [folder] = (tmp_path / ".local/executions").glob("*/*/*")
    _pretend_to_run(folder)

    again = Running(tmp_path / ".local")

    assert again.describe(arn) == before
    again.close()


def _pretend_to_run(folder: Path) -> None:
    content = json.loads((folder / "execution.json").read_text())
    content |= {"status": "RUNNING", "stopped": None, "output": None}
    (folder / "execution.json").write_text(json.dumps(content))


# State machines


def test_creating_the_same_state_machine_twice_is_one(running):
    first = running.machine(PASS)

    assert running.machine(PASS) == first
    with pytest.raises(ServiceError) as caught:
        running.machine(WAIT)
    assert caught.value.code == "StateMachineAlreadyExists"


def test_an_updated_state_machine_runs_the_new_definition_and_keeps_the_old_executions(running):
    machine = running.machine(WAIT)
    arn = running.start(machine)
    definition = json.dumps({"StartAt": "Pass", "States": PASS})

    running.states("UpdateStateMachine", stateMachineArn=machine, definition=definition)

    newer = running.execution_ended(running.start(machine))
    assert newer["status"] == "SUCCEEDED"
    old = running.states("DescribeStateMachineForExecution", executionArn=arn)
    assert json.loads(old["definition"])["States"] == WAIT
    new = running.states("DescribeStateMachine", stateMachineArn=machine)
    assert json.loads(new["definition"])["States"] == PASS


def test_a_deleted_state_machine_starts_nothing_and_what_ran_is_still_known(running):
    machine = running.machine(PASS)
    arn = running.start(machine)
    running.execution_ended(arn)

    running.states("DeleteStateMachine", stateMachineArn=machine)

    assert running.states("ListStateMachines")["stateMachines"] == []
    assert running.describe(arn)["status"] == "SUCCEEDED"
    with pytest.raises(ServiceError, match="State Machine Does Not Exist"):
        running.start(machine)


@pytest.mark.parametrize(
    ("definition", "named"),
    [
        ("{", "not JSON"),
        ('{"StartAt": "A", "States": {"B": {"Type": "Succeed"}}}', "A"),
        ('{"StartAt": "A", "States": {"A": {"Type": "Map", "End": true}}}', "ItemProcessor"),
        (
            json.dumps(
                {
                    "StartAt": "A",
                    "States": {
                        "A": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::ecs:runTask",
                            "TimeoutSeconds": 5,
                            "End": True,
                        }
                    },
                }
            ),
            "does not have this service",
        ),
    ],
)
def test_what_the_engine_cannot_run_is_refused_when_it_is_created(running, definition, named):
    with pytest.raises(ServiceError) as caught:
        running.states("CreateStateMachine", name="bad", roleArn=ROLE, definition=definition)

    assert caught.value.code == "InvalidDefinition"
    assert named in caught.value.message
    assert running.states("ListStateMachines")["stateMachines"] == []


def test_a_state_machines_tags_can_be_changed(running):
    machine = running.machine(PASS)

    running.states("TagResource", resourceArn=machine, tags=[{"key": "a", "value": "1"}])
    running.states("TagResource", resourceArn=machine, tags=[{"key": "b", "value": "2"}])
    running.states("UntagResource", resourceArn=machine, tagKeys=["a"])

    tags = running.states("ListTagsForResource", resourceArn=machine)["tags"]
    assert tags == [{"key": "b", "value": "2"}]


def test_an_operation_that_the_engine_does_not_have_is_nobodys(running):
    with pytest.raises(ServiceError, match="PauseExecution"):
        running.states("PauseExecution", executionArn="x")
