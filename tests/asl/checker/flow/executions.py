"""Holding the analysis of a machine to one of its executions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.flow import check_flow
from pipelines.asl.checker.flow.analysis import Analysis
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.types import UNKNOWN, Type
from pipelines.asl.model import Machine, State
from pipelines.asl.simulation import Simulation, simulate
from tests.asl.checker.flow.machines import constant
from tests.asl.checker.flow.members import allows

CONDITIONAL = {"Catch", "Choices", "Assign"}
"""What stands in a catcher, a choice rule or a Choice's Assign fails when the execution goes that
way, which it may not."""


def hold_to_an_execution(
    definition: dict[str, Any], input: Any, answers: list[Any], is_input_known: bool
) -> Simulation:
    """Run the machine, and see that what happens is what the analysis has said."""
    machine = Machine(definition)
    analysis = Analysis(machine, from_json(input) if is_input_known else UNKNOWN, nobody_knows)
    run = simulate(definition, input, tasks={"*": answering(answers)}, check=False)

    states: dict[str, list[State]] = {}
    for each in machine.states:
        states.setdefault(each.name, []).append(each)
    for name, value in entered(run):
        known = [analysis.entries.get(each) for each in states[name]]
        assert any(facts is not None and allows(facts.input, value) for facts in known), name
    if run.status == "SUCCEEDED":
        assert allows(analysis.outputs[machine.top], run.output)
        visited = {
            name
            for name in run.states
            if len(states[name]) == 1 and not states[name][0].fields.get("Catch")
        }
        schema = constant(input) if is_input_known else None
        assert not sure_to_fail(machine, schema) & visited
    return run


def sure_to_fail(machine: Machine, schema: Any) -> set[str | None]:
    """The states in which an error is certain, whatever way is taken within them."""
    found = check_flow(machine, input_schema=schema, result_type=nobody_knows)
    return {
        each.state
        for each in found
        if each.severity == "error" and not CONDITIONAL & set(each.place)
    }


def entered(run: Simulation) -> Iterator[tuple[str, Any]]:
    """Each state that was entered, with its input."""
    for event in run.history:
        details = event.get("stateEnteredEventDetails")
        if details is not None:
            yield details["name"], json.loads(details["input"])


def answering(answers: list[Any]) -> Any:
    """A task that gives one answer after the other, again and again."""
    given = 0

    def answer(call: Any) -> Any:
        nonlocal given
        found = answers[given % len(answers)]
        given += 1
        if isinstance(found, Exception):
            raise found
        return found

    return answer


def nobody_knows(resource: str) -> Type:
    """What a resource answers, when nothing is known of it."""
    return UNKNOWN
