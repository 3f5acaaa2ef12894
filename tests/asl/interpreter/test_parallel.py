"""Parallel: branches beside each other, their events, and what happens when one fails."""

import asyncio

import pytest

from pipelines.asl.interpreter import TaskFailed
from tests.asl.interpreter.executions import execute, linked, machine, task

SUCCEED = {"Type": "Succeed"}
ALL = {"ErrorEquals": ["States.ALL"]}


def parallel(*branches, **fields):
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Parallel", "Branches": list(branches), **fields, **end}


def wait(seconds, **fields):
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Wait", "Seconds": seconds, **fields, **end}


def result(value):
    return machine(Give={"Type": "Pass", "Result": value, "End": True})


def test_the_output_is_the_list_of_the_branches_outputs_in_their_order():
    slow = machine(Slow=wait(9, Next="One"), One={"Type": "Pass", "Result": 1, "End": True})

    execution = execute(machine(Fork=parallel(slow, result(2), result(3))))

    assert execution.outcome.output == [1, 2, 3]
    assert execution.times("ExecutionSucceeded") == [9]


def test_every_branch_gets_the_input_as_parameters_shape_it():
    copy = machine(Copy=SUCCEED)
    fork = parallel(copy, copy, InputPath="$.a", Parameters={"b.$": "$.b"})

    assert execute(machine(Fork=fork), {"a": {"b": 5}}).outcome.output == [{"b": 5}, {"b": 5}]


def test_result_selector_and_result_path_apply_to_the_list():
    fork = parallel(result(1), result(2), ResultSelector={"second.$": "$[1]"}, ResultPath="$.out")

    assert execute(machine(Fork=fork), {"in": 0}).outcome.output == {"in": 0, "out": {"second": 2}}


def test_each_branch_is_a_line_of_events_of_its_own():
    fork = parallel(
        machine(A=task(Next="B"), B=SUCCEED),
        machine(C=wait(5, Next="D"), D=SUCCEED),
        Next="End",
    )

    execution = execute(machine(Fork=fork, End=SUCCEED), answers=[{}])

    assert linked(execution.events) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "ParallelStateEntered"),
        (3, 2, "ParallelStateStarted"),
        (4, 3, "TaskStateEntered"),
        (5, 4, "TaskScheduled"),
        (6, 3, "WaitStateEntered"),
        (7, 5, "TaskStarted"),
        (8, 7, "TaskSucceeded"),
        (9, 8, "TaskStateExited"),
        (10, 9, "SucceedStateEntered"),
        (11, 10, "SucceedStateExited"),
        (12, 6, "WaitStateExited"),
        (13, 12, "SucceedStateEntered"),
        (14, 13, "SucceedStateExited"),
        (15, 14, "ParallelStateSucceeded"),
        # What follows is linked to what ended the last branch, too.
        (16, 14, "ParallelStateExited"),
        (17, 16, "SucceedStateEntered"),
        (18, 17, "SucceedStateExited"),
        (19, 18, "ExecutionSucceeded"),
    ]


def test_the_first_failure_ends_the_other_branches():
    ended = []

    async def hang(call):
        try:
            await asyncio.Future()
        finally:
            ended.append(call.state)

    fork = parallel(
        machine(Hangs=task()),
        machine(Waits=wait(1000)),
        machine(Soon=wait(5, Next="Bad"), Bad={"Type": "Fail", "Error": "E", "Cause": "c"}),
    )

    execution = execute(machine(Fork=fork), answers=[hang])

    assert (execution.outcome.error, execution.outcome.cause) == ("E", "c")
    assert ended == ["Hangs"]
    assert execution.times("ExecutionFailed") == [5]
    *_, task_aborted, wait_aborted, fork_failed, failed = linked(execution.events)
    cause_id = task_aborted[0] - 1
    assert execution.types[cause_id - 1] == "FailStateEntered"
    assert task_aborted[1:] == (cause_id, "TaskStateAborted")
    assert wait_aborted[1:] == (cause_id, "WaitStateAborted")
    assert fork_failed[1:] == (cause_id, "ParallelStateFailed")
    assert failed[1:] == (fork_failed[0], "ExecutionFailed")


def test_the_history_of_a_failure_that_is_caught():
    fork = parallel(
        machine(Job=task()), Catch=[{**ALL, "ResultPath": "$.e", "Next": "Z"}], Next="Z"
    )

    execution = execute(machine(Fork=fork, Z=SUCCEED), answers=[TaskFailed(None, None)])

    # As AWS recorded it: the task that failed is aborted, too.
    assert linked(execution.events)[3:10] == [
        (4, 3, "TaskStateEntered"),
        (5, 4, "TaskScheduled"),
        (6, 5, "TaskStarted"),
        (7, 6, "TaskFailed"),
        (8, 7, "TaskStateAborted"),
        (9, 7, "ParallelStateFailed"),
        (10, 9, "ParallelStateExited"),
    ]
    assert execution.outcome.output == {"e": {"Error": None, "Cause": None}}


