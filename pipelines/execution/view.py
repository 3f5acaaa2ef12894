"""What an execution looks like: its states, how long each took, and the jobs they run. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

StateStatus = Literal["running", "succeeded", "caught", "failed", "timed out", "aborted"]

_SEARCH = "HyperParameterTuningJobName"
_JOBS = {
    "createProcessingJob.sync": ("ProcessingJobName", "/aws/sagemaker/ProcessingJobs"),
    "createTrainingJob.sync": ("TrainingJobName", "/aws/sagemaker/TrainingJobs"),
    "createTransformJob.sync": ("TransformJobName", "/aws/sagemaker/TransformJobs"),
    "createHyperParameterTuningJob.sync": (_SEARCH, "/aws/sagemaker/TrainingJobs"),
}
_ENDS: Mapping[str, tuple[str, StateStatus]] = {
    "ExecutionSucceeded": ("SUCCEEDED", "succeeded"),
    "ExecutionFailed": ("FAILED", "failed"),
    "ExecutionTimedOut": ("TIMED_OUT", "timed out"),
    "ExecutionAborted": ("ABORTED", "aborted"),
}
_FAILURES = ("Failed", "TimedOut")


@dataclass(frozen=True)
class Job:
    """A SageMaker job, and the log group that its output goes to.

    Attributes:
        is_search: whether the output is that of its trials, whose names begin with its own.
    """

    name: str
    log_group: str
    is_search: bool = False

    @property
    def streams(self) -> str:
        """What the names of its log streams begin with.

        The slash keeps out jobs whose names go on where this one's ends.

        >>> Job("fit", "/aws/sagemaker/TrainingJobs").streams
        'fit/'
        """
        return f"{self.name}-" if self.is_search else f"{self.name}/"


@dataclass(frozen=True)
class State:
    """One visit to a state.

    Attributes:
        attempts: how often its Task was scheduled; 0 for a state that is no Task.
        job: the job of the latest attempt.
        hands_out: the call that handed out the token which the latest attempt waits for, such as
            "putItem"; empty if it waits for none.
        error, cause: of the latest attempt that failed, unless one succeeded after it.
        input: what the state was given, as JSON text.
        request: what the latest attempt asked its service for, as JSON text; empty if it is none.
    """

    name: str
    type: str
    entered: datetime
    ended: datetime | None = None
    status: StateStatus = "running"
    attempts: int = 0
    job: Job | None = None
    hands_out: str = ""
    error: str = ""
    cause: str = ""
    input: str = ""
    request: str = ""

    def duration_s(self, now: datetime) -> float:
        """Until its end, or until now."""
        return max(0.0, ((self.ended or now) - self.entered).total_seconds())


@dataclass(frozen=True)
class View:
    """An execution as its history tells it; `status` is Step Functions' own.

    Attributes:
        input: of the execution, as JSON text.
        redrives: how often it has been redriven.
    """

    status: str
    states: tuple[State, ...] = ()
    started: datetime | None = None
    ended: datetime | None = None
    output: Any = None
    error: str = ""
    cause: str = ""
    input: str = ""
    redrives: int = 0

    @property
    def is_running(self) -> bool:
        return self.status == "RUNNING"

    @property
    def failed_state(self) -> State | None:
        """The state whose failure the execution ended with, when it did not succeed.

        That is the state that it ended in, or one before whose failure was caught to be told apart
        from others, and was then passed on: the execution has that error and that cause.
        """
        ends = [
            state for state in self.states if state.status in ("failed", "timed out", "aborted")
        ]
        passed_on = [
            state
            for state in self.states
            if self.error
            and state.status == "caught"
            and (state.error, state.cause) == (self.error, self.cause)
        ]
        found = passed_on or ends
        return found[-1] if found else None

    @property
    def last_state(self) -> State | None:
        """The state entered last: where a redrive begins, if the execution did not succeed."""
        return self.states[-1] if self.states else None

    def duration_s(self, now: datetime) -> float:
        """Until its end, or until now."""
        if self.started is None:
            return 0.0
        return max(0.0, ((self.ended or now) - self.started).total_seconds())


def view_of(events: Iterable[Mapping[str, Any]]) -> View:
    """The execution at the last of the events of its history, which begin with the first."""
    view = View("RUNNING")
    states: list[State] = []
    # event id → which of the states it belongs to: branches of a Parallel take turns.
    owners: dict[int, int] = {}
    for event in events:
        type: str = event["type"]
        details = _details(event)
        if type == "ExecutionStarted":
            view = replace(view, started=event["timestamp"], input=details.get("input", ""))
        elif type == "ExecutionRedriven":
            _again(states)
            redrives = view.redrives + 1
            view = replace(
                view, status="RUNNING", ended=None, error="", cause="", redrives=redrives
            )
        elif type in _ENDS:
            view = _end(view, states, event, details)
        elif type.endswith("StateEntered"):
            states.append(
                State(
                    details["name"],
                    type.removesuffix("StateEntered"),
                    event["timestamp"],
                    input=details.get("input", ""),
                )
            )
            owners[event["id"]] = len(states) - 1
        elif states:
            owner = owners.get(event["previousEventId"], len(states) - 1)
            if type.endswith("StateExited"):
                owner = _latest(states, details["name"], owner)
            owners[event["id"]] = owner
            states[owner] = _after(states[owner], event, details)
    return replace(view, states=tuple(states))


def _again(states: list[State]) -> None:
    """A redrive: the Tasks that did not succeed run again, without being entered again."""
    for index, state in enumerate(states):
        if state.type == "Task" and state.status in ("failed", "timed out", "aborted"):
            states[index] = replace(state, status="running", ended=None)


def _latest(states: list[State], name: str, owner: int) -> int:
    """The latest visit to a state of that name: after a redrive, events follow none of its own."""
    if states[owner].name == name:
        return owner
    return next(index for index in reversed(range(len(states))) if states[index].name == name)


def _after(state: State, event: Mapping[str, Any], details: Mapping[str, Any]) -> State:
    """The state after an event of its own."""
    type: str = event["type"]
    if type.endswith("StateExited"):
        status: StateStatus = "caught" if state.error else "succeeded"
        return replace(state, status=status, ended=event["timestamp"])
    if type.endswith("StateAborted"):
        return replace(state, status="aborted", ended=event["timestamp"])
    if type.endswith("Scheduled"):
        return replace(
            state,
            attempts=state.attempts + 1,
            job=_job(details),
            request=details.get("parameters", ""),
            hands_out="",
            error="",
            cause="",
        )
    if type == "TaskSubmitted":
        return replace(state, hands_out=_hands_out(details))
    if type.endswith(_FAILURES) and not type.endswith("StateFailed"):
        error, cause = details.get("error", ""), details.get("cause", "")
        return replace(state, error=error or "States.Timeout", cause=cause)
    if type.endswith("Succeeded"):
        return replace(state, error="", cause="")
    return state


def _end(
    view: View, states: list[State], event: Mapping[str, Any], details: Mapping[str, Any]
) -> View:
    """The execution's end, which is also that of every state it was in."""
    status, status_of_states = _ENDS[event["type"]]
    error, cause = details.get("error", ""), details.get("cause", "")
    for index, state in enumerate(states):
        if state.ended is None:
            states[index] = replace(
                state,
                status=status_of_states,
                ended=event["timestamp"],
                error=state.error or error,
                cause=state.cause or cause,
            )
    output = json.loads(details["output"]) if "output" in details else None
    return replace(
        view, status=status, ended=event["timestamp"], output=output, error=error, cause=cause
    )


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one member of an event that is named after its type."""
    for name, value in event.items():
        if name.endswith("EventDetails") and value is not None:
            details: Mapping[str, Any] = value
            return details
    return {}


def _hands_out(details: Mapping[str, Any]) -> str:
    """The call that has handed a Task's token out, if the Task waits for that."""
    call, _, pattern = str(details.get("resource", "")).partition(".")
    return call if pattern == "waitForTaskToken" else ""


def _job(details: Mapping[str, Any]) -> Job | None:
    """The job that a Task was scheduled to run, if it runs one."""
    if details.get("resource") not in _JOBS:
        return None
    key, log_group = _JOBS[details["resource"]]
    parameters = json.loads(details.get("parameters") or "{}")
    if key not in parameters:
        return None
    return Job(parameters[key], log_group, is_search=key == _SEARCH)
