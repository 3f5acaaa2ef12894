"""What TestState shows of a state's data, from its raw input to its output."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter import MISSING, data_flow
from pipelines.asl.json_text import dumps
from pipelines.asl.paths import Scope
from pipelines.engine.executions.mocks import Observed
from pipelines.engine.executions.trial import Trial, Tried

_TAKE_PARAMETERS = ("Parallel", "Pass", "Task")


def inspect(trial: Trial, observed: Observed, tried: Tried) -> dict[str, Any]:
    """InspectionData: each stage that the data have passed, as JSON text."""
    stages = _jsonata if trial.state.language == "JSONata" else _jsonpath
    seen = {"input": dumps(trial.input)}
    try:
        for name, value in stages(trial, observed):
            seen[name] = dumps(value)
    except StateError:
        pass  # the stage at which the state failed; the response tells of it
    if tried.variables:
        seen["variables"] = dumps(tried.variables)
    return seen


def _jsonata(trial: Trial, observed: Observed) -> Iterator[tuple[str, Any]]:
    if observed.call is not None:
        yield "afterArguments", observed.call.parameters
        if observed.result is not MISSING:
            yield "result", observed.result


def _jsonpath(trial: Trial, observed: Observed) -> Iterator[tuple[str, Any]]:
    fields, kind = trial.fields, trial.state.type
    if kind == "Fail":
        return
    context = trial.context if observed.call is None else observed.call.context
    chance = random.Random(trial.seed)

    def scope(data: Any) -> Scope:
        return Scope(data, context, trial.variables)

    effective = data_flow.apply_path(fields, "InputPath", scope(trial.input))
    yield "afterInputPath", effective
    if kind not in (*_TAKE_PARAMETERS, "Map"):
        return
    if observed.call is not None:
        effective = observed.call.parameters
    elif "Parameters" in fields:
        effective = data_flow.fill_template(fields["Parameters"], scope(effective), chance)
    if kind in _TAKE_PARAMETERS:
        yield "afterParameters", effective
    result = _result(fields, effective, observed)
    if result is MISSING:
        return
    yield "result", result
    if "ResultSelector" in fields:
        result = data_flow.fill_template(fields["ResultSelector"], scope(result), chance)
    if kind != "Pass":
        yield "afterResultSelector", result
    yield "afterResultPath", data_flow.apply_result_path(fields, scope(trial.input), result)


def _result(fields: Mapping[str, Any], effective: Any, observed: Observed) -> Any:
    if observed.call is not None:
        return observed.result
    if fields["Type"] == "Pass":
        return fields.get("Result", effective)
    return MISSING
