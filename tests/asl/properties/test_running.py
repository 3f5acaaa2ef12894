"""What the checker passes, the interpreter runs: to an outcome that AWS has, never to a bug."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from pipelines.asl.checker import check_all
from pipelines.asl.simulation import Simulation, SimulationError, in_turn, simulate
from tests.asl.properties.cases import FOUND, read
from tests.asl.strategies import answers, any_json, inputs, machines, mutated

ENDS = {
    "SUCCEEDED": "ExecutionSucceeded",
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}
many = settings(max_examples=2000, suppress_health_check=list(HealthCheck))
fewer = settings(max_examples=200, suppress_health_check=list(HealthCheck))


def run(definition: Any, input: Any, results: list[Any]) -> Simulation:
    """Run it with tasks that give these results in turn, the last one for ever."""
    tasks = in_turn(*results, repeat_last=True)
    return simulate(definition, input, tasks={"*": tasks} if _has_tasks(definition) else {})


def _has_tasks(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.get("Type") == "Task" or any(map(_has_tasks, value.values()))
    return isinstance(value, list) and any(map(_has_tasks, value))


def errors(definition: Any) -> list[str]:
    return [str(each) for each in check_all(definition) if each.severity == "error"]


def assert_is_whole(simulation: Simulation) -> None:
    """The history is one that AWS could have written, and tells what the outcome tells."""
    events = simulation.history

    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)
    assert events[0]["type"] == "ExecutionStarted"
    assert events[-1]["type"] == ENDS[simulation.status]
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    json.dumps(simulation.output, allow_nan=False)


@many
@given(machines(), inputs(), answers())
def test_what_the_checker_passes_runs_to_an_outcome(
    definition: Any, input: Any, results: list[Any]
) -> None:
    """Whatever the input is, and whatever the tasks answer."""
    assume(not errors(definition))

    assert_is_whole(run(definition, input, results))


@fewer
@given(mutated(), inputs(), answers())
def test_so_does_what_it_passes_though_it_was_tampered_with(
    definition: Any, input: Any, results: list[Any]
) -> None:
    """What a mutation leaves well-formed runs; the rest is refused, with the reason."""
    try:
        simulation = run(definition, input, results)
    except SimulationError:
        return

    assert_is_whole(simulation)


@fewer
@given(machines(), any_json(), answers())
def test_any_json_may_be_an_input(definition: Any, input: Any, results: list[Any]) -> None:
    """What is no JSON is refused; anything else is data, which a state can choke on."""
    assume(not errors(definition))
    try:
        simulation = run(definition, input, results)
    except SimulationError:
        return

    assert_is_whole(simulation)


@fewer
@given(any_json())
def test_any_json_may_be_given_to_be_run(definition: Any) -> None:
    """It runs, or it is refused: nothing else."""
    try:
        simulation = run(definition, {}, [{}])
    except SimulationError:
        return

    assert_is_whole(simulation)


@fewer
@given(machines(), inputs(), answers())
def test_the_same_seed_gives_the_same_history(
    definition: Any, input: Any, results: list[Any]
) -> None:
    assume(not errors(definition))

    assert run(definition, input, results).history == run(definition, input, results).history


@pytest.mark.parametrize("path", sorted(FOUND.glob("*.json")), ids=lambda path: path.stem)
def test_what_once_went_wrong_does_not_again(path: Path) -> None:
    case = read(path)
    try:
        simulation = run(case.definition, case.input, case.answers)
    except SimulationError:
        return

    assert_is_whole(simulation)
