"""simulate_state(): one state alone, as TestState runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.model import Machine
from pipelines.asl.simulation.simulate import EMPTY, simulate
from pipelines.asl.simulation.simulation import Simulation


@dataclass(frozen=True)
class StateSimulation:
    """What came of one state.

    Attributes:
        next_state: The state that it hands over to; None: the execution would end.
        output: What it hands over, if it succeeded or caught its error; else error and cause.
        run: The whole execution around it.
    """

    status: str
    next_state: str | None
    output: Any
    error: str | None
    cause: str | None
    run: Simulation


def simulate_state(
    state: Mapping[str, Any],
    input: Any = EMPTY,
    *,
    name: str = "State",
    language: str | None = None,
    variables: Mapping[str, Any] | None = None,
    **options: Any,
) -> StateSimulation:
    """Run one state, from its input to the state that it hands over to.

    Args:
        state: The state, as it stands in its machine: its Next may lead anywhere.
        language: The machine's QueryLanguage.
        variables: What is assigned before the state is entered.
        options: As for `simulate`.

    >>> rule = {"Variable": "$.auc", "NumericGreaterThan": 0.9, "Next": "Register"}
    >>> state = {"Type": "Choice", "Choices": [rule], "Default": "Refuse"}
    >>> simulate_state(state, {"auc": 0.95}).next_state
    'Register'
    """
    definition = _machine_around(state, name, language, variables)
    run = simulate(definition, input, **options)
    after = run.states[run.states.index(name) + 1 :]
    return StateSimulation(
        status=run.status,
        next_state=after[-1] if after and not _within(definition, name, after[-1]) else None,
        output=run.output,
        error=run.error,
        cause=run.cause,
        run=run,
    )


def _machine_around(
    state: Mapping[str, Any],
    name: str,
    language: str | None,
    variables: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """A machine of that state, of ends in place of those that it leads to, and of the variables."""
    alone = Machine({"StartAt": name, "States": {name: state}})
    targets = {each.target for each in alone.top.transitions if each.source is not None}
    states = {name: state, **{target: {"Type": "Succeed"} for target in sorted(targets - {name})}}
    start = name
    if variables:
        start = f"Before {name}"[:80]
        states[start] = {"Type": "Pass", "Assign": dict(variables), "Next": name}
    definition: dict[str, Any] = {"StartAt": start, "States": states}
    return {"QueryLanguage": language, **definition} if language else definition


def _within(definition: Mapping[str, Any], name: str, other: str) -> bool:
    """Whether a state is one of a branch's or an iteration's, not one beside it."""
    return other not in definition["States"] or other == name
