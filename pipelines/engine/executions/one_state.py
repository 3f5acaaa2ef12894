"""TestState: one state of a definition, run by itself, and what becomes of its data on the way."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Mapping
from typing import Any

from pipelines.asl.checker import check
from pipelines.asl.integrations import Integration, integration
from pipelines.asl.interpreter import Tasks
from pipelines.asl.interpreter.retry import backoff
from pipelines.asl.model import Machine, State
from pipelines.engine.calls import ACCOUNT, request_region
from pipelines.engine.executions.inputs import require_input
from pipelines.engine.executions.inspection import inspect
from pipelines.engine.executions.mocks import Observed, mock_of
from pipelines.engine.executions.requests import Request, invalid, present
from pipelines.engine.executions.trial import Trial, run_alone
from pipelines.engine.wire.service import ServiceError
from pipelines.regions import partition

_LEVELS = ("INFO", "DEBUG", "TRACE")
_MOCKABLE = ("Map", "Parallel", "Task")
_NAME = "State"
_NOT_TAKEN = ("errorCausedByState", "mapItemReaderData", "mapIterationFailureCount")
_OWN_FIELDS = (
    *("Arguments", "Assign", "Comment", "End", "InputPath", "Next", "Output", "OutputPath"),
    *("QueryLanguage", "ResultPath", "ResultSelector", "Retry", "Catch"),
)
"""What a Map or a Parallel does by itself, around what a mock stands for."""


def run_one_state(request: Request, tasks: Tasks) -> dict[str, Any]:
    """TestState's response.

    Raises:
        ServiceError: InvalidDefinition, InvalidExecutionInput, ValidationException.
    """
    level = request.get("inspectionLevel", "INFO")
    if level not in _LEVELS:
        raise invalid(f"There is no inspection level {level!r}.")
    state = _state(request)
    mock = request.get("mock")
    _require_testable(state, mock, tasks)
    observed = Observed(tasks, None if mock is None else mock_of(mock, state))
    trial = Trial(
        state=state,
        fields=_by_itself(state),
        tasks=observed,
        input=require_input(text := request.get("input") or "{}"),
        input_text=text,
        variables=_object(request, "variables"),
        context=_context(request),
        now=time.time(),
        seed=random.SystemRandom().getrandbits(64),
    )
    # A state's own retriers and catchers would hide its error: they are asked afterwards, with
    # what the task has answered, which is not called again.
    bare = {name: value for name, value in trial.fields.items() if name not in ("Retry", "Catch")}
    result = run_alone(trial, bare, real_time=mock is None and state.type == "Task")
    response: dict[str, Any] = {"status": "SUCCEEDED", "output": result.output}
    details: dict[str, int] = {}
    if result.error is not None:
        told = {"error": result.error.error, "cause": result.error.cause}
        response = {"status": "FAILED", **present(told)}
        retried = _retried(trial, bare, request)
        caught = None if retried else run_alone(trial, {**bare, **_only(trial, "Catch")})
        if retried is not None:
            response["status"], details = "RETRIABLE", retried
        elif caught is not None and caught.error is None and caught.by is not None:
            response |= {"status": "CAUGHT_ERROR", "output": caught.output}
            details = {"catchIndex": int(caught.by[1])}
            result = caught
    response = present({**response, "nextState": result.next})
    if level != "INFO":
        seen = inspect(trial, observed, result)
        response["inspectionData"] = {**seen, **({"errorDetails": details} if details else {})}
    return response


def _state(request: Request) -> State:
    """The state that is tested.

    Raises:
        ServiceError: InvalidDefinition, ValidationException.
    """
    try:
        definition = json.loads(str(request.get("definition", "")))
    except (ValueError, RecursionError) as error:
        raise _invalid_definition(f"it is not JSON: {error}") from None
    if not isinstance(definition, dict):
        raise _invalid_definition("a state is an object")
    name = request.get("stateName")
    if name is not None:
        found = [each for each in Machine(definition).states if each.name == name]
        if not found:
            raise invalid(f"State not found in definition: '{name}'")
        state = found[0]
    else:
        state = Machine({"StartAt": _NAME, "States": {_NAME: definition}}).top.states[_NAME]
    problems = [each for each in check(_around(state)) if each.severity == "error"]
    if problems:
        raise _invalid_definition("; ".join(map(str, problems)))
    return state


def _around(state: State) -> dict[str, Any]:
    """A machine of the state and of those that it may hand over to."""
    language = state.scope.machine_language
    alone = {"QueryLanguage": language, "StartAt": state.name, "States": {state.name: state.fields}}
    targets = {each.target for each in Machine(alone).top.transitions if each.source is not None}
    ends = {target: {"Type": "Succeed"} for target in sorted(targets - {state.name})}
    return {**alone, "States": {state.name: state.fields, **ends}}


def _require_testable(state: State, mock: Any, tasks: Tasks) -> None:
    if mock is not None:
        if state.type not in _MOCKABLE:
            raise invalid(f"A mock can only be specified for Map, Parallel and Task states: "
                          f"{state.type} was given.")  # fmt: skip
        return
    if state.type in ("Map", "Parallel"):
        raise invalid(f"A mock must be specified to test a {state.type} state.")
    if state.type == "Task":
        resource = str(state.fields["Resource"])
        called = integration(resource)
        if isinstance(called, Integration) and (called.pattern or called.kind == "activity"):
            raise invalid(f"A mock must be specified to test a Task state with {resource}.")
        reason = tasks.supports(resource)
        if reason is not None:
            raise _invalid_definition(f"{resource} cannot be run here: {reason}")


def _by_itself(state: State) -> Mapping[str, Any]:
    """The state's fields; of a Map or a Parallel those around what is mocked, as a Task."""
    if state.type not in ("Map", "Parallel"):
        return state.fields
    kept = {name: state.fields[name] for name in _OWN_FIELDS if name in state.fields}
    if state.type == "Parallel" and "Parameters" in state.fields:
        kept["Parameters"] = state.fields["Parameters"]
    return {"Type": "Task", "Resource": f"mocked {state.type}", **kept}


