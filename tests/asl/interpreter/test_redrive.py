"""An execution that ended without success is redriven from where it failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.asl.interpreter import (
    Event,
    JumpingClock,
    Outcome,
    StopSignal,
    TaskFailed,
    resume_point,
    run_execution,
)
from tests.asl.interpreter.executions import CONTEXT, START, FakeTasks, machine, task

SUCCEED = {"Type": "Succeed"}
ALL = {"ErrorEquals": ["States.ALL"]}


class Executions:
    """One execution, as often as it is started and redriven."""

    def __init__(self, definition: dict[str, Any], input: Any = None) -> None:
        self.definition = definition
        self.input = {} if input is None else input
        self.events: list[Event] = []

    def run(self, *answers: Any, stop: StopSignal | None = None) -> Outcome:
        """Start it, or redrive it."""
        before = len(self.events)
        resume = None
        if self.events:
            resume = resume_point(self.definition, json.loads(json.dumps(self.events)))
        outcome = run_execution(
            self.definition,
            self.input,
            tasks=FakeTasks(list(answers)),
            context=CONTEXT,
            clock=JumpingClock(START + 1000 * before),
            history=self.events.append,
            stop=stop or StopSignal(),
            resume=resume,
        )
        self.new = [event["type"] for event in self.events[before:]]
        return outcome


def failed(call: Any) -> Any:
    raise TaskFailed("E")


def answer(call: Any) -> Any:
    return call.parameters


def test_a_task_is_scheduled_again_and_what_came_before_is_kept():
    states = {"Before": task(Next="Job"), "Job": task(Next="After"), "After": SUCCEED}
    execution = Executions(machine(**states))
    execution.run({"before": 1}, failed)

    outcome = execution.run({"job": 1})

    assert outcome.output == {"job": 1}
    assert execution.new == [
        *("ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"),
        *("SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"),
    ]
    redriven = next(each for each in execution.events if each["type"] == "ExecutionRedriven")
    assert redriven["executionRedrivenEventDetails"] == {"redriveCount": 1}
    assert [event["id"] for event in execution.events] == list(range(1, 20))


def test_a_redrive_counts_retries_anew_and_the_context_object_tells_of_it():
    state = task(
        Parameters={"tries.$": "$$.State.RetryCount", "redrives.$": "$$.Execution.RedriveCount"},
        Retry=[{**ALL, "MaxAttempts": 1}],
    )
    execution = Executions(machine(Job=state))
    execution.run(failed, failed)
    execution.run(failed, failed)

    outcome = execution.run(failed, answer)

    assert outcome.output == {"tries": 1, "redrives": 2}


def test_only_the_branches_that_failed_or_were_aborted_run_again():
    one = machine(One=task(Next="Done"), Done=SUCCEED)
    two = machine(Pause={"Type": "Wait", "Seconds": 1, "Next": "Two"}, Two=task())
    three = machine(Three={"Type": "Wait", "Seconds": 9, "End": True})
    fork = {"Type": "Parallel", "Branches": [one, two, three], "End": True}
    execution = Executions(machine(Fork=fork), {"in": 1})
    execution.run({"one": 1}, failed)

    outcome = execution.run({"two": 1})

    assert outcome.output == [{"one": 1}, {"two": 1}, {"in": 1}]
    assert execution.new == [
        *("ExecutionRedriven", "TaskScheduled", "TaskStarted", "WaitStateExited"),
        *("TaskSucceeded", "TaskStateExited", "ParallelStateSucceeded", "ParallelStateExited"),
        "ExecutionSucceeded",
    ]


def test_only_the_iterations_that_failed_were_aborted_or_not_begun_run_again():
    each = {
        "Type": "Map",
        "MaxConcurrency": 2,
        "ItemProcessor": machine(Job=task(Parameters={"n.$": "$"}, Next="Done"), Done=SUCCEED),
        "End": True,
    }
    execution = Executions(machine(Each=each), [1, 2, 3, 4])
    execution.run(answer, answer, failed, failed)

    outcome = execution.run(answer, answer)

    assert outcome.output == [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]
    assert execution.new.count("MapIterationSucceeded") == 2
    assert "MapStateStarted" not in execution.new


def test_a_fail_state_fails_again():
    execution = Executions(machine(Bad={"Type": "Fail", "Error": "E", "Cause": "c"}))
    first = execution.run()

    assert execution.run() == first
    assert execution.new == ["ExecutionRedriven", "ExecutionFailed"]


def test_an_execution_that_was_stopped_goes_on():
    states = {"Job": task(Next="Done"), "Done": SUCCEED}
    execution = Executions(machine(**states))
    stop = StopSignal()
    execution.run(lambda call: stop.stop() or call.sleep(9), stop=stop)
    assert execution.new[-1] == "ExecutionAborted"

    assert execution.run({"done": 1}).output == {"done": 1}


def test_an_execution_that_timed_out_has_its_whole_time_again():
    states = {"Job": task(Next="Pause"), "Pause": {"Type": "Wait", "Seconds": 5, "End": True}}
    execution = Executions({**machine(**states), "TimeoutSeconds": 60})
    assert execution.run(lambda call: call.sleep(99)).status == "TIMED_OUT"

    assert execution.run(lambda call: call.sleep(50)).status == "SUCCEEDED"


def test_an_execution_that_fails_between_two_states_goes_on_with_the_next():
    states = {"Set": {"Type": "Pass", "Assign": {"x": 1}, "Next": "Use"}, "Use": task()}
    execution = Executions(machine(**states))
    execution.run(failed)
    del execution.events[3:]
    execution.events.append(
        {"id": 4, "previousEventId": 0, "type": "ExecutionAborted", "timestamp": START}
    )

    execution.run({})

    assert execution.new[:2] == ["ExecutionRedriven", "TaskStateEntered"]


def test_a_redriven_execution_can_be_interrupted_like_any_other():
    each = {
        "Type": "Map",
        "ItemProcessor": machine(Job=task(Parameters={"n.$": "$"}, Next="Ok"), Ok=SUCCEED),
        "Next": "Done",
    }
    execution = Executions(machine(Each=each, Done=SUCCEED), [1, 2])
    execution.run(failed, answer)
    failed_at = len(execution.events)
    execution.run(answer, answer)
    whole = list(execution.events)

    for length in range(failed_at + 1, len(whole)):
        execution.events = whole[:length]
        assert execution.run(answer, answer).output == [{"n": 1}, {"n": 2}], length


@pytest.mark.parametrize("events", [[], [{"type": "PassStateEntered"}]])
def test_what_has_not_started_does_not_go_on(events):
    with pytest.raises(ValueError, match="begins with ExecutionStarted"):
        resume_point(machine(Done=SUCCEED), events)


def test_what_succeeded_does_not_go_on():
    execution = Executions(machine(Done=SUCCEED))
    execution.run()

    with pytest.raises(ValueError, match="succeeded"):
        execution.run()
