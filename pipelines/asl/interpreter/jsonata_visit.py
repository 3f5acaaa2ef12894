"""A visit of a state whose fields are in JSONata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.asl import jsonata
from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.choice import no_choice
from pipelines.asl.interpreter.numbers import out_of_bounds
from pipelines.asl.interpreter.run import Frame
from pipelines.asl.interpreter.times import require_moment, require_soon
from pipelines.asl.interpreter.visit import Transition, Visit


class JSONataVisit(Visit):
    """Arguments, Output, Assign, Items, Condition, and expressions in most other fields."""

    def _filled(self, value: Any, field: str, *, frame: Frame | None = None, **states: Any) -> Any:
        """A value with the results of its expressions in their places.

        Args:
            field: Where it stands, as AWS names it.
            frame: The frame whose context object the expressions see.
            states: What `$states` has beside `input` and `context`.
        """
        if value is None or isinstance(value, int | float):
            return value
        frame = frame or self.frame
        known = {"input": self.input, "context": frame.context, **states}
        return jsonata.evaluate_template(
            value,
            {**frame.variables, "states": known},
            frame.run.chance,
            frame.run.clock.now(),
            field=field,
        )

    def _typed(self, value: Any, field: str, expected: str) -> Any:
        """The value of a field that is of one type, which may be the result of an expression."""
        found = self._filled(value, field)
        if jsonata.type_name(found) != expected:
            raise jsonata.unexpected(jsonata.expression_text(value), field, expected, found)
        return found

    def _transition(
        self,
        fields: Mapping[str, Any],
        next: str | None,
        default: Any,
        within: str = "",
        **states: Any,
    ) -> Transition:
        """Assign and Output of the state, of a catcher or of a choice rule.

        Neither sees what the other makes.
        """
        assigned = self._filled(fields.get("Assign", {}), f"{within}Assign", **states)
        output = default
        if "Output" in fields:
            output = self._filled(fields["Output"], f"{within}Output", **states)
        return Transition(next, output, assigned)

    def arguments(self) -> Any:
        if "Arguments" not in self.fields:
            return self.input
        return self._filled(self.fields["Arguments"], "Arguments")

    def leave(self, result: Any) -> Transition:
        return self._transition(self.fields, self.next, result, result=result)

    def pass_on(self) -> Transition:
        return self._transition(self.fields, self.next, self.input)

    def choose(self) -> Transition:
        for number, rule in enumerate(self.fields["Choices"]):
            within = f"Choices[{number}]/"
            if self._typed(rule["Condition"], f"{within}Condition", "boolean"):
                chosen = self._transition(rule, rule["Next"], self.input, within)
                return replace(chosen, by=("Choices", number))
        if "Default" not in self.fields:
            raise no_choice()
        otherwise = self._transition(self.fields, self.fields["Default"], self.input)
        return replace(otherwise, by=("Default",))

    def caught(self, number: int, error: StateError) -> Transition:
        catcher = self.fields["Catch"][number]
        told = {"Error": error.error, "Cause": error.cause}
        within = f"Catch[{number}]/"
        caught = self._transition(catcher, catcher["Next"], told, within, errorOutput=told)
        return replace(caught, by=("Catch", number))

    def seconds(self, name: str) -> int | None:
        if name not in self.fields:
            return None
        return int(self._number(name))

    def wait_end(self) -> float:
        if "Seconds" in self.fields:
            return self.frame.entered_at + self._number("Seconds")
        field = self.fields["Timestamp"]
        text = self._typed(field, "Timestamp", "string")
        subject, shown = "Timestamp parameter is not", text
        if jsonata.is_expression(field):
            subject = "Timestamp parameter does not reference"
            shown = f"{jsonata.expression_text(field)} == {text}"
        moment = require_moment(text, subject, shown)
        return require_soon(moment, self.frame.entered_at)

    def told(self, name: str) -> str | None:
        if name not in self.fields:
            return None
        return str(self._typed(self.fields[name], name, "string"))

    def credentials(self) -> Any:
        return self._filled(self.fields.get("Credentials"), "Credentials")

    def items(self, *, objects: bool = False) -> Any:
        kinds = list | dict if objects else list
        if "Items" not in self.fields:
            if not isinstance(self.input, kinds):
                was = jsonata.type_name(self.input)
                raise jsonata.JsonataError(f"Map state input must be an array but was: {was}")
            return self.input
        found = self._filled(self.fields["Items"], "Items")
        if not isinstance(found, kinds):
            expression = jsonata.expression_text(self.fields["Items"])
            raise jsonata.unexpected(expression, "Items", "array", found)
        return found

    def settings(self, name: str) -> Mapping[str, Any]:
        settings: Mapping[str, Any] = self._filled(self.fields.get(name, {}), name)
        return settings

    def item_input(self, frame: Frame, item: Any) -> Any:
        if "ItemSelector" not in self.fields:
            return item
        return self._filled(self.fields["ItemSelector"], "ItemSelector", frame=frame)

    def number(self, name: str) -> float:
        if name not in self.fields:
            return 0
        return self._number(name)

    def _number(self, name: str) -> float:
        """A number that the field may have."""
        number: float = self._typed(self.fields[name], name, "number")
        if problem := out_of_bounds(name, number):
            raise jsonata.JsonataError(problem, name)
        return number
