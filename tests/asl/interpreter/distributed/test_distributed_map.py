"""The Distributed Map: its events, its children, and what failures it tolerates."""

import re

import pytest

from pipelines.asl.interpreter import StopSignal, TaskFailed
from tests.asl.interpreter.distributed.machines import (
    MACHINE,
    MapTasks,
    distributed,
    run_map,
)
from tests.asl.interpreter.executions import CREATE_JOB

TASK = {"Type": "Task", "Resource": CREATE_JOB, "End": True}
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EXCEEDED = (
    "States.ExceedToleratedFailureThreshold",
    "The specified tolerated failure threshold was exceeded",
)


class TestTheParent:
    def test_its_history_tells_of_the_map_run_and_not_of_the_iterations(self):
        mapped = run_map(distributed(), [1, 2])
        assert mapped.types == [
            "ExecutionStarted",
            "MapStateEntered",
            "MapStateStarted",
            "MapRunStarted",
            "MapRunSucceeded",
            "MapStateSucceeded",
            "MapStateExited",
            "ExecutionSucceeded",
        ]
        assert [event["previousEventId"] for event in mapped.events] == [0, 0, 2, 3, 4, 5, 4, 7]
        assert mapped.details("MapStateStarted") == {"length": 2}
        assert mapped.details("MapRunStarted") == {"mapRunArn": mapped.run.arn}

    def test_its_result_is_the_list_of_what_the_children_put_out(self):
        assert run_map(distributed(), [{"a": 1}, 2]).outcome.output == [{"a": 1}, 2]
        assert run_map(distributed(), []).outcome.output == []

    def test_result_selector_and_result_path_apply_as_to_any_state(self):
        state = distributed(
            ItemsPath="$.list", ResultSelector={"first.$": "$[0]"}, ResultPath="$.made"
        )
        assert run_map(state, {"list": [7]}).outcome.output == {"list": [7], "made": {"first": 7}}

    def test_the_members_of_an_object_are_items_too(self):
        selector = {"name.$": "$$.Map.Item.Key", "size.$": "$$.Map.Item.Value"}
        state = distributed(ItemsPath="$.sizes", ItemSelector=selector)
        sizes = {"sizes": {"a": 1, "b": 2}}
        assert run_map(state, sizes).inputs == [{"name": "a", "size": 1}, {"name": "b", "size": 2}]
        assert run_map(distributed(ItemsPath="$.sizes"), sizes).inputs == [
            {"Key": "a", "Value": 1},
            {"Key": "b", "Value": 2},
        ]

    def test_item_selector_sees_the_items_number_value_and_source(self):
        selector = {"item.$": "$$.Map.Item", "all.$": "$.list"}
        assert run_map(
            distributed(ItemsPath="$.list", ItemSelector=selector), {"list": ["x"]}
        ).inputs == [{"item": {"Index": 0, "Value": "x", "Source": "STATE_DATA"}, "all": ["x"]}]

    def test_in_jsonata_items_selector_and_output_are_expressions(self):
        state = distributed(
            Items="{% $states.input.list[$ > 1] %}",
            ItemSelector={"n": "{% $states.context.Map.Item.Value * 10 %}"},
            Output="{% $sum($states.result.n) %}",
        )
        assert run_map(state, {"list": [1, 2, 3]}, language="JSONata").outcome.output == 50

    def test_what_is_no_array_is_refused(self):
        outcome = run_map(distributed(ItemsPath="$.a"), {"a": 1}).outcome
        assert outcome.error == "States.Runtime"
        outcome = run_map(distributed(), 5, language="JSONata").outcome
        assert outcome.error == "States.QueryEvaluationError"
        assert outcome.cause is not None
        assert outcome.cause.endswith("Map state input must be an array but was: number")


