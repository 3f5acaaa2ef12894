"""One execution for one name and input."""

from __future__ import annotations

import pytest

from pipelines.errors import InputError
from pipelines.execution.start import start
from tests.execution.fakes import EXECUTION, MACHINE, StepFunctions


def test_an_execution_is_started_with_its_input_as_json() -> None:
    stepfunctions = StepFunctions()

    started = start(stepfunctions, MACHINE, "monday", {"data": "s3://b/k"})

    assert (started.arn, started.is_new) == (EXECUTION, True)
    assert stepfunctions.started == [{"name": "monday", "input": '{"data": "s3://b/k"}'}]


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "FAILED"])
def test_the_same_name_and_input_is_the_same_execution_running_or_not(status: str) -> None:
    stepfunctions = StepFunctions()
    start(stepfunctions, MACHINE, "monday", {"a": 1, "b": 2})
    stepfunctions.executions[EXECUTION]["status"] = status

    again = start(stepfunctions, MACHINE, "monday", {"b": 2, "a": 1})

    assert (again.arn, again.is_new) == (EXECUTION, False)
    assert len(stepfunctions.started) == 1


def test_the_same_name_with_another_input_is_refused() -> None:
    stepfunctions = StepFunctions()
    start(stepfunctions, MACHINE, "monday", {"a": 1})

    with pytest.raises(InputError, match="execution monday already, with another input") as caught:
        start(stepfunctions, MACHINE, "monday", {})

    assert '{"a": 1}' in str(caught.value)
    assert len(stepfunctions.started) == 1


def test_somebody_who_was_faster_by_a_moment_is_found() -> None:
    class Race(StepFunctions):
        """The execution appears between the first look and the start."""

        looks = 0

        def describe_execution(self, executionArn: str) -> dict[str, str]:
            self.looks += 1
            if self.looks == 2:
                self.executions[EXECUTION] = {"status": "SUCCEEDED", "input": "{}"}
            return super().describe_execution(executionArn)

        def start_execution(self, **_: str) -> dict[str, str]:
            self.executions[EXECUTION] = {"status": "SUCCEEDED", "input": "{}"}
            return super().start_execution(**_)

    assert not start(Race(), MACHINE, "monday", {}).is_new
