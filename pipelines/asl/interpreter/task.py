"""The Task state: one attempt of a task, its timeouts and its tokens."""

from __future__ import annotations

import asyncio
from typing import Any

from pipelines.asl.errors import HEARTBEAT_TIMEOUT, RUNTIME, TIMEOUT, DataError, StateError
from pipelines.asl.interpreter.attempts import attempt_until_done
from pipelines.asl.interpreter.callbacks import Answer, Callback, task_token
from pipelines.asl.interpreter.ending import end
from pipelines.asl.interpreter.past import MISSING, Past
from pipelines.asl.interpreter.run import go_on, require_size
from pipelines.asl.interpreter.task_events import TaskEvents, events_of
from pipelines.asl.interpreter.tasks import TaskCall, TaskFailed
from pipelines.asl.interpreter.visit import Transition, Visit
from pipelines.asl.json_text import dumps


async def run_task(visit: Visit) -> Transition:
    """Task: the result of its resource."""
    return await attempt_until_done(visit, lambda past: _attempt(visit, past))


async def _attempt(visit: Visit, past: Past) -> Any:
    """The task's result.

    Raises:
        StateError: the attempt failed.
    """
    if past.failure is not None:
        raise past.failure
    if past.result is not MISSING:
        return past.result
    frame = visit.frame
    events = events_of(visit.fields["Resource"], frame)
    if events.family == "Activity" and not past.scheduled_id:
        _require_activity(visit)
    token = None
    if events.token:
        scheduled_id = past.scheduled_id or frame.run.history.last_id + 1
        token = task_token(frame.context["Execution"]["Id"], scheduled_id)
        frame.context = {**frame.context, "Task": {"Token": token}}
    call = _call(visit, events, token, past)
    if not past.scheduled_id:
        _require_startable(visit, call)
        _schedule(visit, events, call)
    if past.started_at is None and events.started_by_us:
        await go_on()
        events.start()
    return await _outcome(call, events, token, past)


def _require_activity(visit: Visit) -> None:
    """Hold that there is the activity, which AWS does before it schedules the task.

    Tasks that know their activities tell by the method `has_activity`.

    Raises:
        StateError: States.Runtime, which ends the execution.
    """
    arn = visit.fields["Resource"]
    has_activity = getattr(visit.frame.run.tasks, "has_activity", None)
    if has_activity is not None and not has_activity(arn):
        raise StateError(RUNTIME, f"The activity {arn} does not exist.")


def _call(visit: Visit, events: TaskEvents, token: str | None, past: Past) -> TaskCall:
    """The call that the state's fields make."""
    frame = visit.frame
    timeout_s = visit.seconds("TimeoutSeconds")
    return TaskCall(
        resource=visit.fields["Resource"],
        parameters=visit.arguments() if past.arguments is MISSING else past.arguments,
        context=frame.context,
        state=visit.state.name,
        timeout_s=timeout_s,
        heartbeat_s=visit.seconds("HeartbeatSeconds"),
        token=token if events.waits else None,
        credentials=visit.credentials(),
        submitted=past.submitted,
        record=lambda type, details: events.record(type.removeprefix(events.family), details),
        now=frame.run.clock.now,
        sleep=asyncio.sleep,
    )


def _require_startable(visit: Visit, call: TaskCall) -> None:
    """Hold the evaluated parameters to what the integration takes, as AWS does at this point.

    Tasks that know what their integrations take tell by the method `start_problems`.

    Raises:
        DataError: States.Runtime; the task is not even scheduled.
    """
    start_problems = getattr(visit.frame.run.tasks, "start_problems", None)
    if start_problems is None:
        return
    has_paths = visit.state.language == "JSONPath"
    problems = start_problems(call.resource, call.parameters, has_paths=has_paths)
    if problems:
        raise DataError(
            RUNTIME,
            f"The Parameters '{dumps(call.parameters)}' could not be used to start the Task:"
            f" [{', '.join(problems)}]",
        )


def _schedule(visit: Visit, events: TaskEvents, call: TaskCall) -> None:
    arguments = dumps(call.parameters)
    require_size(arguments, events.name)
    limits: dict[str, Any] = {}
    if call.timeout_s is not None:
        limits["timeoutInSeconds"] = call.timeout_s
    if call.heartbeat_s is not None:
        limits["heartbeatInSeconds"] = call.heartbeat_s
    if call.credentials is not None:
        limits["taskCredentials"] = {"roleArn": call.credentials.get("RoleArn")}
    events.schedule(arguments, limits)


async def _outcome(call: TaskCall, events: TaskEvents, token: str | None, past: Past) -> Any:
    """Run the task, with its last event; when its time is up, it is cancelled."""
    left_s = call.timeout_s
    if left_s is not None and past.started_at is not None:
        left_s = max(0.0, past.started_at + left_s - call.now())
    failure: StateError | None = None
    deadline = asyncio.timeout(left_s)
    try:
        async with deadline:
            result = await _result(call, events, token)
            text = dumps(result)
            require_size(text, events.name)
    except StateError as error:
        failure = error
    except TimeoutError:
        if not deadline.expired():
            raise
    if deadline.expired():
        failure = StateError(TIMEOUT, "")
    if failure is None:
        events.succeed(text)
        return result
    if failure.error == TIMEOUT:
        events.time_out(failure.error)
    else:
        events.fail(failure.error, failure.cause)
    raise failure


async def _result(call: TaskCall, events: TaskEvents, token: str | None) -> Any:
    """The task's result: its own, or what comes for its token."""
    tasks = events.frame.run.tasks
    if token is None:
        return await tasks.run(call)
    callback = tasks.callbacks.open(token)
    try:
        if not events.waits:
            return await _first(asyncio.ensure_future(tasks.run(call)), callback)
        if call.submitted is MISSING:
            response = await tasks.run(call)
            if events.family == "Task":
                events.record("Submitted", {"output": dumps(response)})
        return _told(await _answer(callback, call.heartbeat_s))
    finally:
        callback.close()


async def _answer(callback: Callback, heartbeat_s: float | None) -> Answer:
    """What comes for the token.

    Raises:
        StateError: States.Timeout; no heartbeat came in time.
    """
    try:
        return await callback.answer(heartbeat_s)
    except TimeoutError:
        raise StateError(TIMEOUT, "", also=HEARTBEAT_TIMEOUT) from None


async def _first(job: asyncio.Future[Any], callback: Callback) -> Any:
    """The job's result, unless somebody answers for its token before that."""
    answer = asyncio.ensure_future(callback.answer(None))
    try:
        await asyncio.wait([job, answer], return_when=asyncio.FIRST_COMPLETED)
        return job.result() if job.done() else _told(answer.result())
    finally:
        await end([job, answer])


def _told(answer: Answer) -> Any:
    if answer.failed:
        raise TaskFailed(answer.error, answer.cause)
    return answer.output
