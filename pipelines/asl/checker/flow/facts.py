"""What is known when a state is entered."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.asl.checker.flow.values.joining import join, widen
from pipelines.asl.checker.flow.values.types import ANY_OBJECT, EMPTY_OBJECT, NEVER, UNKNOWN, Type
from pipelines.asl.model import Place


class Facts(NamedTuple):
    """Attributes:
    input: The type of the state's input.
    variables: An object with the variables that have been assigned.
    """

    input: Type
    variables: Type = EMPTY_OBJECT

    @property
    def is_dead(self) -> bool:
        """Whether nothing can get here."""
        return self.input is NEVER or self.variables is NEVER

    def joined(self, other: Facts) -> Facts:
        """What is known where both arrive; the same facts if nothing becomes less."""
        if self.is_dead or other.is_dead:
            return other if self.is_dead else self
        input = join(self.input, other.input)
        variables = join(self.variables, other.variables)
        if input is self.input and variables is self.variables:
            return self
        return Facts(input, variables)

    def widened(self, new: Facts) -> Facts:
        """What is known when a loop brings `new`, so that it comes to an end."""
        return Facts(widen(self.input, new.input), widen(self.variables, new.variables))

    def with_input(self, input: Type) -> Facts:
        """The same variables with another input."""
        return Facts(input, self.variables)


ANYTHING = Facts(UNKNOWN, ANY_OBJECT)
"""Nothing is known."""


class Exit(NamedTuple):
    """A way out of a state.

    Attributes:
        target: The name of the next state; None: the scope ends.
        facts: What is known there; dead: the execution never goes this way.
        place: The field that names the target.
    """

    target: str | None
    facts: Facts
    place: Place