def _retried(trial: Trial, bare: Mapping[str, Any], request: Request) -> dict[str, int] | None:
    """Which retrier takes the error, and after how many seconds; None: none."""
    settings = request.get("stateConfiguration") or {}
    for name in _NOT_TAKEN:
        if name in settings:
            raise invalid(f"The local engine does not take stateConfiguration.{name}.")
    used = int(settings.get("retrierRetryCount", 0))
    retriers = trial.fields.get("Retry", ())
    # Once is enough to see who retries.
    once = [
        {**each, "MaxAttempts": int(used < each.get("MaxAttempts", 3)), "IntervalSeconds": 1}
        for each in retriers
    ]
    found = run_alone(trial, {**bare, "Retry": once}).retrier if once else None
    if found is None:
        return None
    delay = backoff(retriers[found], used, random.Random(trial.seed))
    return {"retryIndex": found, "retryBackoffIntervalSeconds": int(delay)}


def _only(trial: Trial, name: str) -> dict[str, Any]:
    return {name: trial.fields[name]} if name in trial.fields else {}


def _object(request: Request, member: str) -> dict[str, Any]:
    try:
        value = json.loads(request.get(member) or "{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise invalid(f"{member} is not a JSON object.")
    return value


def _context(request: Request) -> dict[str, Any]:
    if "context" in request and "mock" not in request:
        raise invalid("context may only be specified if a mock is specified.")
    given = _object(request, "context")
    region, name = request_region.get(), str(uuid.uuid4())
    arn = f"arn:{partition(region)}:states:{region}:{ACCOUNT}"
    execution = {
        "Id": f"{arn}:express:{_NAME}:{name}:{uuid.uuid4()}",
        "Name": name,
        "RoleArn": request.get("roleArn"),
        "RedriveCount": 0,
    }
    machine = {"Id": f"{arn}:stateMachine:{_NAME}", "Name": _NAME}
    return {
        **given,
        "Execution": {**present(execution), **given.get("Execution", {})},
        "StateMachine": {**machine, **given.get("StateMachine", {})},
    }


def _invalid_definition(problem: str) -> ServiceError:
    return ServiceError("InvalidDefinition", f"Invalid State Machine Definition: {problem}")
