"""The fields that states share, in either query language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.asl.strategies import expressions as text
from tests.asl.strategies.distributed import distributed_fields
from tests.asl.strategies.expressions import Draw, one_in, pick
from tests.asl.strategies.values import json_values

_ERRORS = [["States.TaskFailed"], ["Custom"], ["States.Timeout", "Other.Error"], ["States.Runtime"]]
_OPERANDS: dict[str, Any] = {
    "String": ["", "a", "text"],
    "Numeric": [0, 1, -2.5, 10**6],
    "Boolean": [True, False],
    "Timestamp": ["2026-03-01T00:00:00Z", "2016-01-01T12:00:00.5+02:00"],
}
_ORDERS = ["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"]
_TESTS = ["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"]


class Fields:
    """Draws the fields of one state.

    Args:
        variables: The variables that it may read.
        later: The states that it may lead to.
        number: Gives a number that is new in the machine.
    """

    def __init__(
        self,
        draw: Draw,
        language: str,
        variables: Sequence[str],
        later: Sequence[str],
        number: Callable[[], int],
    ) -> None:
        self.draw = draw
        self.jsonpath = language == "JSONPath"
        self.variables = variables
        self.later = later
        self.number = number

    def _path_or_none(self) -> str | None:
        return None if one_in(self.draw, 6) else text.path(self.draw, self.variables)

    def input_output(self, result: bool = False, output: bool = True) -> dict[str, Any]:
        """InputPath and OutputPath, or Output; `result`: the state has a `$states.result`."""
        fields: dict[str, Any] = {}
        if self.jsonpath:
            if one_in(self.draw, 5):
                fields["InputPath"] = self._path_or_none()
            if output and one_in(self.draw, 6):
                fields["OutputPath"] = self._path_or_none()
        elif output and one_in(self.draw, 2):
            own = ("$states.result", "$states.result.a") if result else ()
            fields["Output"] = text.jsonata_value(self.draw, self.variables, own)
        return fields

    def arguments(self) -> dict[str, Any]:
        """Parameters, or Arguments."""
        if self.jsonpath:
            return {"Parameters": text.template(self.draw, self.variables)}
        return {"Arguments": text.jsonata_value(self.draw, self.variables)}

    def result_path(self) -> dict[str, Any]:
        return {"ResultPath": pick(self.draw, text.RESULT_PATHS)} if one_in(self.draw, 3) else {}

    def result(self, selector: bool) -> dict[str, Any]:
        """ResultSelector and ResultPath."""
        if not self.jsonpath:
            return {}
        fields = self.result_path()
        if selector and one_in(self.draw, 4):
            fields["ResultSelector"] = text.template(self.draw, self.variables)
        return fields

    def assign(self) -> dict[str, Any]:
        """A new variable, which nothing reads."""
        name = f"v{self.number()}"
        if not self.jsonpath:
            return {name: text.jsonata_value(self.draw, self.variables)}
        if one_in(self.draw, 2):
            return {f"{name}.$": text.path(self.draw, self.variables)}
        return {name: self.draw(json_values())}

    def wait(self) -> dict[str, Any]:
        """One of the four forms; the longest is a week."""
        if self.draw(st.booleans()):
            seconds: Any = pick(self.draw, [0, 1, 60, 604_800])
            if self.draw(st.booleans()):
                if self.jsonpath:
                    return {"SecondsPath": pick(self.draw, text.SECONDS_PATH)}
                seconds = text.braces(pick(self.draw, text.NUMBER_EXPRESSIONS))
            return {"Seconds": seconds}
        if self.draw(st.booleans()):
            return {"Timestamp": "2026-03-14T01:59:00Z"}
        if self.jsonpath:
            return {"TimestampPath": pick(self.draw, text.TIME_PATH)}
        return {"Timestamp": "{% $states.input.nested.time %}"}

    def fail(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name in ("Error", "Cause"):
            choice = self.draw(st.integers(0, 3))
            if choice == 1:
                fields[name] = f"{name} text"
            elif choice == 2 and self.jsonpath:
                fields[f"{name}Path"] = text.path(self.draw, self.variables)
            elif choice == 3 and self.jsonpath:
                fields[f"{name}Path"] = "States.Format('{}', $.n)"
            elif choice >= 2:
                fields[name] = text.jsonata(self.draw, self.variables)
        return fields

    def choices(self) -> dict[str, Any]:
        rules = []
        for _ in range(self.draw(st.integers(1, 2))):
            rule = self._rule() if self.jsonpath else self._condition()
            if one_in(self.draw, 5):
                rule["Assign"] = self.assign()
            rules.append(rule | {"Next": pick(self.draw, self.later)})
        fields: dict[str, Any] = {"Choices": rules}
        if one_in(self.draw, 5):
            rules[-1]["Next"] = self.later[0]  # all later states are reached through it
        else:
            fields["Default"] = self.later[0]
        return fields

    def _condition(self) -> dict[str, Any]:
        return {"Condition": text.braces(pick(self.draw, text.CONDITIONS))}

    def _rule(self, depth: int = 2) -> dict[str, Any]:
        kind = self.draw(st.integers(0, 5)) if depth else 0
        if kind == 4:
            parts = [self._rule(depth - 1) for _ in range(self.draw(st.integers(1, 2)))]
            return {pick(self.draw, ["And", "Or"]): parts}
        if kind == 5:
            return {"Not": self._rule(depth - 1)}
        return {"Variable": text.path(self.draw, self.variables)} | self._comparison()

    def _comparison(self) -> dict[str, Any]:
        test = self.draw(st.integers(0, 3))
        if test == 0:
            return {pick(self.draw, _TESTS): self.draw(st.booleans())}
        if test == 1:
            return {"StringMatches": pick(self.draw, ["*", "a*b", "\\*", ""])}
        kind = pick(self.draw, sorted(_OPERANDS))
        order = "Equals" if kind == "Boolean" else pick(self.draw, _ORDERS)
        if test == 2:
            return {f"{kind}{order}": pick(self.draw, _OPERANDS[kind])}
        return {f"{kind}{order}Path": text.path(self.draw, self.variables)}

    def retry_and_catch(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if one_in(self.draw, 3):
            fields["Retry"] = [self._retrier(errors) for errors in self._errors()]
        if self.later and one_in(self.draw, 3):
            fields["Catch"] = [self._catcher(errors) for errors in self._errors()]
        return fields

    def _errors(self) -> list[list[str]]:
        errors = [pick(self.draw, _ERRORS)] if self.draw(st.booleans()) else []
        return [*errors, ["States.ALL"]] if not errors or self.draw(st.booleans()) else errors

    def _retrier(self, errors: list[str]) -> dict[str, Any]:
        retrier: dict[str, Any] = {"ErrorEquals": errors}
        if one_in(self.draw, 2):
            retrier |= {"IntervalSeconds": 2, "MaxAttempts": self.draw(st.integers(0, 3))}
        if one_in(self.draw, 3):
            retrier |= {"BackoffRate": pick(self.draw, [1, 1.5, 2.0, 10])}
        if one_in(self.draw, 3):
            retrier |= {"MaxDelaySeconds": 5, "JitterStrategy": "FULL"}
        return retrier

    def _catcher(self, errors: list[str]) -> dict[str, Any]:
        catcher: dict[str, Any] = {"ErrorEquals": errors}
        if self.jsonpath and one_in(self.draw, 2):
            catcher["ResultPath"] = pick(self.draw, text.RESULT_PATHS)
        if not self.jsonpath and one_in(self.draw, 2):
            own = ("$states.errorOutput", "$states.errorOutput.Cause")
            catcher["Output"] = text.jsonata_value(self.draw, self.variables, own)
        if one_in(self.draw, 4):
            catcher["Assign"] = self.assign()
        return catcher | {"Next": pick(self.draw, self.later)}

    def map(self, scope: dict[str, Any], distributed: bool) -> dict[str, Any]:
        """A Map's own fields, around the states that it runs for each item."""
        fields: dict[str, Any] = {}
        if distributed:
            type = pick(self.draw, ["STANDARD", "EXPRESS"])
            config = {"Mode": "DISTRIBUTED", "ExecutionType": type}
            fields |= {"ItemProcessor": {"ProcessorConfig": config} | scope}
            fields |= distributed_fields(self.draw, self.jsonpath)
        elif self.jsonpath and one_in(self.draw, 4):
            fields["Iterator"] = scope
        else:
            config = {"ProcessorConfig": {"Mode": "INLINE"}} if one_in(self.draw, 2) else {}
            fields["ItemProcessor"] = config | scope
        if "ItemReader" not in fields:
            fields |= self._items()
        if one_in(self.draw, 3):
            fields["MaxConcurrency"] = self.draw(st.integers(0, 3))
        elif self.jsonpath and one_in(self.draw, 6):
            fields["MaxConcurrencyPath"] = "$.n"
        if one_in(self.draw, 4):
            fields["Parameters" if "Iterator" in fields else "ItemSelector"] = self._selector()
        return fields

    def _items(self) -> dict[str, Any]:
        if self.jsonpath:
            return (
                {"ItemsPath": pick(self.draw, text.REFERENCE_PATHS)}
                if one_in(self.draw, 4)
                else {"ItemsPath": pick(self.draw, ["$.list", "$.numbers"])}
            )
        if one_in(self.draw, 4):
            return {"Items": self.draw(st.lists(json_values(3), max_size=3))}
        return {"Items": text.braces(pick(self.draw, text.LIST_EXPRESSIONS))}

    def _selector(self) -> dict[str, Any]:
        if self.jsonpath:
            own = {"item.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"}
            return text.template(self.draw, self.variables, 1) | own
        item = "{% $states.context.Map.Item.Value %}"
        return {"item": item, "all": text.jsonata(self.draw, self.variables)}
