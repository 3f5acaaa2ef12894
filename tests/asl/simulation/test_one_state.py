"""One state alone, as TestState runs it."""

from __future__ import annotations

import pytest

from pipelines.asl.simulation import TaskFailed, simulate_state
from tests.asl.simulation.machines import task

CATCH = [{"ErrorEquals": ["Busy"], "ResultPath": "$.error", "Next": "Later"}]


def test_a_state_hands_over_its_output_to_the_next():
    state = {"Type": "Pass", "Parameters": {"rows.$": "$.n"}, "Next": "Work"}

    result = simulate_state(state, {"n": 3})

    assert (result.status, result.next_state, result.output) == ("SUCCEEDED", "Work", {"rows": 3})


def test_a_state_at_the_end_hands_over_to_nobody():
    assert simulate_state({"Type": "Pass", "End": True}).next_state is None


def test_a_caught_error_leads_to_the_catchers_state():
    state = {**task(Catch=CATCH), "Next": "Done"}

    result = simulate_state(state, {"n": 3}, tasks={"State": TaskFailed("Busy", "later")})

    assert result.next_state == "Later"
    assert result.output == {"n": 3, "error": {"Error": "Busy", "Cause": "later"}}


def test_an_error_that_nothing_catches_is_the_result():
    state = {**task(Catch=CATCH), "Next": "Done"}

    result = simulate_state(state, tasks={"State": TaskFailed("Broken", "for good")})

    assert (result.status, result.next_state) == ("FAILED", None)
    assert (result.error, result.cause) == ("Broken", "for good")


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_variables_are_there_before_the_state_is_entered(language):
    texts = {"JSONPath": {"Parameters": {"n.$": "$n"}}, "JSONata": {"Output": {"n": "{% $n %}"}}}
    state = {"Type": "Pass", **texts[language], "End": True}

    result = simulate_state(state, variables={"n": 7}, language=language)

    assert result.output == {"n": 7}


def test_a_parallel_state_runs_its_branches():
    branches = [
        {"StartAt": name, "States": {name: {"Type": "Pass", "Result": name, "End": True}}}
        for name in ("Left", "Right")
    ]
    state = {"Type": "Parallel", "Branches": branches, "Next": "Done"}

    result = simulate_state(state)

    assert (result.next_state, result.output) == ("Done", ["Left", "Right"])
