"""What TestState shows of a state's data, from its raw input to its output."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter import MISSING, data_flow
from pipelines.asl.json_text import dumps
from pipelines.asl.paths import Scope
from pipelines.engine.executions.map_inspection import NUMBERS, map_stages
from pipelines.engine.executions.mocks import Observed
from pipelines.engine.executions.trial import Trial, Tried

_HAVE_RESULTS = ("Map", "Parallel", "Pass", "Task")


def inspect(trial: Trial, observed: Observed, tried: Tried) -> dict[str, Any]:
    """InspectionData: each stage that the data have passed, as JSON text.

    As the examples of AWS's guide have it, and LocalStack, which was compared with AWS: a Pass
    state's own Result hides what was before it, what is no field of the state is shown as it
    passes, and a Parallel state shows nothing of what it gives to its branches but Parameters.
    https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
    """
    stages = _jsonata if trial.state.language == "JSONata" else _jsonpath
    seen: dict[str, Any] = {"input": trial.input_text}
    try:
        for name, value in stages(trial, observed):
            seen[name] = value if name in NUMBERS else dumps(value)
    except StateError:
        pass  # the stage at which the state failed; the response tells of it
    if tried.variables:
        seen["variables"] = dumps(tried.variables)
    return seen


def _jsonata(trial: Trial, observed: Observed) -> Iterator[tuple[str, Any]]:
    if trial.state.type == "Map":
        yield from map_stages(trial)
    if observed.call is not None:
        if trial.state.type == "Task":
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
    has_own_result = kind == "Pass" and "Result" in fields
    if kind != "Parallel" and not has_own_result:
        yield "afterInputPath", effective
    if kind not in _HAVE_RESULTS:
        return
    if kind == "Map":
        yield from map_stages(trial)
    elif observed.call is not None:
        effective = observed.call.parameters
    elif "Parameters" in fields:
        effective = data_flow.fill_template(fields["Parameters"], scope(effective), chance)
    if kind == "Task" or (kind == "Pass" and not has_own_result) or "Parameters" in fields:
        yield "afterParameters", effective
    result = fields.get("Result", effective) if kind == "Pass" else observed.result
    if result is MISSING:
        return
    if kind != "Pass" or has_own_result:
        yield "result", result
    if "ResultSelector" in fields:
        result = data_flow.fill_template(fields["ResultSelector"], scope(result), chance)
    yield "afterResultSelector", result
    yield "afterResultPath", data_flow.apply_result_path(fields, scope(trial.input), result)
