"""All the ways in which an execution ends early: timeouts, stops, a full history, bugs."""

import asyncio
import threading

import pytest

from pipelines.asl.interpreter import JumpingClock, RealClock, StopSignal, TaskFailed
from tests.asl.interpreter.executions import CREATE_JOB, START, execute, machine, task

JOB = {"resourceType": "sagemaker", "resource": "createProcessingJob.sync"}


class Hang:
    """A task that ends only when it is cancelled."""

    def __init__(self, seconds=None):
        self.seconds = seconds
        self.cancelled = 0

    async def __call__(self, call):
        try:
            await (asyncio.Future() if self.seconds is None else call.sleep(self.seconds))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return "in time"


def test_a_task_that_takes_too_long_is_cancelled_and_times_out():
    hang = Hang()

    execution = execute(machine(Job=task(TimeoutSeconds=600)), answers=[hang])

    assert execution.tasks.calls[0].timeout_s == 600
    assert hang.cancelled == 1
    assert execution.times("TaskTimedOut") == [600]
    assert execution.events[-2]["taskTimedOutEventDetails"] == {**JOB, "error": "States.Timeout"}
    assert execution.events[-1]["executionFailedEventDetails"] == {"error": "States.Timeout"}


def test_a_task_in_time_is_not_cancelled():
    almost = Hang(599)
    states = machine(
        Job=task(TimeoutSeconds=600, Next="Rest"),
        Rest={"Type": "Wait", "Seconds": 900, "End": True},
    )

    execution = execute(states, answers=[almost])

    assert execution.outcome.output == "in time"
    assert almost.cancelled == 0


def test_a_timeout_can_be_retried_and_each_attempt_has_its_own():
    state = task(TimeoutSeconds=600, Retry=[{"ErrorEquals": ["States.Timeout"]}])

    execution = execute(machine(Job=state), answers=[Hang(), Hang(), {"ok": True}])

    assert execution.times("TaskTimedOut") == [600, 1201]
    assert execution.outcome.output == {"ok": True}


def test_a_timeout_is_caught_with_an_empty_cause():
    states = machine(
        Job=task(TimeoutSeconds=5, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "End"}]),
        End={"Type": "Succeed"},
    )

    execution = execute(states, answers=[Hang()])

    assert execution.outcome.output == {"Error": "States.Timeout", "Cause": ""}


def test_the_timeout_can_come_from_the_input():
    state = task(TimeoutSecondsPath="$.limit")

    execution = execute(machine(Job=state), {"limit": 30}, answers=[Hang()])

    assert execution.times("TaskTimedOut") == [30]
    assert execution.events[2]["taskScheduledEventDetails"]["timeoutInSeconds"] == 30


@pytest.mark.parametrize(
    "states",
    [
        {"Job": task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Job"}])},
        {"Pause": {"Type": "Wait", "Seconds": 86400, "End": True}},
        {"Job": task(Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 86400}])},
    ],
    ids=["in a task", "in a wait", "before a retry"],
)
def test_the_machine_has_a_timeout_of_its_own_that_nobody_catches(states):
    answers = [TaskFailed("A")] if "Retry" in states.get("Job", {}) else [Hang()]

    execution = execute({**machine(**states), "TimeoutSeconds": 60}, answers=answers)

    assert execution.outcome.status == "TIMED_OUT"
    assert execution.types[-1] == "ExecutionTimedOut"
    assert execution.outcome.error is None
    assert execution.events[-1]["executionTimedOutEventDetails"] == {"error": "States.Timeout"}
    assert execution.times("ExecutionTimedOut") == [60]


def test_a_stopped_execution_cancels_its_task_and_is_aborted():
    clock, stop, hang = JumpingClock(START), StopSignal(), Hang()
    clock.alarm(START + 10, lambda: stop.stop("Operator", "wrong data"))
    state = task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Job"}])

    execution = execute(machine(Job=state), answers=[hang], clock=clock, stop=stop)

    assert execution.outcome.status == "ABORTED"
    assert hang.cancelled == 1
    assert execution.types[-2:] == ["TaskStarted", "ExecutionAborted"]
    assert execution.events[-1]["executionAbortedEventDetails"] == {
        "error": "Operator", "cause": "wrong data"
    }  # fmt: skip


def test_an_execution_stopped_before_it_begins_enters_no_state():
    stop = StopSignal()
    stop.stop()

    execution = execute(machine(Job=task()), stop=stop)

    assert execution.types == ["ExecutionStarted", "ExecutionAborted"]
    assert execution.events[-1]["executionAbortedEventDetails"] == {}


def test_a_stop_from_another_thread_ends_a_real_wait_at_once():
    stop = StopSignal()
    threading.Timer(0.05, stop.stop).start()

    execution = execute(
        machine(Pause={"Type": "Wait", "Seconds": 3600, "End": True}), clock=RealClock(), stop=stop
    )

    assert execution.outcome.status == "ABORTED"


def test_a_real_task_is_cancelled_when_its_time_is_up():
    execution = execute(
        machine(Job=task(TimeoutSeconds=1)),
        answers=[Hang()],
        clock=RealClock(),
    )

    assert execution.outcome.error == "States.Timeout"


def test_a_stop_that_comes_too_late_changes_nothing():
    stop = StopSignal()
    execution = execute(machine(Job=task(TimeoutSeconds=5)), answers=[{}], stop=stop)

    stop.stop()

    assert execution.types[-1] == "ExecutionSucceeded"


def test_an_endless_loop_ends_with_its_history():
    definition = machine(Round={"Type": "Pass", "Next": "Round"})

    execution = execute(definition)

    assert len(execution.events) == 25_000
    assert execution.types[-1] == "ExecutionFailed"
    assert execution.outcome.cause == (
        "The execution reached the maximum number of history events (25000)."
    )


def test_a_history_that_cannot_be_kept_stops_the_execution():
    def full(event):
        raise OSError("no space left on the device")

    with pytest.raises(OSError, match="no space"):
        execute(machine(Job=task()), history=full)


def test_a_bug_in_a_task_is_not_taken_for_a_failed_task():
    with pytest.raises(ZeroDivisionError):
        execute(machine(Job=task(Resource=CREATE_JOB)), answers=[ZeroDivisionError()])
