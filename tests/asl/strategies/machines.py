"""Well-formed definitions of the whole language: both query languages, all states, nested scopes.

A scope's states stand in a row: each leads to the next one, and Choice rules and catchers lead to
any later one.  So every state is reached, and every execution ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.asl.strategies import expressions as text
from tests.asl.strategies.expressions import Draw, one_in, pick
from tests.asl.strategies.fields import Fields
from tests.asl.strategies.tasks import task_fields
from tests.asl.strategies.values import SCALARS, json_values

_WORDS = ["Go", "Do it", "Good enough?", "Été", "a-b_c", "don't", "States", "🐍"]
_STEPS = ["Pass", "Task", "Wait", "Choice", "Parallel", "Map"]
_LAST = ["Succeed", "Pass", "Task", "Fail", "Wait", "Parallel", "Map"]
_DEPTH = 2
"""How deep scopes are nested."""


@st.composite
def machines(draw: Draw, language: str | None = None) -> dict[str, Any]:
    """A definition that AWS would accept; `language` is its QueryLanguage, or (None) any."""
    chosen = language or pick(draw, ["JSONPath", "JSONata"])
    definition: dict[str, Any] = {}
    if chosen == "JSONata" or one_in(draw, 4):
        definition["QueryLanguage"] = chosen
    if one_in(draw, 6):
        definition |= {"Comment": "generated", "Version": "1.0", "TimeoutSeconds": 10**6}
    return definition | _Machine(draw, chosen).scope(0, ())


class _Machine:
    """One definition while it is drawn; names of states and variables are numbered in it."""

    def __init__(self, draw: Draw, language: str) -> None:
        self.draw = draw
        self.language = language
        self.numbers = 0

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def scope(self, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        """StartAt and States.  What the first state assigns, all later ones may read."""
        names = [
            f"{pick(self.draw, _WORDS)} {self.number()}"
            for _ in range(self.draw(st.integers(1, 4 - depth)))
        ]
        own = f"v{self.number()}"
        states = {names[0]: self.state(depth, names[1:], variables, own)}
        if own in states[names[0]].get("Assign", {}):
            states[names[0]].pop("Catch", None)  # where a catcher leads, nothing was assigned
            variables = (*variables, own)
        for index, name in enumerate(names[1:], 2):
            states[name] = self.state(depth, names[index:], variables)
        return {"StartAt": names[0], "States": states}

    def state(
        self, depth: int, later: Sequence[str], variables: Sequence[str], assigns: str = ""
    ) -> dict[str, Any]:
        kinds = _STEPS if later else _LAST
        if depth == _DEPTH:
            kinds = [kind for kind in kinds if kind not in ("Parallel", "Map")]
        type = pick(self.draw, kinds)
        language = self.language
        fields: dict[str, Any] = {"Type": type}
        if language == "JSONPath" and one_in(self.draw, 5):
            language = fields["QueryLanguage"] = "JSONata"
        common = Fields(self.draw, language, variables, later, self.number)
        if one_in(self.draw, 8):
            fields["Comment"] = "what it does"
        fields |= getattr(self, f"_{type.lower()}")(common, depth, variables)
        if type not in ("Choice", "Succeed", "Fail"):
            fields |= {"Next": later[0]} if later else {"End": True}
            if assigns and one_in(self.draw, 2):
                fields["Assign"] = {assigns: self.draw(SCALARS)}
            elif "Assign" not in fields and one_in(self.draw, 5):
                fields["Assign"] = common.assign()
        return fields

    def _pass(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        fields = common.input_output()
        if common.jsonpath:
            if one_in(self.draw, 2):
                fields["Result"] = self.draw(json_values())
            if one_in(self.draw, 2):
                fields["Parameters"] = text.template(self.draw, variables)
            fields |= common.result_path()
        return fields

    def _task(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        return (
            task_fields(self.draw, common.jsonpath, variables)
            | common.input_output(result=True)
            | common.result(selector=True)
            | common.retry_and_catch()
        )

    def _wait(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        return common.wait() | common.input_output()

    def _choice(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        return common.choices() | common.input_output(output=common.jsonpath)

    def _succeed(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        return common.input_output()

    def _fail(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        return common.fail()

    def _parallel(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        branches = [self.scope(depth + 1, variables) for _ in range(self.draw(st.integers(1, 2)))]
        fields = {"Branches": branches} | common.input_output(result=True) | common.result(True)
        if one_in(self.draw, 4):
            fields |= common.arguments()
        return fields | common.retry_and_catch()

    def _map(self, common: Fields, depth: int, variables: Sequence[str]) -> dict[str, Any]:
        distributed = depth == 0 and one_in(self.draw, 3)
        # A child execution of a distributed Map sees none of its parent's variables.
        inner = self.scope(depth + 1, () if distributed else variables)
        fields = common.map(inner, distributed) | common.input_output(result=True)
        return fields | common.result(selector=True) | common.retry_and_catch()
