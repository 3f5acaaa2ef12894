"""Well-formed definitions of the whole language: both query languages, all states, nested scopes.

A scope's states stand in a row: each leads to the next one, and Choice rules and catchers lead to
any later one.  So every state is reached, and every execution ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from tests.asl.strategies import expressions as text
from tests.asl.strategies.dice import Dice
from tests.asl.strategies.fields import Fields
from tests.asl.strategies.tasks import task_fields

_WORDS = ["Go", "Do it", "Good enough?", "Été", "a-b_c", "don't", "States", "🐍"]
_STEPS = ["Pass", "Task", "Wait", "Choice", "Parallel", "Map"]
_LAST = ["Succeed", "Pass", "Task", "Fail", "Wait", "Parallel", "Map"]
_DEPTH = 2
"""How deep scopes are nested."""


@st.composite
def machines(draw: Callable[[Any], Any], language: str | None = None) -> dict[str, Any]:
    """A definition that AWS would accept; `language` is its QueryLanguage, or (None) any."""
    dice = Dice(draw)
    chosen = language or dice.pick(["JSONPath", "JSONata"])
    definition: dict[str, Any] = {}
    if chosen == "JSONata" or dice.once_in(4):
        definition["QueryLanguage"] = chosen
    if dice.once_in(6):
        definition |= {"Comment": "generated", "Version": "1.0", "TimeoutSeconds": 10**6}
    return definition | _Machine(dice, chosen).scope(_Within())


@dataclass(frozen=True)
class _Within:
    """Where a scope lies: how deep, what variables it sees, in an Express workflow or not."""

    depth: int = 0
    variables: tuple[str, ...] = ()
    express: bool = False


class _Machine:
    """One definition while it is drawn; names of states and variables are numbered in it."""

    def __init__(self, dice: Dice, language: str) -> None:
        self.dice = dice
        self.language = language
        self.numbers = 0

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def scope(self, within: _Within) -> dict[str, Any]:
        """StartAt and States.  What the first state assigns, all later ones may read."""
        names = [
            f"{self.dice.pick(_WORDS)} {self.number()}"
            for _ in range(self.dice.number(1, 4 - within.depth))
        ]
        own = f"v{self.number()}"
        first = self.state(within, names[1:], own)
        if own in first.get("Assign", {}):
            first.pop("Catch", None)  # where a catcher leads, nothing was assigned
            within = replace(within, variables=(*within.variables, own))
        rest = {name: self.state(within, names[index:]) for index, name in enumerate(names[1:], 2)}
        return {"StartAt": names[0], "States": {names[0]: first} | rest}

    def state(self, within: _Within, later: Sequence[str], assigns: str = "") -> dict[str, Any]:
        """One state, which leads to the first of `later`; `assigns` is a variable it may set."""
        kinds = _STEPS if later else _LAST
        if within.depth == _DEPTH:
            kinds = [kind for kind in kinds if kind not in ("Parallel", "Map")]
        type = self.dice.pick(kinds)
        language = self.language
        fields: dict[str, Any] = {"Type": type}
        if language == "JSONPath" and self.dice.once_in(5):
            language = fields["QueryLanguage"] = "JSONata"
        shared = Fields(self.dice, language, within.variables, later, self.number)
        if self.dice.once_in(8):
            fields["Comment"] = "what it does"
        fields |= getattr(self, f"_{type.lower()}")(shared, within)
        if type not in ("Choice", "Succeed", "Fail"):
            fields |= {"Next": later[0]} if later else {"End": True}
            if assigns and self.dice.once_in(2):
                fields["Assign"] = {assigns: self.dice.scalar()}
            elif self.dice.once_in(5):
                fields["Assign"] = shared.assign()
        return fields

    def _pass(self, shared: Fields, within: _Within) -> dict[str, Any]:
        fields = shared.input_output()
        if shared.jsonpath:
            if self.dice.once_in(2):
                fields["Result"] = self.dice.json()
            if self.dice.once_in(2):
                fields["Parameters"] = text.template(self.dice, within.variables)
            fields |= shared.result_path()
        return fields

    def _task(self, shared: Fields, within: _Within) -> dict[str, Any]:
        request = task_fields(self.dice, shared.jsonpath, within.variables, within.express)
        return request | self._ends(shared)

    def _wait(self, shared: Fields, within: _Within) -> dict[str, Any]:
        return shared.wait() | shared.input_output()

    def _choice(self, shared: Fields, within: _Within) -> dict[str, Any]:
        return shared.choices() | shared.input_output(output=shared.jsonpath)

    def _succeed(self, shared: Fields, within: _Within) -> dict[str, Any]:
        return shared.input_output()

    def _fail(self, shared: Fields, within: _Within) -> dict[str, Any]:
        return shared.fail()

    def _parallel(self, shared: Fields, within: _Within) -> dict[str, Any]:
        inner = replace(within, depth=within.depth + 1)
        fields: dict[str, Any] = {
            "Branches": [self.scope(inner) for _ in range(self.dice.number(1, 2))]
        }
        if self.dice.once_in(4):
            fields |= shared.arguments()
        return fields | self._ends(shared)

    def _map(self, shared: Fields, within: _Within) -> dict[str, Any]:
        inner = replace(within, depth=within.depth + 1)
        type = None
        if within.depth == 0 and self.dice.once_in(3):
            type = self.dice.pick(["STANDARD", "EXPRESS"])
            # A child execution of a distributed Map sees none of its parent's variables.
            inner = replace(inner, variables=(), express=type == "EXPRESS")
        return shared.map(self.scope(inner), type) | self._ends(shared)

    def _ends(self, shared: Fields) -> dict[str, Any]:
        """What a state that has a result, and can fail, does with either."""
        return (
            shared.input_output(result=True)
            | shared.result(selector=True)
            | shared.retry_and_catch()
        )
