"""Loops that meet: what each of them brings is known where they meet."""

from __future__ import annotations

from typing import Any

from pipelines.asl.checker.flow import check_flow
from pipelines.asl.model import Machine
from tests.asl.checker.flow.machines import INVOKE, read


def loops(number: int, path: str) -> dict[str, Any]:
    """A Task with so many errors, each of which is noted in a field of its own before the Task is
    tried again; when it succeeds, `path` is read."""
    names = [f"Note{n}" for n in range(number)]
    task = {
        "Type": "Task",
        "Resource": INVOKE,
        "Parameters": {"FunctionName": "f"},
        "Catch": [
            {"ErrorEquals": [f"Error{n}"], "ResultPath": f"$.error{n}", "Next": name}
            for n, name in enumerate(names)
        ],
        "ResultPath": "$.result",
        "Next": "Read",
    }
    notes = {
        name: {"Type": "Pass", "Result": n, "ResultPath": f"$.note{n}", "Next": "Try"}
        for n, name in enumerate(names)
    }
    start = {"Type": "Pass", "Result": {"a": 1}, "Next": "Try"}
    states = {"Start": start, "Try": task, **notes, "Read": {**read(path), "End": True}}
    return {"StartAt": "Start", "States": states}


def rules(machine: dict[str, Any]) -> list[str]:
    return [each.rule for each in check_flow(Machine(machine))]


def test_a_path_that_none_of_ten_loops_makes_is_an_error() -> None:
    assert rules(loops(10, "$.nowhere")) == ["P301"]


def test_what_only_one_of_them_makes_may_be_missing() -> None:
    assert rules(loops(10, "$.note9")) == ["P302"]


def test_what_was_there_before_them_stays_known() -> None:
    assert rules(loops(10, "$.a")) == []


def test_a_loop_that_never_stops_to_bring_something_new_comes_to_an_end() -> None:
    again = {"Variable": "$.inner", "IsPresent": True, "Next": "Nest"}
    machine = {
        "StartAt": "Nest",
        "States": {
            "Nest": {"Type": "Pass", "Parameters": {"inner.$": "$"}, "Next": "Again?"},
            "Again?": {"Type": "Choice", "Choices": [again], "Default": "Read"},
            "Read": {**read("$.inner.inner.inner"), "End": True},
        },
    }

    assert "P301" not in rules(machine)
