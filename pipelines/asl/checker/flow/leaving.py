"""Looking at a state, in its query language."""

from __future__ import annotations

from pipelines.asl.checker.flow.facts import Exit, Facts
from pipelines.asl.checker.flow.jsonpath import states as jsonpath_states
from pipelines.asl.checker.flow.jsonpath.visit import PathVisit
from pipelines.asl.checker.flow.problems import Problem
from pipelines.asl.checker.flow.visit import Surroundings
from pipelines.asl.model import State


def visit(state: State, facts: Facts, around: Surroundings) -> tuple[list[Exit], list[Problem]]:
    """Every way out of a state with what is known there, and what is wrong within it."""
    if state.language == "JSONata":
        return _visit_jsonata(state, facts, around)
    paths = PathVisit(state, facts, around)
    return list(jsonpath_states.leave(paths)), paths.problems


def _visit_jsonata(
    state: State, facts: Facts, around: Surroundings
) -> tuple[list[Exit], list[Problem]]:
    # What looks into expressions is imported where there are some.
    from pipelines.asl.checker.flow.jsonata.states import leave
    from pipelines.asl.checker.flow.jsonata.visit import ExpressionVisit

    expressions = ExpressionVisit(state, facts, around)
    return list(leave(expressions)), expressions.problems
