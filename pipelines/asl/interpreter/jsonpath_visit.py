"""A visit of a state whose fields are in JSONPath."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.asl.errors import RUNTIME, DataError, StateError
from pipelines.asl.interpreter import data_flow
from pipelines.asl.interpreter.choice import choose
from pipelines.asl.interpreter.numbers import number_at
from pipelines.asl.interpreter.run import Frame
from pipelines.asl.interpreter.times import require_moment, require_soon, whole_seconds
from pipelines.asl.interpreter.visit import Transition, Visit
from pipelines.asl.json_text import dumps
from pipelines.asl.model import Place
from pipelines.asl.paths import PathNotFound, Scope, parse_path


class JSONPathVisit(Visit):
    """InputPath, Parameters, ResultSelector, Assign, ResultPath, OutputPath, and `…Path` fields."""

    def _scope(self, data: Any, frame: Frame | None = None) -> Scope:
        frame = frame or self.frame
        return Scope(data, frame.context, frame.variables, frame.run.text)

    def _input(self) -> Any:
        """The input as InputPath filters it."""
        return data_flow.apply_path(self.fields, "InputPath", self._scope(self.input))

    def _output(self, data: Any) -> Any:
        return data_flow.apply_path(self.fields, "OutputPath", self._scope(data))

    def _fill(self, template: Any, data: Any, frame: Frame | None = None) -> Any:
        return data_flow.fill_template(template, self._scope(data, frame), self.frame.run.chance)

    def _assigned(self, fields: Mapping[str, Any], data: Any) -> Mapping[str, Any]:
        assigned: Mapping[str, Any] = self._fill(fields.get("Assign", {}), data)
        return assigned

    def arguments(self) -> Any:
        effective = self._input()
        if "Parameters" not in self.fields:
            return effective
        return self._fill(self.fields["Parameters"], effective)

    def leave(self, result: Any) -> Transition:
        assigned = self._assigned(self.fields, result)
        if "ResultSelector" in self.fields:
            result = self._fill(self.fields["ResultSelector"], result)
        output = data_flow.apply_result_path(self.fields, self._scope(self.input), result)
        return Transition(self.next, self._output(output), assigned)

    def pass_on(self) -> Transition:
        effective = self._input()
        assigned = self._assigned(self.fields, effective)
        return Transition(self.next, self._output(effective), assigned)

    def choose(self) -> Transition:
        effective = self._input()
        number = choose(self.fields, self._scope(effective))
        by: Place = ("Default",)
        if number is None:
            chosen, next = self.fields, self.fields["Default"]
        else:
            chosen = self.fields["Choices"][number]
            next, by = chosen["Next"], ("Choices", number)
        assigned = self._assigned(chosen, effective)
        return Transition(next, self._output(effective), assigned, by)

    def caught(self, number: int, error: StateError) -> Transition:
        """As `Visit.caught`: ResultPath applies to the state's own input, OutputPath not at all."""
        catcher = self.fields["Catch"][number]
        told = {"Error": error.error, "Cause": error.cause}
        output = data_flow.apply_result_path(catcher, self._scope(self.input), told)
        assigned = self._assigned(catcher, told)
        return Transition(catcher["Next"], output, assigned, ("Catch", number))

    def seconds(self, name: str) -> int | None:
        path = self.fields.get(f"{name}Path")
        if path is None:
            return self.fields.get(name)
        try:
            value = parse_path(path).read(self._scope(self._input()))
        except PathNotFound as error:
            raise data_flow.invalid_path(error) from None
        return whole_seconds(value, f"{name}Path", path)

    def wait_end(self) -> float:
        if "Seconds" in self.fields:
            return self.frame.entered_at + float(self.fields["Seconds"])
        if "Timestamp" in self.fields:
            text = self.fields["Timestamp"]
            moment = require_moment(text, "Timestamp parameter is not", text)
        else:
            name = "SecondsPath" if "SecondsPath" in self.fields else "TimestampPath"
            path = self.fields[name]
            try:
                value = parse_path(path).read(self._scope(self._input()))
            except PathNotFound:
                cause = f"The {name} parameter does not reference an input value: {path}"
                raise DataError(RUNTIME, cause) from None
            if name == "SecondsPath":
                return self.frame.entered_at + whole_seconds(value, name, path)
            shown = f"{path} == {value if isinstance(value, str) else dumps(value)}"
            moment = require_moment(value, "TimestampPath parameter does not reference", shown)
        return require_soon(moment, self.frame.entered_at)

    def told(self, name: str) -> str | None:
        field = f"{name}Path"
        path = self.fields.get(field)
        if path is None:
            return self.fields.get(name)
        value = data_flow.evaluate(path, field, self._scope(self.input), self.frame.run.chance)
        if not isinstance(value, str):
            cause = f"The {field} '{path}' leads to {dumps(value)}, not a string"
            raise DataError(RUNTIME, cause)
        return value

    def credentials(self) -> Any:
        if "Credentials" not in self.fields:
            return None
        return self._fill(self.fields["Credentials"], self._input())

    def items(self, *, objects: bool = False) -> Any:
        path = self.fields.get("ItemsPath", "$")
        items = data_flow.read_field(path, "ItemsPath", self._scope(self._input()))
        if not isinstance(items, list) and not (objects and isinstance(items, dict)):
            raise DataError(RUNTIME, f'Reference path "{path}" must point to array.')
        return items

    def settings(self, name: str) -> Mapping[str, Any]:
        return self._settings(self.fields.get(name, {}), self._input())

    def _settings(self, fields: Mapping[str, Any], data: Any) -> Mapping[str, Any]:
        settings: dict[str, Any] = {}
        for name, value in fields.items():
            if name in ("Parameters", "BatchInput"):
                settings[name] = self._fill(value, data)
            elif name in ("ReaderConfig", "WriterConfig"):
                settings[name] = self._settings(value, data)
            elif name.endswith("Path"):
                found = data_flow.read_field(value, name, self._scope(data))
                settings[name.removesuffix("Path")] = found
            else:
                settings[name] = value
        return settings

    def item_input(self, frame: Frame, item: Any) -> Any:
        for name in ("ItemSelector", "Parameters"):
            if name in self.fields:
                return self._fill(self.fields[name], self._input(), frame)
        return item

    def number(self, name: str) -> float:
        path = self.fields.get(f"{name}Path")
        if path is None:
            number: float = self.fields.get(name, 0)
            return number
        value = data_flow.read_field(path, f"{name}Path", self._scope(self._input()))
        return number_at(name, path, value)
