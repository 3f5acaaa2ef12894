"""A Distributed Map that goes on: after its process was killed, and as a redrive."""

import pytest

from pipelines.asl.interpreter import TaskFailed
from tests.asl.interpreter.distributed.machines import Killed, MapTasks, distributed, run_map
from tests.asl.interpreter.executions import CREATE_JOB

TASK = {"Type": "Task", "Resource": CREATE_JOB, "End": True}
RETRY = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
SHAPE = ("type", "id", "previousEventId")


def shapes(events):
    return [tuple(event[name] for name in SHAPE) for event in events]


def answers(call):
    """The second item's first attempt fails; which attempt it is, its context tells."""
    if call.parameters == 2 and call.context["State"]["RetryCount"] == 0:
        return TaskFailed("Boom")
    return call.parameters * 10


class Answering(MapTasks):
    async def run(self, call):
        self.calls.append(call)
        answer = answers(call)
        if isinstance(answer, Exception):
            raise answer
        return answer


WHOLE = distributed(
    {"Type": "Pass", "Next": "Then"}, MaxConcurrency=1, ItemsPath="$.l", ResultPath="$.r"
)
WHOLE["ItemProcessor"]["States"]["Then"] = {**TASK, "Retry": RETRY}


@pytest.mark.parametrize("killed_at", range(1, 8))
def test_after_a_kill_at_any_event_the_history_is_the_one_without_it(killed_at):
    whole = run_map(WHOLE, {"l": [1, 2, 3]}, tasks=Answering())
    assert whole.outcome.output == {"l": [1, 2, 3], "r": [10, 20, 30]}
    tasks = Answering()
    with pytest.raises(Killed) as killed:
        run_map(WHOLE, {"l": [1, 2, 3]}, tasks=tasks, killed_at=killed_at)
    tasks.map_runs.killed = False
    again = run_map(WHOLE, tasks=tasks, past=killed.value.events)
    assert again.outcome == whole.outcome
    assert shapes(again.events) == shapes(whole.events)
    assert again.run.arn == whole.run.arn
    histories = tasks.map_runs.histories
    assert {arn: shapes(events) for arn, events in histories.items()} == {
        arn: shapes(events) for arn, events in whole.tasks.map_runs.histories.items()
    }


@pytest.mark.parametrize("kept", range(1, 24))
def test_children_go_on_where_they_stood_and_those_that_had_ended_are_kept(kept):
    whole = run_map(WHOLE, {"l": [1, 2, 3]}, tasks=Answering())
    tasks = Answering()
    left = kept
    for arn, events in whole.tasks.map_runs.histories.items():
        if left > 0:
            tasks.map_runs.histories[arn] = events[:left]
        left -= len(events)
    again = run_map(WHOLE, tasks=tasks, past=whole.events[:4])
    assert again.outcome == whole.outcome
    assert shapes(again.events) == shapes(whole.events)
    for arn, events in whole.tasks.map_runs.histories.items():
        assert shapes(tasks.map_runs.histories[arn]) == shapes(events)


def test_a_redrive_redrives_the_map_run_and_only_what_had_failed():
    state = distributed(TASK, MaxConcurrency=1, Label="Each")
    tasks = MapTasks(["a", TaskFailed("Boom")])
    failed = run_map(state, [1, 2, 3], tasks=tasks)
    assert failed.outcome.status == "FAILED"
    tasks.answers = ["b", "c"]
    redriven = run_map(state, tasks=tasks, past=failed.events)
    assert redriven.outcome.output == ["a", "b", "c"]
    assert redriven.types[len(failed.types) :] == [
        "ExecutionRedriven",
        "MapRunRedriven",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    assert redriven.details("MapRunRedriven") == {"mapRunArn": failed.run.arn, "redriveCount": 1}
    assert redriven.run.describe()["redriveCount"] == 1
    children = [tasks.map_runs.histories[child.arn] for child in redriven.run.children]
    assert ["ExecutionRedriven" in [e["type"] for e in events] for events in children] == [
        False,
        True,
        False,
    ]
    assert len(tasks.calls) == 4


def test_a_redriven_map_run_may_fail_once_more():
    state = distributed(TASK, MaxConcurrency=1)
    tasks = MapTasks([TaskFailed("Boom"), TaskFailed("Boom"), "a"])
    first = run_map(state, [1], tasks=tasks)
    second = run_map(state, tasks=tasks, past=first.events)
    assert second.outcome.status == "FAILED"
    third = run_map(state, tasks=tasks, past=second.events)
    assert third.outcome.output == ["a"]
    counts = [e["mapRunRedrivenEventDetails"]["redriveCount"]
              for e in third.events if e["type"] == "MapRunRedriven"]  # fmt: skip
    assert counts == [1, 2]


def test_a_map_run_that_had_failed_when_the_process_was_killed_is_not_run_again():
    state = distributed(TASK, MaxConcurrency=1)
    whole = run_map(state, [1], tasks=MapTasks([TaskFailed("Boom")]))
    past = whole.events[: whole.types.index("MapRunFailed") + 1]
    tasks = MapTasks(["a"])
    again = run_map(state, tasks=tasks, past=past)
    assert (again.outcome, shapes(again.events)) == (whole.outcome, shapes(whole.events))
    assert tasks.calls == []


def test_children_of_type_express_begin_anew():
    state = distributed(TASK, MaxConcurrency=1, ExecutionType="EXPRESS")
    whole = run_map(state, [1], tasks=MapTasks(["a"]))
    tasks = MapTasks(["b"])
    [(arn, events)] = whole.tasks.map_runs.histories.items()
    tasks.map_runs.histories[arn] = events[:2]
    again = run_map(state, tasks=tasks, past=whole.events[:4])
    assert again.outcome.output == ["b"]
