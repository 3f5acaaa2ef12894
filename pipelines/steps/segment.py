"""A segment: several states that stand where a diagram has one box."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from pipelines.sdk import Chain, ChoiceRule, State
from pipelines.steps.step import Step

End: TypeAlias = "State | Callable[[State], None]"


@dataclass(frozen=True)
class Segment:
    """States from `start` to `ends`, already linked among themselves.

    Attributes:
        ends: the states that what follows is to be linked to (a Choice goes there by default), or
            functions that link to it in another way (see `when`).
        steps: its Task states, with what they need.
    """

    start: State
    ends: tuple[End, ...]
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, step: Step) -> Segment:
        """A single step."""
        return cls(step.state, (step.state,), (step,))

    def then(self, following: State) -> None:
        """Link what follows."""
        for end in self.ends:
            if callable(end):
                end(following)
            else:
                Chain([end, following])


def when(choice: State, rule: ChoiceRule) -> Callable[[State], None]:
    """An end that leads on where the rule holds; by default the Choice leads elsewhere."""
    return lambda following: choice.add_choice(rule, next_step=following)


def joined(parts: Iterable[Segment | Step]) -> Segment:
    """One segment of several, or of single steps: each is followed by the next."""
    segments = [Segment.of(part) if isinstance(part, Step) else part for part in parts]
    for segment, following in pairwise(segments):
        segment.then(following.start)
    steps = tuple(step for segment in segments for step in segment.steps)
    return Segment(segments[0].start, segments[-1].ends, steps)
