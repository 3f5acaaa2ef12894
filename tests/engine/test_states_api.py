"""Step Functions' API through boto3: redrive, task tokens, Express, versions, validation."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.engine.running import eventually
from tests.engine.whole import REGION, ROLE, Whole

PASS = {"Pass": {"Type": "Pass", "Result": {"a": 1}, "End": True}}
WAIT = {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}
FAILS_ONCE = """
import os
def handler(path, context):
    if not os.path.exists(path):
        open(path, "w").close()
        raise ValueError("the first time")
    return "the second time"
"""


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    whole = Whole(tmp_path / ".local")
    yield whole
    whole.close()


@pytest.fixture
def states(whole: Whole) -> Any:
    return whole.client("stepfunctions")


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    code: str = caught.value.response["Error"]["Code"]
    return code


def types_of(whole: Whole, arn: str) -> list[str]:
    return [event["type"] for event in whole.events(arn)]


# Redrive


def invoke(function: str, payload: Any, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": payload},
        **more,
    }


def failing_once(whole: Whole, file: Path) -> str:
    """An execution of two states whose second has failed, but would not fail again; its ARN."""
    whole.function("once", FAILS_ONCE)
    states = {
        "First": {"Type": "Pass", "Result": str(file), "Next": "Second"},
        "Second": invoke(
            "once",
            str(file),
            ResultSelector={
                "told.$": "$.Payload",
                "redrives.$": "$$.Execution.RedriveCount",
                "retries.$": "$$.State.RetryCount",
            },
            End=True,
        ),
    }
    arn = whole.start(whole.machine(states))
    assert whole.ended(arn)["status"] == "FAILED"
    return arn


def test_a_redriven_execution_goes_on_where_it_failed(whole, states, tmp_path):
    arn = failing_once(whole, tmp_path / "once")
    failed = states.describe_execution(executionArn=arn)
    assert (failed["redriveStatus"], failed["redriveCount"]) == ("REDRIVABLE", 0)

    date = states.redrive_execution(executionArn=arn)["redriveDate"]

    execution = whole.ended(arn)
    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["output"]) == {
        "told": "the second time",
        "redrives": 1,
        "retries": 0,
    }
    assert (execution["redriveCount"], execution["redriveDate"]) == (1, date)
    assert execution["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert execution["startDate"] == failed["startDate"]
    events = whole.events(arn)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["type"] for event in events]
    assert kinds[-7:] == [
        *("ExecutionFailed", "ExecutionRedriven", "TaskScheduled", "TaskStarted"),
        *("TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"),
    ]
    assert kinds.count("PassStateEntered") == 1, "what had succeeded is kept"
    redriven = events[kinds.index("ExecutionRedriven")]
    assert redriven["executionRedrivenEventDetails"] == {"redriveCount": 1}
    [listed] = states.list_executions(
        stateMachineArn=execution["stateMachineArn"], redriveFilter="REDRIVEN"
    )["executions"]
    assert listed["redriveCount"] == 1


def test_the_time_of_a_redrive_is_in_the_context_object(whole, states, tmp_path):
    file = tmp_path / "once"
    whole.function("once", FAILS_ONCE)
    second = invoke("once", str(file), ResultPath=None, Next="Tell")
    tell = {"Type": "Pass", "Parameters": {"at.$": "$$.Execution.RedriveTime"}, "End": True}
    arn = whole.start(whole.machine({"Second": second, "Tell": tell}))
    whole.ended(arn)

    date = states.redrive_execution(executionArn=arn)["redriveDate"]

    told = json.loads(whole.ended(arn)["output"])["at"]
    assert told.startswith(f"{date:%Y-%m-%dT%H:%M}")


@pytest.mark.parametrize("machine", [PASS, WAIT])
def test_what_succeeded_or_runs_is_not_redriven(whole, states, machine):
    arn = whole.start(whole.machine(machine))
    if machine is PASS:
        whole.ended(arn)

    with pytest.raises(ClientError, match="and cannot be redriven") as caught:
        states.redrive_execution(executionArn=arn)
    assert code_of(caught) == "ExecutionNotRedrivable"


def test_a_stopped_execution_can_be_redriven(whole, states):
    arn = whole.start(whole.machine({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}))
    states.stop_execution(executionArn=arn)
    whole.ended(arn)

    states.redrive_execution(executionArn=arn)

    described = states.describe_execution(executionArn=arn)
    assert described["status"] == "RUNNING"
    assert "stopDate" not in described


def test_the_same_client_token_redrives_once(whole, states):
    fail = {"Stop": {"Type": "Fail", "Error": "Always"}}
    arn = whole.start(whole.machine(fail))
    whole.ended(arn)

    first = states.redrive_execution(executionArn=arn, clientToken="token")
    whole.ended(arn)
    second = states.redrive_execution(executionArn=arn, clientToken="token")

    assert first["redriveDate"] == second["redriveDate"]
    assert whole.ended(arn)["redriveCount"] == 1


def test_after_two_weeks_nothing_is_redriven(tmp_path):
    first = Whole(tmp_path / ".local")
    arn = first.start(first.machine({"Stop": {"Type": "Fail", "Error": "Always"}}))
    first.ended(arn)
    first.close()
    [file] = (tmp_path / ".local/executions").glob("*/*/*/execution.json")
    content = json.loads(file.read_text())
    content["stopped"] -= 14 * 86_400 + 60
    file.write_text(json.dumps(content))

    second = Whole(tmp_path / ".local")

    described = second.client("stepfunctions").describe_execution(executionArn=arn)
    assert described["redriveStatus"] == "NOT_REDRIVABLE"
    assert described["redriveStatusReason"] == "Execution redrivable period exceeded"
    with pytest.raises(ClientError, match="redrivable period exceeded"):
        second.client("stepfunctions").redrive_execution(executionArn=arn)
    second.close()


# Task tokens


def waiting_for_a_token(whole: Whole, **more: Any) -> tuple[str, str]:
    """An execution that waits for a token, and the token."""
    url = whole.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody": {"token.$": "$$.Task.Token"}},
        "End": True,
        **more,
    }
    arn = whole.start(whole.machine({"Ask": state}))
    [message] = whole.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    return arn, json.loads(message["Body"])["token"]


def test_what_is_sent_for_a_token_is_the_tasks_result(whole, states):
    arn, token = waiting_for_a_token(whole)
    assert states.describe_execution(executionArn=arn)["status"] == "RUNNING"

    states.send_task_success(taskToken=token, output='{"approved": true}')

    assert json.loads(whole.ended(arn)["output"]) == {"approved": True}
    assert types_of(whole, arn)[2:5] == ["TaskScheduled", "TaskStarted", "TaskSubmitted"]


def test_a_failure_that_is_sent_is_the_tasks_error(whole, states):
    arn, token = waiting_for_a_token(whole)

    states.send_task_failure(taskToken=token, error="Refused", cause="not good enough")

    execution = whole.ended(arn)
    assert (execution["error"], execution["cause"]) == ("Refused", "not good enough")


def test_heartbeats_keep_a_task_alive(whole, states):
    arn, token = waiting_for_a_token(whole, HeartbeatSeconds=1)
    for _ in range(5):
        time.sleep(0.3)
        states.send_task_heartbeat(taskToken=token)
    assert states.describe_execution(executionArn=arn)["status"] == "RUNNING"

    assert whole.ended(arn)["error"] == "States.Timeout"


def test_a_token_is_good_for_one_answer(whole, states):
    arn, token = waiting_for_a_token(whole)
    states.send_task_success(taskToken=token, output="1")
    whole.ended(arn)

    for send in (
        lambda: states.send_task_success(taskToken=token, output="2"),
        lambda: states.send_task_failure(taskToken=token),
        lambda: states.send_task_heartbeat(taskToken=token),
    ):
        with pytest.raises(ClientError) as caught:
            send()
        assert code_of(caught) == "TaskTimedOut"


def test_what_is_no_token_is_refused(whole, states):
    with pytest.raises(ClientError, match="Invalid Token: 'Invalid token'") as caught:
        states.send_task_success(taskToken="x", output="{}")
    assert code_of(caught) == "InvalidToken"


def test_an_output_that_is_no_json_is_refused_and_the_task_waits_on(whole, states):
    arn, token = waiting_for_a_token(whole)

    with pytest.raises(ClientError) as caught:
        states.send_task_success(taskToken=token, output="{")

    assert code_of(caught) == "InvalidOutput"
    assert states.describe_execution(executionArn=arn)["status"] == "RUNNING"


def test_a_token_and_what_was_sent_for_it_outlive_the_engine(tmp_path):
    first = Whole(tmp_path / ".local")
    arn, token = waiting_for_a_token(first)
    first.close()

    second = Whole(tmp_path / ".local")
    second.client("stepfunctions").send_task_success(taskToken=token, output='"approved"')

    assert json.loads(second.ended(arn)["output"]) == "approved"
    second.close()


def test_a_function_with_a_token_answers_for_itself(whole):
    whole.function(
        "approves",
        "import boto3\n"
        "def handler(token, context):\n"
        "    boto3.client('stepfunctions').send_task_success(taskToken=token, output='\"yes\"')",
        Timeout=30,
    )
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "approves", "Payload.$": "$$.Task.Token"},
        "End": True,
    }

    execution = whole.run({"Ask": state})

    assert json.loads(execution["output"]) == "yes"


# Activities


def activity_state(whole: Whole, **more: Any) -> tuple[str, dict[str, Any]]:
    """An activity and a state of it."""
    arn = whole.client("stepfunctions").create_activity(name="review")["activityArn"]
    return arn, {"Type": "Task", "Resource": arn, "End": True, **more}


def test_a_worker_fetches_a_task_and_answers_it(whole, states):
    activity, state = activity_state(whole)
    arn = whole.start(whole.machine({"Review": state}), {"n": 1})

    task = states.get_activity_task(activityArn=activity, workerName="me")
    states.send_task_success(taskToken=task["taskToken"], output='"done"')

    assert json.loads(task["input"]) == {"n": 1}
    assert whole.ended(arn)["output"] == '"done"'
    events = {event["type"]: event for event in whole.events(arn)}
    assert events["ActivityStarted"]["activityStartedEventDetails"] == {"workerName": "me"}
    assert list(events)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]


def test_a_worker_waits_for_the_next_task(whole, states):
    activity, state = activity_state(whole)
    machine = whole.machine({"Review": state})
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(states.get_activity_task, activityArn=activity)
        arn = whole.start(machine)
        task = polling.result(10)

    states.send_task_failure(taskToken=task["taskToken"], error="Refused")

    assert whole.ended(arn)["error"] == "Refused"


def test_a_task_that_nobody_fetches_times_out_and_is_offered_no_more(whole, states):
    activity, state = activity_state(whole, TimeoutSeconds=1)
    first = whole.start(whole.machine({"Review": state}), {"n": 1})
    assert whole.ended(first)["error"] == "States.Timeout"
    second = whole.start(whole.machine({"Review": state}), {"n": 2})

    task = states.get_activity_task(activityArn=activity)

    assert json.loads(task["input"]) == {"n": 2}
    states.send_task_success(taskToken=task["taskToken"], output="1")
    assert whole.ended(second)["output"] == "1"


def test_a_fetched_task_and_one_that_waits_outlive_the_engine(tmp_path):
    first = Whole(tmp_path / ".local")
    activity, state = activity_state(first)
    machine = first.machine({"Review": state})
    fetched, waiting = first.start(machine, {"n": 1}), first.start(machine, {"n": 2})
    eventually(lambda: "ActivityScheduled" in types_of(first, waiting))
    task = first.client("stepfunctions").get_activity_task(activityArn=activity)
    if json.loads(task["input"])["n"] == 2:
        fetched, waiting = waiting, fetched
    first.close()

    second = Whole(tmp_path / ".local")
    states = second.client("stepfunctions")
    states.send_task_success(taskToken=task["taskToken"], output="1")
    other = states.get_activity_task(activityArn=activity)
    states.send_task_success(taskToken=other["taskToken"], output="2")

    assert (second.ended(fetched)["output"], second.ended(waiting)["output"]) == ("1", "2")
    assert [each["name"] for each in states.list_activities()["activities"]] == ["review"]
    second.close()


def test_an_activity_that_is_not_there_ends_the_execution(whole, states):
    activity, state = activity_state(whole)
    states.delete_activity(activityArn=activity)

    execution = whole.run({"Review": state})

    assert execution["error"] == "States.Runtime"
    assert execution["cause"] == f"The activity {activity} does not exist."
    with pytest.raises(ClientError) as caught:
        states.describe_activity(activityArn=activity)
    assert code_of(caught) == "ActivityDoesNotExist"


# Lambda functions as resources


def test_a_functions_arn_as_resource_has_events_of_its_own(whole):
    arn = whole.function("double", "def handler(event, context): return event['n'] * 2")
    state = {"Type": "Task", "Resource": arn, "End": True}

    execution = whole.run({"Double": state}, {"n": 21})

    assert execution["output"] == "42"
    assert types_of(whole, execution["executionArn"])[2:5] == [
        *("LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"),
    ]


# Express


def test_an_express_execution_is_waited_for_and_described(whole, states):
    machine = states.create_state_machine(
        name="quick",
        roleArn=ROLE,
        type="EXPRESS",
        definition=json.dumps({"StartAt": "Pass", "States": PASS}),
    )["stateMachineArn"]

    run = whole.client("stepfunctions").start_sync_execution(
        stateMachineArn=machine, input='{"b": 2}', name="one"
    )

    assert run["status"] == "SUCCEEDED"
    assert (json.loads(run["output"]), run["input"]) == ({"a": 1}, '{"b": 2}')
    assert run["executionArn"].startswith(
        f"arn:aws:states:{REGION}:000000000000:express:quick:one:"
    )
    assert run["billingDetails"]["billedDurationInMilliseconds"] % 100 == 0
    assert run["startDate"] <= run["stopDate"]
    started = states.start_execution(stateMachineArn=machine, name="one")
    assert ":express:quick:one:" in started["executionArn"]
    again = states.start_execution(stateMachineArn=machine, name="one")
    assert again["executionArn"] != started["executionArn"]  # a name is no key here


def test_of_express_executions_nothing_is_kept(states):
    machine = states.create_state_machine(
        name="quick",
        roleArn=ROLE,
        type="EXPRESS",
        definition=json.dumps({"StartAt": "Pass", "States": PASS}),
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]

    with pytest.raises(ClientError) as caught:
        states.list_executions(stateMachineArn=machine)
    assert code_of(caught) == "StateMachineTypeNotSupported"
    for call in (
        *(states.describe_execution, states.get_execution_history, states.stop_execution),
        *(states.redrive_execution, states.describe_state_machine_for_execution),
    ):
        with pytest.raises(ClientError, match="not valid in this context: express") as caught:
            call(executionArn=arn)
        assert code_of(caught) == "InvalidArn"


def test_an_express_execution_quotes_its_input_as_it_was_written(states):
    read = {"Pass": {"Type": "Pass", "Parameters": {"x.$": "$.none"}, "End": True}}
    machine = states.create_state_machine(
        name="quick",
        roleArn=ROLE,
        type="EXPRESS",
        definition=json.dumps({"StartAt": "Pass", "States": read}),
    )["stateMachineArn"]

    run = states.start_sync_execution(
        stateMachineArn=machine, input='{ "b":  2 }', traceHeader="Root=1"
    )

    assert (run["status"], run["error"], run["input"]) == (
        "FAILED",
        "States.Runtime",
        '{ "b":  2 }',
    )
    assert "could not be found in the input '{ \"b\":  2 }'" in run["cause"]
    assert run["traceHeader"] == "Root=1"
    assert run["inputDetails"] == {"included": True}


def test_an_express_execution_that_fails_says_why(whole, states):
    fail = {"Stop": {"Type": "Fail", "Error": "TooBad", "Cause": "because"}}
    machine = states.create_state_machine(
        name="quick",
        roleArn=ROLE,
        type="EXPRESS",
        definition=json.dumps({"StartAt": "Stop", "States": fail}),
    )["stateMachineArn"]

    run = states.start_sync_execution(stateMachineArn=machine)

    assert (run["status"], run["error"], run["cause"]) == ("FAILED", "TooBad", "because")
    assert "output" not in run


def test_a_standard_machine_is_not_run_synchronously(whole, states):
    machine = whole.machine(PASS)

    with pytest.raises(ClientError) as caught:
        states.start_sync_execution(stateMachineArn=machine)
    assert code_of(caught) == "StateMachineTypeNotSupported"


def waits(resource: str) -> dict[str, object]:
    return {"Type": "Task", "Resource": f"arn:aws:states:{resource}", "End": True}


DISTRIBUTED = {
    "Type": "Map",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "Pass",
        "States": PASS,
    },
    "End": True,
}


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (waits("::states:startExecution.sync"), "'.sync' service integration"),
        (waits("::states:startExecution.sync:2"), "'.sync:2' service integration"),
        (waits("::sqs:sendMessage.waitForTaskToken"), "'.waitForTaskToken' service integration"),
        (waits(f"{REGION}:000000000000:activity:people"), "Activity ARN"),
        (DISTRIBUTED, "DISTRIBUTED mode"),
    ],
)
def test_an_express_machine_waits_for_nothing(states, state, what):
    refused = f"Express state machine does not support {what}"
    with pytest.raises(ClientError, match=refused) as caught:
        states.create_state_machine(
            name="quick",
            roleArn=ROLE,
            type="EXPRESS",
            definition=json.dumps({"StartAt": "Ask", "States": {"Ask": state}}),
        )
    assert code_of(caught) == "InvalidDefinition"


# Versions and aliases


def test_a_version_stays_and_an_alias_leads_to_it(whole, states):
    machine = whole.machine(PASS)
    version = states.publish_state_machine_version(stateMachineArn=machine)[
        "stateMachineVersionArn"
    ]
    same = states.publish_state_machine_version(stateMachineArn=machine)
    alias = states.create_state_machine_alias(
        name="live", routingConfiguration=[{"stateMachineVersionArn": version, "weight": 100}]
    )["stateMachineAliasArn"]
    other = {"Pass": {"Type": "Pass", "Result": {"b": 2}, "End": True}}
    updated = states.update_state_machine(
        stateMachineArn=machine,
        definition=json.dumps({"StartAt": "Pass", "States": other}),
        publish=True,
    )

    assert version == same["stateMachineVersionArn"] == f"{machine}:1"
    assert alias == f"{machine}:live"
    assert updated["stateMachineVersionArn"] == f"{machine}:2"
    outputs = {
        arn: json.loads(whole.ended(whole.start(arn, name=f"x{number}"))["output"])
        for number, arn in enumerate((machine, version, alias, f"{machine}:2"))
    }
    assert list(outputs.values()) == [{"b": 2}, {"a": 1}, {"a": 1}, {"b": 2}]
    [by_alias] = states.list_executions(stateMachineArn=alias)["executions"]
    assert by_alias["stateMachineAliasArn"] == alias
    assert by_alias["stateMachineVersionArn"] == version
    with pytest.raises(ClientError) as caught:
        states.delete_state_machine_version(stateMachineVersionArn=version)
    assert code_of(caught) == "ConflictException"


# Listing


def test_executions_are_listed_by_machine_or_by_map_run(whole, states):
    machine = whole.machine(PASS)

    for arguments in ({}, {"stateMachineArn": machine, "mapRunArn": f"{machine}/x:y"}):
        with pytest.raises(ClientError) as caught:
            states.list_executions(**arguments)
        assert code_of(caught) == "ValidationException"


# Map Runs


def distributed(**more: Any) -> dict[str, Any]:
    return {
        "Each": {
            "Type": "Map",
            "Label": "Each",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": "bucket", "Key": "items.json"},
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Check",
                "States": {
                    "Check": {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$.ok", "BooleanEquals": True, "Next": "Good"}],
                        "Default": "Bad",
                    },
                    "Good": {"Type": "Succeed"},
                    "Bad": {"Type": "Fail", "Error": "NotOk"},
                },
            },
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "bucket", "Prefix": "results"},
            },
            "End": True,
            **more,
        }
    }


@pytest.fixture
def items(whole: Whole) -> Any:
    s3 = whole.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    content = [{"ok": True, "n": 1}, {"ok": False, "n": 2}, {"ok": True, "n": 3}]
    s3.put_object(Bucket="bucket", Key="items.json", Body=json.dumps(content).encode())
    return s3


def test_a_map_run_is_described_with_its_children(whole, states, items):
    execution = whole.run(distributed(ToleratedFailurePercentage=50))
    assert execution["status"] == "SUCCEEDED", execution

    [listed] = states.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    run = states.describe_map_run(mapRunArn=listed["mapRunArn"])
    children = states.list_executions(mapRunArn=listed["mapRunArn"])["executions"]

    assert listed["stateMachineArn"] == f"{execution['stateMachineArn']}/Each"
    assert run["status"] == "SUCCEEDED"
    assert run["itemCounts"]["total"] == 3
    assert (run["itemCounts"]["succeeded"], run["itemCounts"]["failed"]) == (2, 1)
    assert sorted(child["status"] for child in children) == ["FAILED", "SUCCEEDED", "SUCCEEDED"]
    [failed] = [child for child in children if child["status"] == "FAILED"]
    child = states.describe_execution(executionArn=failed["executionArn"])
    assert (child["error"], child["mapRunArn"]) == ("NotOk", listed["mapRunArn"])
    assert json.loads(child["input"]) == {"ok": False, "n": 2}
    assert child["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    types = types_of(whole, failed["executionArn"])
    assert types[0] == "ExecutionStarted"
    assert types[-1] == "ExecutionFailed"
    machine = states.describe_state_machine_for_execution(executionArn=failed["executionArn"])
    assert (machine["mapRunArn"], machine["label"]) == (listed["mapRunArn"], "Each")
    details = json.loads(execution["output"])["ResultWriterDetails"]
    manifest = json.loads(
        items.get_object(Bucket=details["Bucket"], Key=details["Key"])["Body"].read()
    )
    assert set(manifest["ResultFiles"]) == {"FAILED", "PENDING", "SUCCEEDED"}


def test_a_map_run_that_failed_is_redriven_with_its_execution(whole, states, items):
    arn = whole.start(whole.machine(distributed()))
    assert whole.ended(arn)["error"] == "States.ExceedToleratedFailureThreshold"
    [run] = states.list_map_runs(executionArn=arn)["mapRuns"]

    states.redrive_execution(executionArn=arn)

    assert whole.ended(arn)["status"] == "FAILED"
    described = states.describe_map_run(mapRunArn=run["mapRunArn"])
    assert (described["status"], described["redriveCount"]) == ("FAILED", 1)
    assert "MapRunRedriven" in types_of(whole, arn)
    assert len(states.list_map_runs(executionArn=arn)["mapRuns"]) == 1


def test_a_map_runs_settings_can_be_changed_while_it_goes_on(whole, states, items):
    wait = {"Type": "Wait", "Seconds": 60, "End": True}
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Wait",
        "States": {"Wait": wait},
    }
    arn = whole.start(whole.machine(distributed(MaxConcurrency=1, ItemProcessor=processor)))
    eventually(lambda: bool(states.list_map_runs(executionArn=arn)["mapRuns"]))
    [listed] = states.list_map_runs(executionArn=arn)["mapRuns"]
    run = listed["mapRunArn"]

    def running() -> int:
        count: int = states.describe_map_run(mapRunArn=run)["executionCounts"]["running"]
        return count

    eventually(lambda: running() == 1)
    states.update_map_run(mapRunArn=run, maxConcurrency=3)

    eventually(lambda: running() == 3)
    assert states.describe_map_run(mapRunArn=run)["maxConcurrency"] == 3
    states.stop_execution(executionArn=arn)
    whole.ended(arn)
    assert states.describe_map_run(mapRunArn=run)["status"] == "ABORTED"
    with pytest.raises(ClientError, match="not in progress"):
        states.update_map_run(mapRunArn=run, maxConcurrency=4)


def test_a_map_run_goes_on_in_the_next_engine(tmp_path):
    first = Whole(tmp_path / ".local")
    s3 = first.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="bucket", Key="items.json", Body=b"[1, 2, 3]")
    wait = {"Type": "Wait", "Seconds": 2, "End": True}
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Wait",
        "States": {"Wait": wait},
    }
    machine = first.machine(distributed(ItemProcessor=processor))
    arn = first.start(machine)
    states = first.client("stepfunctions")
    eventually(lambda: bool(states.list_map_runs(executionArn=arn)["mapRuns"]))
    [run] = states.list_map_runs(executionArn=arn)["mapRuns"]

    def names() -> set[str]:
        children = states.list_executions(mapRunArn=run["mapRunArn"])["executions"]
        return {child["name"] for child in children}

    eventually(lambda: len(names()) == 3)
    before = names()
    first.close()

    second = Whole(tmp_path / ".local")

    execution = second.ended(arn)
    assert execution["status"] == "SUCCEEDED", execution
    ended = second.client("stepfunctions").list_executions(mapRunArn=run["mapRunArn"])
    assert {child["name"] for child in ended["executions"]} == before
    assert {child["status"] for child in ended["executions"]} == {"SUCCEEDED"}
    second.close()


# Validation


def test_a_sound_definition_is_ok(states):
    answer = states.validate_state_machine_definition(
        definition=json.dumps({"StartAt": "Pass", "States": PASS})
    )

    assert (answer["result"], answer["diagnostics"], answer["truncated"]) == ("OK", [], False)


def test_a_broken_definition_fails_with_what_and_where(states):
    answer = states.validate_state_machine_definition(
        definition=json.dumps(
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}
        )
    )

    assert answer["result"] == "FAIL"
    [found] = [each for each in answer["diagnostics"] if "Nowhere" in each["message"]]
    assert found["severity"] == "ERROR"
    assert found["location"] == "/States/A/Next"
    assert found["code"].startswith("P1")


def test_what_is_no_json_fails(states):
    answer = states.validate_state_machine_definition(definition="{")

    assert answer["result"] == "FAIL"
    assert answer["diagnostics"][0]["code"] == "INVALID_JSON_DESCRIPTION"


def test_what_the_engine_does_not_serve_is_a_diagnostic_of_its_own(states):
    state = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "End": True}

    answer = states.validate_state_machine_definition(
        definition=json.dumps({"StartAt": "Run", "States": {"Run": state}})
    )

    assert [each["code"] for each in answer["diagnostics"]] == ["NOT_RUN_HERE"]
    assert answer["result"] == "FAIL"


def test_warnings_are_shown_to_who_asks_and_too_many_are_cut(states):
    broken = {f"S{number}": {"Type": "Pass", "Next": "Nowhere"} for number in range(5)}
    definition = json.dumps({"StartAt": "S0", "States": broken})

    answer = states.validate_state_machine_definition(
        definition=definition, severity="WARNING", maxResults=2
    )

    assert (len(answer["diagnostics"]), answer["truncated"]) == (2, True)


# Requests that are not as the model has them


@pytest.mark.parametrize(
    ("operation", "request_", "said"),
    [
        (
            "list_executions",
            {"stateMachineArn": "arn:aws:states:::m", "statusFilter": "SUCEEDED"},
            "Value 'SUCEEDED' at 'statusFilter' failed to satisfy constraint: "
            "Member must satisfy enum value set: ",
        ),
        (
            "get_execution_history",
            {"executionArn": "arn:aws:states:::e", "maxResults": 5000},
            "Value '5000' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000",
        ),
        (
            "start_execution",
            {"stateMachineArn": "arn:aws:states:::m", "name": "n" * 81},
            f"Value '{'n' * 81}' at 'name' failed to satisfy constraint: "
            "Member must have length less than or equal to 80",
        ),
        (
            "start_execution",
            {"stateMachineArn": "arn:aws:states:::m", "input": "1" * 262_145},
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            "Member must have length less than or equal to 262144",
        ),
        (
            "create_state_machine",
            {"name": "m", "definition": "{}", "roleArn": ROLE, "type": "QUICK"},
            "Value 'QUICK' at 'type' failed to satisfy constraint: "
            "Member must satisfy enum value set: [EXPRESS, STANDARD]",
        ),
    ],
)
def test_what_the_model_excludes_is_refused_in_the_words_of_aws(states, operation, request_, said):
    with pytest.raises(ClientError) as caught:
        getattr(states, operation)(**request_)

    assert code_of(caught) == "ValidationException"
    assert said in str(caught.value)


@pytest.fixture
def unchecked(whole):
    """A client that sends what it is given, as a program without AWS's SDK would."""
    client = boto3.client(
        "stepfunctions",
        region_name=REGION,
        endpoint_url=whole.url,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(parameter_validation=False, retries={"max_attempts": 0}),
    )
    yield client
    client.close()


