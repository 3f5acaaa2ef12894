"""Retry and Catch: names, order, overlap, delays."""

import pytest

from pipelines.asl.checker.rules.examples import END, machine, task
from pipelines.asl.checker.rules.failures import STATES_ERRORS
from tests.asl.checker.rules.found import messages, rules


def retry(*names, **fields):
    return {"ErrorEquals": list(names), **fields}


def retried(*retriers):
    return machine(A=task(Retry=list(retriers)))


def caught(*catchers):
    handled = [{**each, "Next": "B"} for each in catchers]
    return machine(A=task(Catch=handled, Next="B"), B=END)


@pytest.mark.parametrize("names", [[], [5], [None], [["E"]], ["States.Timout"], ["States."]])
def test_names_that_are_no_errors_are_found(names):
    assert rules(retried(retry(*names))) == {"P131"}
    assert rules(caught(retry(*names))) == {"P131"}


@pytest.mark.parametrize("name", ["States.All", "States.timeout"])
def test_an_error_in_other_capitals_is_warned_of(name):
    assert rules(retried(retry(name))) == {"P137"}
    assert rules(caught(retry(name))) == {"P137"}


FATAL = {"States.NoChoiceMatched", "States.Runtime"}


@pytest.mark.parametrize("name", sorted(STATES_ERRORS - FATAL))
def test_every_error_of_aws_can_be_named(name):
    assert rules(retried(retry(name))) == set()


@pytest.mark.parametrize("name", sorted(FATAL))
def test_an_error_that_ends_the_execution_is_not_handled(name):
    assert rules(retried(retry("A", name))) == {"P136"}
    assert rules(caught(retry(name), retry("States.ALL"))) == {"P136"}


@pytest.mark.parametrize("name", ["Lambda.Unknown", "E", "${Error}", "States.Http.StatusCode.404"])
def test_other_errors_have_any_name(name):
    assert rules(retried(retry(name))) == set()


def test_states_all_stands_alone_and_last():
    assert rules(retried(retry("A", "States.ALL"))) == {"P132"}
    assert rules(caught(retry("States.ALL"), retry("A"))) == {"P132"}
    assert rules(caught(retry("A"), retry("States.ALL"))) == set()


def test_an_empty_retry_is_nothing():
    assert rules(machine(A=task(Retry=[]))) == set()


@pytest.mark.parametrize("item", ["E", 5, None, []])
def test_retriers_and_catchers_are_objects(item):
    assert rules(machine(A=task(Retry=[item]))) == {"P134"}
    assert rules(machine(A=task(Catch=[item]))) == {"P134"}


def test_a_delay_that_cannot_grow_is_warned_of():
    assert rules(retried(retry("E", IntervalSeconds=60, MaxDelaySeconds=60))) == {"P133"}
    assert rules(retried(retry("E", IntervalSeconds=60, MaxDelaySeconds=61))) == set()


def test_a_name_that_never_matches_is_warned_of():
    assert messages(retried(retry("A", "B"), retry("B"))) == [
        "States.A.Retry[1].ErrorEquals: B never comes here: Retry[0] matches it before (P135)"
    ]
    assert messages(retried(retry("A", "B", "C"), retry("C", "A", "D"))) == [
        "States.A.Retry[1].ErrorEquals: C and A never come here: Retry[0] matches them before"
        " (P135)"
    ]
    assert rules(caught(retry("States.TaskFailed"), retry("Lambda.Unknown"))) == {"P135"}
    assert rules(caught(retry("States.TaskFailed"), retry("States.DataLimitExceeded"))) == {"P135"}


@pytest.mark.parametrize("name", ["States.ALL", "States.HeartbeatTimeout", "States.Timeout"])
def test_what_a_failed_task_is_not_can_come_behind_it(name):
    assert rules(caught(retry("States.TaskFailed"), retry(name))) == set()


def test_retriers_of_parallels_and_maps_within_others_are_looked_at():
    inner = {
        "Type": "Map",
        "ItemProcessor": machine(C=END),
        "Retry": [retry("States.ALL"), retry("E")],
        "End": True,
    }
    outer = {"Type": "Parallel", "Branches": [machine(B=inner)], "End": True}

    assert rules(machine(A=outer)) == {"P132"}
