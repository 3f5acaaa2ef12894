"""The Task state: attempts, their timeout, Retry and Catch."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import Any

from pipelines.asl.errors import TIMEOUT, StateError
from pipelines.asl.interpreter.callbacks import task_token
from pipelines.asl.interpreter.data_flow import (
    apply_input_path,
    apply_output_path,
    apply_parameters,
    apply_result_path,
    apply_result_selector,
)
from pipelines.asl.interpreter.history import failure_details, output_details
from pipelines.asl.interpreter.retry import Retriers, find_catcher
from pipelines.asl.interpreter.run import Frame, Transition, require_size
from pipelines.asl.interpreter.states import whole_seconds
from pipelines.asl.interpreter.tasks import TaskCall, TaskFailed
from pipelines.asl.json_text import dumps
from pipelines.asl.paths import Scope
from pipelines.asl.resources import parse_resource

State = Mapping[str, Any]


async def run_task(state: State, data: Any, frame: Frame) -> Transition:
    """Attempt the task until it succeeds, or until nothing retries or catches its error."""
    retriers = Retriers(state.get("Retry", ()), frame.run.chance)
    for retry_count in count():
        frame.set_retry_count(retry_count)
        try:
            return Transition(state.get("Next"), await _attempt(state, data, frame))
        except StateError as error:
            delay = retriers.delay(error.error)
            if delay is None:
                return _catch(state, data, frame.located(error))
        await asyncio.sleep(delay)
    raise AssertionError("a retrier gives up before the numbers do")


def _catch(state: State, data: Any, error: StateError) -> Transition:
    """Hand over to the state of the catcher that names the error; raise it if there is none.

    A catcher's ResultPath applies to the state's own input, and OutputPath not at all.
    """
    catcher = find_catcher(state.get("Catch", ()), error.error)
    if catcher is None:
        raise error
    output = {"Error": error.error, "Cause": error.cause}
    return Transition(catcher["Next"], apply_result_path(catcher, data, output))


async def _attempt(state: State, data: Any, frame: Frame) -> Any:
    """The state's output after one attempt.

    Raises:
        StateError: the attempt failed.
    """
    token = None
    if parse_resource(state["Resource"]).pattern == "waitForTaskToken":
        token = task_token(frame.context["Execution"]["Id"], frame.run.history.last_id + 1)
        frame.context = {**frame.context, "Task": {"Token": token}}
    effective = apply_input_path(state, data, frame.context)
    parameters = apply_parameters(state, effective, frame.context, frame.run.chance)
    timeout_s = _seconds(state, "TimeoutSeconds", Scope(effective, frame.context))
    heartbeat_s = _seconds(state, "HeartbeatSeconds", Scope(effective, frame.context))
    result = await _call(state, parameters, timeout_s, heartbeat_s, token, frame)
    selected = apply_result_selector(state, result, frame.context, frame.run.chance)
    return apply_output_path(state, apply_result_path(state, data, selected), frame.context)


def _seconds(state: State, field: str, scope: Scope) -> int | None:
    if field + "Path" in state:
        return whole_seconds(state, field + "Path", scope)
    seconds: int | None = state.get(field)
    return seconds


async def _call(
    state: State,
    parameters: Any,
    timeout_s: int | None,
    heartbeat_s: int | None,
    token: str | None,
    frame: Frame,
) -> Any:
    """Run the task, with its events; when its time is up, it is cancelled."""
    resource = parse_resource(state["Resource"])
    of_resource = {"resourceType": resource.service, "resource": resource.name}

    def record(type: str, details: dict[str, Any]) -> None:
        if "output" in details:
            details = {**details, **output_details(details["output"])}
        frame.record(type, {**of_resource, **details})

    scheduled: dict[str, Any] = {"region": frame.region, "parameters": dumps(parameters)}
    require_size(scheduled["parameters"], resource.service)
    if timeout_s is not None:
        scheduled["timeoutInSeconds"] = timeout_s
    if heartbeat_s is not None:
        scheduled["heartbeatInSeconds"] = heartbeat_s
    record("TaskScheduled", scheduled)
    record("TaskStarted", {})
    call = TaskCall(
        resource=state["Resource"],
        parameters=parameters,
        context=frame.context,
        state=frame.context["State"]["Name"],
        timeout_s=timeout_s,
        heartbeat_s=heartbeat_s,
        token=token,
        credentials=state.get("Credentials"),
        record=record,
        now=frame.run.clock.now,
        sleep=asyncio.sleep,
    )
    failure: StateError | None = None
    deadline = asyncio.timeout(timeout_s)
    try:
        async with deadline:
            result = await _answer(call, frame)
            text = dumps(result)
            require_size(text, resource.service)
    except StateError as error:
        failure = error
    except TimeoutError:
        if not deadline.expired():
            raise
    if deadline.expired():
        record("TaskTimedOut", failure_details(TIMEOUT, None))
        raise StateError(TIMEOUT)
    if failure is not None:
        record("TaskFailed", failure_details(failure.error, failure.cause))
        raise failure
    record("TaskSucceeded", {"output": text})
    return result


async def _answer(call: TaskCall, frame: Frame) -> Any:
    """The task's result; of a task with a token what comes for the token."""
    if call.token is None:
        return await frame.run.tasks.run(call)
    callback = frame.run.tasks.callbacks.open(call.token)
    try:
        submitted = await frame.run.tasks.run(call)
        call.record("TaskSubmitted", {"output": dumps(submitted)})
        answer = await callback.answer(call.heartbeat_s)
    finally:
        callback.close()
    if answer.failed:
        raise TaskFailed(answer.error, answer.cause)
    return answer.output