class TestTheChildren:
    def test_each_is_an_execution_with_its_own_arn_and_history(self):
        mapped = run_map(distributed(Label="Each"), ["x"])
        [child] = mapped.run.children
        assert re.fullmatch(
            f"arn:aws:states:eu-central-1:000000000000:mapRun:demo/Each:{UUID}", mapped.run.arn
        )
        assert re.fullmatch(
            f"arn:aws:states:eu-central-1:000000000000:execution:demo/Each:{UUID}", child.arn
        )
        assert child.arn.endswith(child.name)
        assert child.state_machine_arn == f"{MACHINE}/Each"
        history = mapped.tasks.map_runs.histories[child.arn]
        assert [event["type"] for event in history] == [
            "ExecutionStarted",
            "PassStateEntered",
            "PassStateExited",
            "ExecutionSucceeded",
        ]
        assert [event["id"] for event in history] == [1, 2, 3, 4]
        assert history[0]["executionStartedEventDetails"]["input"] == '"x"'

    def test_without_a_label_one_is_made(self):
        mapped = run_map(distributed(), ["x"])
        assert re.search(f":mapRun:demo/{UUID}:{UUID}$", mapped.run.arn)
        label = mapped.run.arn.split("/")[1].split(":")[0]
        assert mapped.run.children[0].state_machine_arn == f"{MACHINE}/{label}"

    def test_the_same_execution_makes_the_same_arns(self):
        first, again = (run_map(distributed(), ["x"]) for _ in range(2))
        assert first.run.arn == again.run.arn
        assert first.run.children[0].arn == again.run.children[0].arn

    def test_those_of_type_express_have_arns_of_their_own_kind_and_five_minutes(self):
        wait = {"Type": "Wait", "Seconds": 301, "End": True}
        mapped = run_map(
            distributed(wait, ExecutionType="EXPRESS", ToleratedFailurePercentage=100), ["x"]
        )
        [child] = mapped.run.children
        assert re.search(f":express:demo/{UUID}:{UUID}:{UUID}$", child.arn)
        assert (child.status, child.ended_at - child.started_at) == ("TIMED_OUT", 300.0)

    def test_their_context_object_is_that_of_an_execution_of_their_own(self):
        context = {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}
        mapped = run_map(distributed(context), ["x"])
        [child] = mapped.run.children
        context = mapped.outcome.output[0]["c"]
        assert context["Execution"]["Id"] == child.arn
        assert context["Execution"]["Input"] == "x"
        assert context["StateMachine"]["Id"] == child.state_machine_arn
        assert "Map" not in context

    def test_they_do_not_see_the_variables_around_them(self):
        state = distributed({"Type": "Pass", "Output": "{% $outer %}", "End": True}, Next="Done")
        first = {"Type": "Pass", "Assign": {"outer": 1}, "Output": [1], "Next": "Inner"}
        mapped = run_map(
            first, language="JSONata", Inner={**state, "Next": "Done"}, Done={"Type": "Succeed"}
        )
        assert mapped.run.children[0].outcome.error == "States.QueryEvaluationError"

    def test_they_inherit_the_query_language_of_the_machine(self):
        double = {"Type": "Pass", "Output": "{% $states.input * 2 %}", "End": True}
        mapped = run_map(distributed(double), [1, 2], language="JSONata")
        assert mapped.outcome.output == [2, 4]

    @pytest.mark.parametrize(("limit", "most"), [(1, 1), (3, 3), (0, 10)])
    def test_no_more_of_them_run_at_a_time_than_max_concurrency(self, limit, most):
        running = []
        tasks = MapTasks()
        tasks.map_runs.seen = lambda run: running.append(run.describe()["executionCounts"])
        wait = {"Type": "Wait", "Seconds": 1, "End": True}
        mapped = run_map(distributed(wait, MaxConcurrency=limit), list(range(10)), tasks=tasks)
        assert mapped.outcome.output == list(range(10))
        assert max(counts["running"] for counts in running) == most
        assert {counts["total"] for counts in running} == {10}

    def test_max_concurrency_can_be_changed_while_they_run(self):
        running = []
        tasks = MapTasks()

        def seen(run):
            running.append(run.count("RUNNING"))
            if len(running) == 2:
                run.update(max_concurrency=3)

        tasks.map_runs.seen = seen
        wait = {"Type": "Wait", "Seconds": 1, "End": True}
        run_map(distributed(wait, MaxConcurrency=1), list(range(8)), tasks=tasks)
        assert running[:2] == [1, 1]
        assert max(running) == 3

    def test_a_map_within_a_child_has_a_map_run_of_its_own(self):
        inner = distributed(Label="Inner")
        mapped = run_map(distributed(inner, Label="Outer"), [[1, 2], [3]])
        assert mapped.outcome.output == [[1, 2], [3]]
        arns = [run.arn for run in mapped.tasks.map_runs.runs]
        assert len(set(arns)) == 3
        assert sum(":mapRun:demo/Inner:" in arn for arn in arns) == 2


