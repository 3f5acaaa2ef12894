"""What services answer, as types."""

from __future__ import annotations

from pipelines.asl.checker.flow.values.types import UNKNOWN, Type


def answer_of(resource: str) -> Type:
    """What a Task's resource answers; UNKNOWN for a function, an activity, an unknown service."""
    return UNKNOWN
