"""What expressions can name: the variables of states and their own, and paths behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipelines.asl.checker.flow.jsonata.sequences import UNDEFINED
from pipelines.asl.checker.flow.values.types import Field, Type
from pipelines.asl.jsonata import nodes


@dataclass(frozen=True)
class Names:
    """What an expression can name.

    Attributes:
        states: `$states`.
        variables: An object of the variables that states have assigned.
        own: What the expression has bound itself.
        context: What fields are read of; nothing at the top.
    """

    states: Type
    variables: Type
    own: Mapping[str, Field] = field(default_factory=dict)
    context: Field = UNDEFINED

    @property
    def is_dead(self) -> bool:
        """Whether nothing can get here."""
        return self.states.is_never or self.variables.is_never

    def bound(self, name: str, value: Field) -> Names:
        """With one more variable of the expression's own."""
        return replace(self, own={**self.own, name: value})

    def in_context(self, value: Field) -> Names:
        """Where fields are read of another value."""
        return replace(self, context=value)

    def get(self, name: str) -> Field:
        """A variable."""
        if name in self.own:
            return self.own[name]
        if name == "states":
            return Field(self.states)
        object = self.variables.as_object
        return (object.get(name) if object else None) or UNDEFINED


def static_steps(
    steps: Sequence[nodes.Step],
) -> tuple[tuple[str | int, ...], Sequence[nodes.Step]]:
    """The fields and indexes behind a path's variable that are written out, and what follows."""
    static: list[str | int] = []
    for number, step in enumerate(steps):
        if number:
            if not isinstance(step.node, nodes.Field):
                return tuple(static), steps[number:]
            static.append(step.node.name)
        if step.focus or step.index:
            return tuple(static), (_rest(step, 0), *steps[number + 1 :])
        for place, each in enumerate(step.filters):
            index = index_of(each)
            if index is None:
                return tuple(static), (_rest(step, place), *steps[number + 1 :])
            static.append(index)
    return tuple(static), ()


def _rest(step: nodes.Step, place: int) -> nodes.Step:
    """What is left of a step: `$` with the filters from a place on."""
    here = nodes.Variable(step.position, "")
    return nodes.Step(step.position, here, step.filters[place:], step.focus, step.index)


def index_of(filter: nodes.Filter | nodes.Numbering) -> int | None:
    """The index, if a filter is a number that is written out."""
    test = filter.test if isinstance(filter, nodes.Filter) else None
    value = test.value if isinstance(test, nodes.Literal) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
