"""The states of the JSONata language: what is known of their input becomes their output."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.flow.facts import ANYTHING, Exit
from pipelines.asl.checker.flow.visit import Visit
from pipelines.asl.model import Scope, transitions


def leave(visit: Visit) -> Iterator[Exit]:
    """Every way out of the visit's state, on which nothing is known."""
    scope: Scope = visit.state.scope
    for each in transitions(scope):
        if each.source is visit.state:
            yield Exit(each.target, ANYTHING, each.place)
    if visit.state.type == "Succeed" or visit.fields.get("End") is True:
        yield Exit(None, ANYTHING, visit.state.at("End"))
