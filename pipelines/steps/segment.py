"""A segment: several states that stand where a diagram has one box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.sdk import Chain, Choice, State
from pipelines.steps.step import Step


@dataclass(frozen=True)
class Segment:
    """States from `start` to `ends`, already linked among themselves.

    Attributes:
        ends: the states that what follows is to be linked to; a Choice goes there by default.
        steps: its Task states, with what they need.
    """

    start: State
    ends: tuple[State, ...]
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, step: Step) -> Segment:
        """A single step."""
        return cls(step.state, (step.state,), (step,))


def in_a_row(segments: Iterable[Segment | Step], then: State) -> State:
    """Link the segments one after the other, and the last to `then`; returns the first state."""
    following = then
    for part in reversed([Segment.of(s) if isinstance(s, Step) else s for s in segments]):
        for end in part.ends:
            if isinstance(end, Choice):
                end.default_choice(following)
            else:
                Chain([end, following])
        following = part.start
    return following
