"""simulate(): deterministic, in no time, and clear about what it was not told."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.asl.interpreter import JumpingClock, StopSignal
from pipelines.asl.simulation import (
    START,
    InvalidDefinition,
    SimulationError,
    TaskFailed,
    UnansweredTask,
    after,
    fail,
    simulate,
)
from tests.asl.simulation.machines import CREATE_JOB, RETRY, machine, task
from tests.conftest import ROOT

DAY_S = 86_400.0


def test_a_week_of_waiting_takes_no_time():
    run = simulate(machine(Wait={"Type": "Wait", "Seconds": int(7 * DAY_S)}))

    assert (run.status, run.seconds) == ("SUCCEEDED", 7 * DAY_S)


def test_two_runs_with_the_same_seed_give_the_same_history_byte_by_byte():
    jitter = {**RETRY, "JitterStrategy": "FULL"}
    definition = machine(
        Id={"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}}, Work=task(Retry=[jitter])
    )

    def history(seed: int) -> str:
        failing = {"Work": TaskFailed("Busy")}
        return json.dumps(simulate(definition, tasks=failing, seed=seed).history)

    assert history(1) == history(1)
    assert history(1) != history(2)


def test_the_path_inputs_outputs_and_calls_are_there_afterwards():
    definition = machine(
        Shape={"Type": "Pass", "Parameters": {"rows.$": "$.n"}},
        Work=task(Parameters={"FunctionName": "score", "Payload.$": "$.rows"}),
    )

    run = simulate(definition, {"n": [3]}, tasks={"Work": {"Payload": 0.5}})

    assert run.states == ["Shape", "Work"]
    assert run.input_of("Work") == {"rows": [3]}
    assert run.request_of("Work") == {"FunctionName": "score", "Payload": [3]}
    assert run.output_of("Work") == run.output == {"Payload": 0.5}
    assert [event["type"] for event in run.history][:2] == ["ExecutionStarted", "PassStateEntered"]


def test_a_task_is_not_even_scheduled_with_parameters_that_it_does_not_take():
    # A recorded execution: the headers of an API are arrays.
    call = task(
        "arn:aws:states:::apigateway:invoke",
        Parameters={"ApiEndpoint": "a.example.com", "Method": "POST", "Headers.$": "$.headers"},
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
    )
    definition = machine(Call=call, Caught={"Type": "Succeed"})

    run = simulate(definition, {"headers": {"a": "b"}}, tasks={"Call": {"StatusCode": 200}})

    assert (run.status, run.error) == ("FAILED", "States.Runtime")
    assert run.cause == (
        "An error occurred while executing the state 'Call' (entered at the event id #2). The "
        'Parameters \'{"ApiEndpoint":"a.example.com","Method":"POST","Headers":{"a":"b"}}\' could'
        " not be used to start the Task: [The value of the field 'Headers' has an invalid format]"
    )
    assert [event["type"] for event in run.history] == [
        *("ExecutionStarted", "TaskStateEntered", "ExecutionFailed")
    ]
    assert run.calls == ()


def test_each_attempt_is_a_call_with_its_time():
    run = simulate(machine(Work=task(Retry=[RETRY])), tasks={"Work": TaskFailed("Busy", "later")})

    assert [(call.attempt, call.at_s, call.error) for call in run.calls_of("Work")] == [
        (1, 0.0, "Busy"),
        (2, 10.0, "Busy"),
        (3, 30.0, "Busy"),
        (4, 70.0, "Busy"),
    ]
    assert (run.status, run.error, run.cause) == ("FAILED", "Busy", "later")


def test_a_task_that_nothing_answers_is_one_clear_error():
    with pytest.raises(UnansweredTask) as raised:
        simulate(machine(Work=task(CREATE_JOB)))

    assert str(raised.value) == (
        f"the state 'Work' calls {CREATE_JOB}, and nothing says what that answers:"
        " simulate(…, tasks={'Work': …}) with a value, a function or an exception"
    )


def test_a_state_that_does_not_run_needs_no_answer():
    definition = machine(Work=task(), Never=task())
    definition["States"]["Work"]["Catch"] = [{"ErrorEquals": ["Busy"], "Next": "Never"}]
    definition["States"]["Work"] |= {"End": True}
    del definition["States"]["Work"]["Next"]

    assert simulate(definition, tasks={"Work": 1}).status == "SUCCEEDED"


def test_a_misspelt_state_is_refused():
    with pytest.raises(SimulationError, match=r"no such Task state; did you mean Work\?"):
        simulate(machine(Work=task()), tasks={"Wrok": 1})


@pytest.mark.parametrize(
    "key", ["Work", CREATE_JOB, "sagemaker:createProcessingJob.sync", "*"], ids=str
)
def test_an_answer_is_for_a_state_a_resource_or_all(key):
    run = simulate(machine(Work=task(CREATE_JOB)), tasks={key: {"Ok": True}})

    assert run.output == {"Ok": True}


def test_the_name_of_the_state_goes_before_its_resource():
    answers = {"*": 1, CREATE_JOB: 2, "Work": 3}

    assert simulate(machine(Work=task(CREATE_JOB)), tasks=answers).output == 3


@pytest.mark.parametrize("definition", ['{"StartAt": "Work"}', "a.asl.json", Path("a.asl.json")])
def test_the_text_or_the_file_of_a_definition_is_not_the_definition(definition):
    with pytest.raises(SimulationError, match=r"`definition` is to be .* a dictionary"):
        simulate(definition)


def test_an_execution_runs_beside_the_event_loop_of_a_notebook():
    async def cell():
        return simulate(machine(Work=task()), tasks={"Work": after(5, {"rows": 3})})

    run = asyncio.run(cell())

    assert (run.output, run.seconds) == ({"rows": 3}, 5)


def test_what_a_fake_raises_comes_out_beside_an_event_loop_too():
    def bug(request):
        raise ZeroDivisionError("in the fake")

    async def cell():
        simulate(machine(Work=task()), tasks={"Work": bug})

    with pytest.raises(ZeroDivisionError, match="in the fake"):
        asyncio.run(cell())


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("tasks", [1]),
        ("faults", fail("Work", "Busy")),
        ("faults", ["Work"]),
        ("clock", 5),
        ("context", 5),
        ("context", {"Execution": "name"}),
        ("objects", ["bucket/key"]),
    ],
)
def test_an_argument_of_another_kind_is_refused_by_name(argument, value):
    with pytest.raises(SimulationError, match=f"`{argument}` is to be like"):
        simulate(machine(Work=task()), **{"tasks": {"Work": 1}, argument: value})


def test_an_invalid_definition_is_refused_with_what_the_checker_finds():
    with pytest.raises(InvalidDefinition) as raised:
        simulate({"StartAt": "Nowhere", "States": {"Go": {"Type": "Pass", "End": True}}})

    assert any("Nowhere" in str(finding) for finding in raised.value.findings)
    assert "Nowhere" in str(raised.value)


def test_the_check_can_be_switched_off():
    unreachable = machine(Go={"Type": "Succeed"}, Island={"Type": "Pass"})

    with pytest.raises(InvalidDefinition):
        simulate(unreachable)
    assert simulate(unreachable, check=False).status == "SUCCEEDED"


def test_the_clock_the_context_and_the_seed_are_the_callers():
    definition = machine(
        Tell={
            "Type": "Pass",
            "Parameters": {
                "start.$": "$$.Execution.StartTime",
                "name.$": "$$.Execution.Name",
                "machine.$": "$$.StateMachine.Name",
            },
        }
    )

    run = simulate(
        definition, clock=JumpingClock(START + DAY_S), context={"Execution": {"Name": "monday"}}
    )

    assert run.output == {
        "start": "2026-01-02T00:00:00.000Z",
        "name": "monday",
        "machine": "simulated",
    }


def test_an_execution_can_be_stopped_on_its_clock():
    clock, stop = JumpingClock(), StopSignal()
    clock.alarm(60.0, lambda: stop.stop("Stopped", "by hand"))

    run = simulate(machine(Wait={"Type": "Wait", "Seconds": 3600}), clock=clock, stop=stop)

    assert (run.status, run.error, run.cause, run.seconds) == (
        "ABORTED",
        "Stopped",
        "by hand",
        60.0,
    )


def test_the_input_is_copied_and_has_to_be_json():
    with pytest.raises(SimulationError, match="the input is no JSON"):
        simulate(machine(Go={"Type": "Succeed"}), {"when": object()})


def test_null_is_an_input_like_any_other_and_none_given_is_an_empty_object():
    succeed = machine(Go={"Type": "Succeed"})

    assert simulate(succeed).output == {}
    assert simulate(succeed, None).output is None


def test_what_did_not_happen_is_said_with_the_path():
    run = simulate(machine(Go={"Type": "Pass"}))

    with pytest.raises(SimulationError, match="'Train' was not entered; the path was Go"):
        run.input_of("Train")


SCRIPT = """
import asyncio
import json
from pipelines.asl.simulation import fail, simulate
from tests.asl.simulation.machines import RETRY, machine, task

retry = {**RETRY, "JitterStrategy": "FULL"}
id = {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}}
inner = machine(Id=id, Work=task(Retry=[retry]))
each = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": inner, "MaxConcurrency": 3}
faults = [fail("Work", "Busy", times=5)]
run = simulate(machine(Each=each), list(range(6)), tasks={"Work": {}}, faults=faults, seed=7)
print(run.status, json.dumps(run.history))
"""


def test_another_process_gives_the_same_history_too():
    def history(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", SCRIPT]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    first = history("1")

    assert first.startswith("SUCCEEDED")
    assert first == history("2")
