"""Assertions on executions: each can fail, and says then the way that was taken."""

from __future__ import annotations

import pytest

from pipelines.testing import (
    SimulationError,
    TaskFailed,
    assert_attempts,
    assert_called,
    assert_calls,
    assert_failed,
    assert_input,
    assert_not_called,
    assert_not_entered,
    assert_output,
    assert_passed,
    assert_path,
    assert_request,
    assert_succeeded,
    assert_took,
    fail,
    simulate,
)
from tests.asl.simulation.machines import INVOKE, RETRY, machine, task

DEFINITION = machine(
    Shape={"Type": "Pass", "Parameters": {"rows.$": "$.n"}},
    Work=task(Retry=[RETRY], Parameters={"FunctionName": "score", "Payload": {"list": [1, 2, 3]}}),
    Done={"Type": "Succeed"},
)
RUN = simulate(
    DEFINITION,
    {"n": 3},
    tasks={"Work": {"score": 0.5}},
    faults=[fail("Work", "Busy", "later", times=1)],
)
FAILED = simulate(DEFINITION, {"n": 3}, tasks={"Work": TaskFailed("Broken", "for good")})


def test_what_holds_passes_in_silence():
    assert_succeeded(RUN, {"score": 0.5})
    assert_failed(FAILED, "Broken", "good")
    assert_path(RUN, ["Shape", "Work", "Done"])
    assert_passed(RUN, ["Shape", "Done"])
    assert_not_entered(FAILED, "Done")
    assert_input(RUN, "Work", {"rows": 3})
    assert_output(RUN, "Shape", {"rows": 3})
    assert_request(RUN, "Work", {"FunctionName": "score", "Payload": {"list": [1, 2, 3]}})
    assert_request(RUN, "Work", containing={"Payload": {"list": [1, 3]}})
    assert_calls(RUN, ["Work", "Work"])
    assert_called(RUN, "lambda:invoke")
    assert_called(RUN, INVOKE, times=2)
    assert_not_called(RUN, "sns:publish")
    assert_attempts(RUN, "Work", 2)
    assert_took(RUN, 10)
    assert_took(RUN, at_most=60)


@pytest.mark.parametrize(
    ("assertion", "said"),
    [
        (lambda: assert_succeeded(FAILED), "the execution should have SUCCEEDED"),
        (lambda: assert_succeeded(RUN, {"score": 1}), "score: 0.5, expected 1"),
        (lambda: assert_failed(RUN), "the execution should have FAILED"),
        (lambda: assert_failed(FAILED, "Busy"), "the error should have been Busy"),
        (lambda: assert_failed(FAILED, cause="now"), "the cause should have contained 'now'"),
        (lambda: assert_path(RUN, ["Shape", "Done"]), "should have been Shape → Done"),
        (lambda: assert_passed(RUN, ["Work", "Shape"]), "passed 'Shape' after 'Work'"),
        (lambda: assert_passed(RUN, ["Train"]), "should have passed 'Train'"),
        (lambda: assert_not_entered(RUN, "Done"), "should not have entered 'Done'"),
        (lambda: assert_input(RUN, "Work", {"rows": 4}), "rows: 3, expected 4"),
        (lambda: assert_input(RUN, "Work", [1]), 'it: {"rows": 3}, expected [1]'),
        (lambda: assert_output(RUN, "Shape", {}), "rows: 3, expected nothing"),
        (lambda: assert_request(RUN, "Work", {}), "the request of 'Work' is not as expected"),
        (
            lambda: assert_request(RUN, "Work", containing={"Payload": {"list": [3, 1]}}),
            "the request of 'Work' should have contained",
        ),
        (lambda: assert_calls(RUN, ["Work"]), "should have been Work, and were Work → Work"),
        (lambda: assert_called(RUN, "sns:publish"), "sns:publish should have been called at least"),
        (lambda: assert_called(RUN, "Work", times=3), "called 3 times, and was 2 times"),
        (lambda: assert_not_called(RUN, "Work"), "Work should have been called 0 times"),
        (lambda: assert_attempts(RUN, "Work", 1), "was 2 times (Busy, succeeded)"),
        (lambda: assert_took(RUN, 9), "should have taken 9 s, and took 10 s"),
        (lambda: assert_took(RUN, at_most=9), "at most 9 s, and took 10 s"),
    ],
)
def test_what_does_not_hold_is_said_with_the_way_that_was_taken(assertion, said):
    with pytest.raises(AssertionError) as raised:
        assertion()

    message = str(raised.value)
    assert said in message
    assert "path: Shape → Work" in message
    assert "0 s  Work, attempt 1: failed with" in message
    assert "ended: " in message


@pytest.mark.parametrize(
    "assertion",
    [
        lambda: assert_not_called(RUN, "Wrok"),
        lambda: assert_called(RUN, "Wrok", times=0),
        lambda: assert_attempts(RUN, "Wrok", 0),
        lambda: assert_not_entered(RUN, "Wrok"),
    ],
)
def test_that_nothing_happened_in_a_misspelt_state_is_no_assertion(assertion):
    with pytest.raises(SimulationError, match=r"'Wrok', and .* did you mean Work"):
        assertion()


def test_an_assertion_on_a_request_is_to_say_something():
    with pytest.raises(SimulationError, match="what it contains"):
        assert_request(RUN, "Work")
