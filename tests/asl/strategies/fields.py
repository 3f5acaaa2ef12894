"""The fields that states share, in either query language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.asl.strategies import expressions as text
from tests.asl.strategies.dice import Dice
from tests.asl.strategies.distributed import distributed_fields

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
        dice: Dice,
        language: str,
        variables: Sequence[str],
        later: Sequence[str],
        number: Callable[[], int],
    ) -> None:
        self.dice = dice
        self.jsonpath = language == "JSONPath"
        self.variables = variables
        self.later = later
        self.number = number

    def input_output(self, result: bool = False, output: bool = True) -> dict[str, Any]:
        """InputPath and OutputPath, or Output; `result`: the state has a `$states.result`.

        Where later states need the output, it keeps the input; of a last state it is anything.
        """
        fields: dict[str, Any] = {}
        last = not self.later
        if self.jsonpath:
            if self.dice.once_in(8):
                fields["InputPath"] = self.dice.pick(["$", "$$.Execution.Input", None])
            if output and last and self.dice.once_in(3):
                fields["OutputPath"] = text.path(self.dice, self.variables)
            elif output and self.dice.once_in(8):
                fields["OutputPath"] = "$"
        elif output and last:
            own = ("$states.result", "$states.result.a") if result else ()
            fields["Output"] = text.jsonata_value(self.dice, self.variables, own)
        elif output:
            own = ("$merge([$states.input, {'out': $states.result}])",) if result else ()
            fields["Output"] = text.braces(self.dice.pick(["$states.input", *own]))
        return fields

    def arguments(self) -> dict[str, Any]:
        """Parameters that hand on what is there, or Arguments."""
        if self.jsonpath:
            return {"Parameters": dict(text.HANDED_ON)}
        return {"Arguments": "{% $states.input %}"}

    def result_path(self) -> dict[str, Any]:
        """Mostly one that keeps the input."""
        return {"ResultPath": self.dice.pick(text.RESULT_PATHS)}

    def result(self, selector: bool) -> dict[str, Any]:
        """ResultSelector and ResultPath."""
        if not self.jsonpath:
            return {}
        fields = self.result_path()
        if selector and self.dice.once_in(4):
            fields["ResultSelector"] = text.template(self.dice, self.variables)
        return fields

    def assign(self) -> dict[str, Any]:
        """A new variable, which nothing reads."""
        name = f"v{self.number()}"
        if not self.jsonpath:
            return {name: text.jsonata_value(self.dice, self.variables)}
        if self.dice.once_in(2):
            return {f"{name}.$": text.path(self.dice, self.variables)}
        return {name: self.dice.json()}

    def wait(self) -> dict[str, Any]:
        """One of the four forms; the longest is a week."""
        if self.dice.once_in(2):
            seconds: Any = self.dice.pick([0, 1, 60, 604_800])
            if self.dice.once_in(2):
                if self.jsonpath:
                    return {"SecondsPath": self.dice.pick(text.SECONDS_PATH)}
                seconds = text.braces(self.dice.pick(text.NUMBER_EXPRESSIONS))
            return {"Seconds": seconds}
        if self.dice.once_in(2):
            return {"Timestamp": "2026-03-14T01:59:00Z"}
        if self.jsonpath:
            return {"TimestampPath": self.dice.pick(text.TIME_PATH)}
        return {"Timestamp": "{% $states.input.nested.time %}"}

    def fail(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name in ("Error", "Cause"):
            choice = self.dice.number(0, 2)
            if choice == 1:
                fields[name] = f"{name} text"
            elif choice == 2 and self.jsonpath:
                fields[f"{name}Path"] = text.text_path(self.dice)
            elif choice == 2:
                fields[name] = text.braces(self.dice.pick(["$string($states.input)", "'a' & 1"]))
        return fields

    def choices(self) -> dict[str, Any]:
        rules = []
        for _ in range(self.dice.number(1, 2)):
            rule = self._rule() if self.jsonpath else self._condition()
            if self.dice.once_in(5):
                rule["Assign"] = self.assign()
            rules.append(rule | {"Next": self.dice.pick(self.later)})
        fields: dict[str, Any] = {"Choices": rules}
        if self.dice.once_in(5):
            rules[-1]["Next"] = self.later[0]  # all later states are reached through it
        else:
            fields["Default"] = self.later[0]
        return fields

    def _condition(self) -> dict[str, Any]:
        return {"Condition": text.braces(self.dice.pick(text.CONDITIONS))}

    def _rule(self, depth: int = 2) -> dict[str, Any]:
        kind = self.dice.number(0, 5) if depth else 0
        if kind == 4:
            parts = [self._rule(depth - 1) for _ in range(self.dice.number(1, 2))]
            return {self.dice.pick(["And", "Or"]): parts}
        if kind == 5:
            return {"Not": self._rule(depth - 1)}
        variable = text.reference_path(self.dice, self.variables)
        return {"Variable": variable} | self._comparison()

    def _comparison(self) -> dict[str, Any]:
        test = self.dice.number(0, 3)
        if test == 0:
            return {self.dice.pick(_TESTS): self.dice.once_in(2)}
        if test == 1:
            return {"StringMatches": self.dice.pick(["*", "a*b", "\\*", ""])}
        kind = self.dice.pick(sorted(_OPERANDS))
        order = "Equals" if kind == "Boolean" else self.dice.pick(_ORDERS)
        if test == 2:
            return {f"{kind}{order}": self.dice.pick(_OPERANDS[kind])}
        return {f"{kind}{order}Path": text.reference_path(self.dice, self.variables)}

    def retry_and_catch(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.dice.once_in(3):
            fields["Retry"] = [self._retrier(errors) for errors in self._errors()]
        if self.later and self.dice.once_in(3):
            fields["Catch"] = [self._catcher(errors) for errors in self._errors()]
        return fields

    def _errors(self) -> list[list[str]]:
        errors = [self.dice.pick(_ERRORS)] if self.dice.once_in(2) else []
        return [*errors, ["States.ALL"]] if not errors or self.dice.once_in(2) else errors

    def _retrier(self, errors: list[str]) -> dict[str, Any]:
        retrier: dict[str, Any] = {"ErrorEquals": errors}
        if self.dice.once_in(2):
            retrier |= {"IntervalSeconds": 2, "MaxAttempts": self.dice.number(0, 3)}
        if self.dice.once_in(3):
            retrier |= {"BackoffRate": self.dice.pick([1, 1.5, 2.0, 10])}
        if self.dice.once_in(3):
            retrier |= {"MaxDelaySeconds": 5, "JitterStrategy": "FULL"}
        return retrier

    def _catcher(self, errors: list[str]) -> dict[str, Any]:
        catcher: dict[str, Any] = {"ErrorEquals": errors}
        if self.jsonpath:
            catcher["ResultPath"] = self.dice.pick(text.RESULT_PATHS)
        else:
            error = "$merge([$states.input, {'error': $states.errorOutput}])"
            catcher["Output"] = text.braces(self.dice.pick([error, "$states.input"]))
        if self.dice.once_in(4):
            catcher["Assign"] = self.assign()
        return catcher | {"Next": self.dice.pick(self.later)}

    def map(self, scope: dict[str, Any], type: str | None) -> dict[str, Any]:
        """A Map's own fields; `type` is that of its child executions, if it is distributed."""
        fields: dict[str, Any] = {}
        if type is not None:
            config = {"Mode": "DISTRIBUTED", "ExecutionType": type}
            fields |= {"ItemProcessor": {"ProcessorConfig": config} | scope}
            fields |= distributed_fields(self.dice, self.jsonpath, scope["StartAt"].split()[-1])
        elif self.jsonpath and self.dice.once_in(4):
            fields["Iterator"] = scope
        else:
            inline = {"ProcessorConfig": {"Mode": "INLINE"}} if self.dice.once_in(2) else {}
            fields["ItemProcessor"] = inline | scope
        if "ItemReader" not in fields:
            fields |= self._items()
        if self.dice.once_in(3):
            fields["MaxConcurrency"] = self.dice.number(0, 3)
        elif self.jsonpath and self.dice.once_in(6):
            fields["MaxConcurrencyPath"] = "$.n"
        if self.dice.once_in(2):
            fields["Parameters" if "Iterator" in fields else "ItemSelector"] = self._selector()
        return fields

    def _items(self) -> dict[str, Any]:
        if self.jsonpath:
            return {"ItemsPath": self.dice.pick(["$.list", "$.numbers", "$.list"])}
        return {"Items": text.braces(self.dice.pick(text.LIST_EXPRESSIONS))}

    def _selector(self) -> dict[str, Any]:
        """What the iterations get: the item beside what the Map itself got."""
        if self.jsonpath:
            own = {"item.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"}
            return text.HANDED_ON | own
        handed_on = {name: f"{{% $states.input.{name} %}}" for name in ("n", "text", "list")}
        return handed_on | {"item": "{% $states.context.Map.Item.Value %}"}