def test_a_request_of_another_type_is_refused_and_no_failure_of_the_engine(unchecked):
    with pytest.raises(ClientError, match=r"Value '5' at 'name' is not a text") as caught:
        unchecked.start_execution(stateMachineArn="arn:aws:states:::m", name=5)

    assert code_of(caught) == "ValidationException"


def test_a_member_that_is_null_is_as_good_as_left_out(whole, unchecked):
    machine = whole.machine(PASS)

    started = unchecked.start_execution(stateMachineArn=machine, name=None, input=None)
    with pytest.raises(ClientError, match="Value null at 'stateMachineArn'"):
        unchecked.start_execution(stateMachineArn=None)

    assert whole.ended(started["executionArn"])["input"] == "{}"


def test_a_role_is_an_arn_of_one(states):
    definition = json.dumps({"StartAt": "Pass", "States": PASS})
    with pytest.raises(ClientError, match="Invalid Role Arn: 'admin'") as caught:
        states.create_state_machine(name="m", definition=definition, roleArn="admin")
    assert code_of(caught) == "InvalidArn"

    arn = states.create_state_machine(name="m", definition=definition, roleArn=ROLE)
    with pytest.raises(ClientError, match="Invalid Role Arn: 'admin'"):
        states.update_state_machine(stateMachineArn=arn["stateMachineArn"], roleArn="admin")


def test_an_update_says_what_is_to_be_another(states):
    definition = json.dumps({"StartAt": "Pass", "States": PASS})
    arn = states.create_state_machine(name="m", definition=definition, roleArn=ROLE)

    with pytest.raises(ClientError, match="Either the definition, the role ARN") as caught:
        states.update_state_machine(stateMachineArn=arn["stateMachineArn"])
    assert code_of(caught) == "MissingRequiredParameter"