class TestFailures:
    def failing(self, *answers, items=4, **fields):
        return run_map(
            distributed(TASK, MaxConcurrency=1, **fields),
            list(range(items)),
            tasks=MapTasks(list(answers)),
        )

    def test_one_that_fails_is_more_than_is_tolerated_if_nothing_is_said(self):
        mapped = self.failing("ok", TaskFailed("Boom", "why"))
        assert (mapped.outcome.error, mapped.outcome.cause) == EXCEEDED
        assert mapped.types[-4:] == [
            "MapRunStarted",
            "MapRunFailed",
            "MapStateFailed",
            "ExecutionFailed",
        ]
        assert mapped.details("MapRunFailed") == dict(
            zip(("error", "cause"), EXCEEDED, strict=True)
        )
        assert [child.status for child in mapped.run.children] == [
            "SUCCEEDED",
            "FAILED",
            "PENDING",
            "PENDING",
        ]

    @pytest.mark.parametrize(
        ("tolerated", "status"),
        [
            ({"ToleratedFailureCount": 1}, "FAILED"),
            ({"ToleratedFailureCount": 2}, "SUCCEEDED"),
            ({"ToleratedFailurePercentage": 49.9}, "FAILED"),
            ({"ToleratedFailurePercentage": 50}, "SUCCEEDED"),
            ({"ToleratedFailureCount": 4, "ToleratedFailurePercentage": 25}, "FAILED"),
            ({"ToleratedFailureCount": 1, "ToleratedFailurePercentage": 100}, "FAILED"),
        ],
    )
    def test_some_failures_can_be_tolerated(self, tolerated, status):
        boom = TaskFailed("Boom")
        assert self.failing(boom, "b", boom, "d", **tolerated).outcome.status == status

    def test_items_count_not_the_children_they_are_in(self):
        batched = {"ItemBatcher": {"MaxItemsPerBatch": 2}, "ToleratedFailureCount": 1}
        assert self.failing(TaskFailed("Boom"), "b", **batched).outcome.status == "FAILED"

    def test_what_failed_stays_in_the_result_with_its_metadata(self):
        mapped = self.failing(TaskFailed("Boom", "why"), "b", items=2, ToleratedFailureCount=1)
        failed, passed = mapped.outcome.output
        assert passed == "b"
        assert (failed["Status"], failed["Error"], failed["Cause"]) == ("FAILED", "Boom", "why")

    def test_those_that_run_when_too_many_have_failed_are_stopped(self):
        waits = {
            "Type": "Choice",
            "Choices": [{"Variable": "$", "NumericEquals": 0, "Next": "Fail"}],
            "Default": "Wait",
        }
        state = distributed(waits)
        state["ItemProcessor"]["States"] |= {
            "Fail": {"Type": "Fail", "Error": "E"},
            "Wait": {"Type": "Wait", "Seconds": 1000, "End": True},
        }
        mapped = run_map(state, [1, 0, 2])
        assert [child.status for child in mapped.run.children] == ["ABORTED", "FAILED", "ABORTED"]
        histories = mapped.tasks.map_runs.histories
        assert [each[-1]["type"] for each in histories.values()] == [
            "ExecutionAborted",
            "ExecutionFailed",
            "ExecutionAborted",
        ]
        assert mapped.events[-1]["timestamp"] == mapped.events[0]["timestamp"]

    def test_a_retry_is_a_map_run_of_its_own(self):
        mapped = self.failing(
            TaskFailed("Boom"),
            *"abcd",
            Retry=[{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"]}],
        )
        assert mapped.outcome.output == list("abcd")
        assert mapped.types.count("MapRunStarted") == 2
        first, second = mapped.tasks.map_runs.runs
        assert first.arn != second.arn
        assert "MapStateFailed" not in mapped.types

    def test_a_catcher_takes_the_failure(self):
        catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Done"}]
        state = distributed(TASK, ItemsPath="$.list", Catch=catch)
        mapped = run_map(
            state, {"list": [1]}, tasks=MapTasks([TaskFailed("Boom")]), Done={"Type": "Succeed"}
        )
        assert mapped.outcome.output["error"]["Error"] == EXCEEDED[0]

    def test_an_error_of_the_items_is_a_failure_of_the_map_run(self):
        mapped = run_map(distributed(ItemSelector={"a.$": "$$.Map.Item.Value.x"}), [{}])
        assert mapped.outcome.error == "States.Runtime"
        assert mapped.types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
        assert mapped.run.status == "FAILED"

    def test_what_is_tolerated_is_looked_at_before_there_is_a_map_run(self):
        state = distributed(ItemsPath="$.list", ToleratedFailureCountPath="$.tolerated")
        mapped = run_map(state, {"list": [1], "tolerated": -1})
        assert mapped.outcome.error == "States.Runtime"
        assert mapped.types[2:] == ["MapStateStarted", "ExecutionFailed"]

    def test_a_stop_of_the_parent_stops_the_children(self):
        stop = StopSignal()
        tasks = MapTasks()
        tasks.map_runs.seen = lambda run: run.count("RUNNING") == 2 and stop.set()
        wait = {"Type": "Wait", "Seconds": 1000, "End": True}
        mapped = run_map(distributed(wait), [1, 2], tasks=tasks, stop=stop)
        assert mapped.outcome.status == "ABORTED"
        assert [child.status for child in mapped.run.children] == ["ABORTED", "ABORTED"]
        assert mapped.run.status == "ABORTED"
        assert tasks.map_runs.told[-1] == "ended ABORTED"

    def test_an_error_of_the_test_itself_comes_through(self):
        with pytest.raises(ZeroDivisionError):
            self.failing(ZeroDivisionError())


class TestTheMapRun:
    def test_is_described_as_describe_map_run_has_it(self):
        state = distributed(
            TASK,
            MaxConcurrency=1,
            ItemBatcher={"MaxItemsPerBatch": 2},
            ToleratedFailureCount=2,
            ToleratedFailurePercentage=50,
        )
        tasks = MapTasks(["a", TaskFailed("Boom"), "c"])
        described = run_map(state, [1, 2, 3, 4, 5], tasks=tasks).run.describe()
        items, executions = described.pop("itemCounts"), described.pop("executionCounts")
        assert {name: n for name, n in items.items() if n} == {
            "succeeded": 3,
            "failed": 2,
            "total": 5,
            "resultsWritten": 5,
        }
        assert {name: n for name, n in executions.items() if n} == {
            "succeeded": 2,
            "failed": 1,
            "total": 3,
            "resultsWritten": 3,
        }
        assert described == {
            "mapRunArn": tasks.map_runs.runs[0].arn,
            "executionArn": "arn:aws:states:eu-central-1:000000000000:execution:demo:run-1",
            "status": "SUCCEEDED",
            "startDate": 1_767_225_600.0,
            "stopDate": 1_767_225_600.0,
            "maxConcurrency": 1,
            "toleratedFailurePercentage": 50.0,
            "toleratedFailureCount": 2,
            "redriveCount": 0,
        }

    def test_without_a_limit_to_concurrency_the_largest_integer_is_described(self):
        assert run_map(distributed(), [1]).run.describe()["maxConcurrency"] == 2_147_483_647

    def test_whoever_keeps_it_is_told_of_each_step(self):
        tasks = MapTasks([TaskFailed("Boom"), "b"])
        state = distributed(TASK, MaxConcurrency=1, ToleratedFailureCount=1)
        run_map(state, [1, 2], tasks=tasks)
        assert tasks.map_runs.told == ["started", "FAILED", "SUCCEEDED", "ended SUCCEEDED"]