def test_a_state_that_has_failed_is_not_aborted_but_the_one_beside_it_is():
    failing = parallel(machine(Soon=wait(1, Next="Bad"), Bad={"Type": "Fail", "Error": "E"}))
    beside = parallel(machine(Slow=wait(9)))
    fork = parallel(machine(Failing=failing), machine(Beside=beside))

    execution = execute(machine(Fork=fork))

    failed = execution.types.index("ParallelStateFailed")
    assert execution.types[failed:] == [
        "ParallelStateFailed",
        *("ParallelStateAborted", "WaitStateAborted"),
        *("ParallelStateFailed", "ExecutionFailed"),
    ]


def test_a_runtime_error_ends_the_execution_at_once():
    wrong = {"Type": "Pass", "InputPath": "$.no", "End": True}
    deep = parallel(machine(Wrong=wrong), machine(Slow=wait(9)))
    handlers = {"Retry": [ALL], "Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "End"}]}
    state = parallel(machine(Deep=deep), machine(Slow=wait(9)), Next="End", **handlers)

    execution = execute(machine(Both=state, End=SUCCEED))

    assert linked(execution.events)[3:] == [
        *((4, 3, "ParallelStateEntered"), (5, 4, "ParallelStateStarted")),
        *((6, 3, "WaitStateEntered"), (7, 5, "PassStateEntered"), (8, 7, "ExecutionFailed")),
    ]
    assert execution.outcome.error == "States.Runtime"


@pytest.mark.parametrize(
    ("fields", "told"),
    [({}, {"Error": "", "Cause": ""}), ({"Error": "E"}, {"Error": "E", "Cause": ""})],
)
def test_what_a_fail_state_does_not_say_is_an_empty_text_to_a_catcher(fields, told):
    fork = parallel(machine(Bad={"Type": "Fail", **fields}), Catch=[{**ALL, "Next": "End"}])

    assert execute(machine(Fork=fork, End=SUCCEED)).outcome.output == told


def test_a_runtime_error_after_the_branches_follows_their_success():
    fork = parallel(result(1), ResultSelector={"no.$": "$.no"})

    execution = execute(machine(Fork=fork))

    assert linked(execution.events)[4:] == [
        (5, 4, "PassStateExited"),
        (6, 5, "ParallelStateSucceeded"),
        (7, 6, "ExecutionFailed"),
    ]


def test_a_retry_runs_all_branches_again():
    fork = parallel(
        machine(Good=task(Parameters={"n.$": "$$.State.RetryCount"})),
        machine(Bad=task()),
        Retry=[ALL],
    )

    execution = execute(machine(Fork=fork), answers=[{"g": 1}, TaskFailed("E"), {"g": 2}, {"b": 2}])

    assert execution.outcome.output == [{"g": 2}, {"b": 2}]
    assert execution.types.count("ParallelStateStarted") == 2
    assert "ParallelStateFailed" not in execution.types
    assert execution.times("ParallelStateStarted") == [0, 1]


@pytest.mark.parametrize("stopped", ["TIMED_OUT", "FAILED"])
def test_branches_end_with_what_is_around_them(stopped):
    ended = []

    async def hang(call):
        try:
            await asyncio.Future()
        finally:
            await call.sleep(2)
            ended.append(call.now())

    inner = machine(Inner=parallel(machine(Hangs=task()), machine(Too=task())))
    bad = machine(Soon=wait(60, Next="Bad"), Bad={"Type": "Fail"})
    states = machine(Fork=parallel(inner, *([bad] if stopped == "FAILED" else [])))

    execution = execute(
        {**states, "TimeoutSeconds": 60 if stopped == "TIMED_OUT" else 90}, answers=[hang, hang]
    )

    assert execution.outcome.status == stopped
    assert len(ended) == 2
    # Nothing is left behind: whoever is told that it has ended finds nothing running.
    assert execution.events[-1]["timestamp"] == max(ended)


def test_what_breaks_in_a_branch_breaks_the_execution():
    fork = parallel(machine(Job=task()), machine(Long=wait(9)))

    with pytest.raises(ZeroDivisionError):
        execute(machine(Fork=fork), answers=[ZeroDivisionError()])
