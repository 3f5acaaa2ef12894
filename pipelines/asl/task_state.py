"""The Task state: attempts, their timeout, Retry and Catch."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from pipelines.asl.data_flow import (
    apply_input_path,
    apply_output_path,
    apply_parameters,
    apply_result_path,
    apply_result_selector,
)
from pipelines.asl.errors import TIMEOUT, StateError
from pipelines.asl.history import failure_details, output_details
from pipelines.asl.json_text import dumps
from pipelines.asl.paths import Scope
from pipelines.asl.resources import parse_resource
from pipelines.asl.retry import Retriers, find_catcher
from pipelines.asl.run import Run, Transition, require_size
from pipelines.asl.states import whole_seconds
from pipelines.asl.tasks import TaskCall
from pipelines.signals import Signal

State = Mapping[str, Any]


def run_task(state: State, data: Any, run: Run) -> Transition:
    """Attempt the task until it succeeds, or until nothing retries or catches its error."""
    retriers = Retriers(state.get("Retry", ()), run.chance)
    for retry_count in count():
        run.set_retry_count(retry_count)
        try:
            return Transition(state.get("Next"), _attempt(state, data, run))
        except StateError as error:
            delay = retriers.delay(error.error)
            if delay is None:
                return _catch(state, data, run.located(error))
        run.wait(delay)
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


def _attempt(state: State, data: Any, run: Run) -> Any:
    """The state's output after one attempt.

    Raises:
        StateError: the attempt failed.
        Interrupted: the execution is to end.
    """
    effective = apply_input_path(state, data, run.context)
    parameters = apply_parameters(state, effective, run.context, run.chance)
    timeout_s = _timeout(state, Scope(effective, run.context))
    result = _call(state, parameters, timeout_s, run)
    selected = apply_result_selector(state, result, run.context, run.chance)
    return apply_output_path(state, apply_result_path(state, data, selected), run.context)


def _timeout(state: State, scope: Scope) -> int | None:
    if "TimeoutSecondsPath" in state:
        return whole_seconds(state, "TimeoutSecondsPath", scope)
    timeout_s: int | None = state.get("TimeoutSeconds")
    return timeout_s


def _call(state: State, parameters: Any, timeout_s: int | None, run: Run) -> Any:
    """Run the task in this thread, with its events; `cancel` is what can end it early."""
    resource = parse_resource(state["Resource"])
    of_resource = {"resourceType": resource.service, "resource": resource.name}

    def record(type: str, details: dict[str, Any]) -> None:
        if "output" in details:
            details = {**details, **output_details(details["output"])}
        run.history.record(type, {**of_resource, **details})

    scheduled: dict[str, Any] = {"region": run.region, "parameters": dumps(parameters)}
    require_size(scheduled["parameters"], resource.service)
    if timeout_s is not None:
        scheduled["timeoutInSeconds"] = timeout_s
    record("TaskScheduled", scheduled)
    record("TaskStarted", {})

    cancel, timed_out = Signal(), Signal()
    timed_out.follow(cancel.set)
    call_off = [run.interrupt.follow(cancel.set)]
    if timeout_s is not None:
        call_off.append(run.clock.alarm(run.clock.now() + timeout_s, timed_out.set))
    call = TaskCall(
        resource=state["Resource"],
        parameters=parameters,
        context=run.context,
        state=run.context["State"]["Name"],
        timeout_s=timeout_s,
        cancel=cancel,
        record=record,
    )
    failure: StateError | None = None
    try:
        result = run.tasks.run(call)
        text = dumps(result)
        require_size(text, resource.service)
    except StateError as error:
        failure = error
    finally:
        for each in call_off:
            each()

    run.go_on()
    if timed_out.is_set():
        record("TaskTimedOut", failure_details(TIMEOUT, None))
        raise StateError(TIMEOUT)
    if failure is not None:
        record("TaskFailed", failure_details(failure.error, failure.cause))
        raise failure
    record("TaskSucceeded", {"output": text})
    return result
