"""The ways out of a state, in its query language."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.flow import jsonata_states, jsonpath_states
from pipelines.asl.checker.flow.facts import Exit
from pipelines.asl.checker.flow.visit import Visit


def leave(visit: Visit) -> Iterator[Exit]:
    """Every way out of the visit's state, with what is known there."""
    if visit.state.language == "JSONata":
        return jsonata_states.leave(visit)
    return jsonpath_states.leave(visit)
