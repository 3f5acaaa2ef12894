"""Runs a recorded execution again, on the interpreter, with the recorded answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pipelines.asl.interpreter import JumpingClock, StopSignal
from pipelines.asl.simulation import START, Simulation, redrive, simulate
from pipelines.testing.recorded.attempts import attempts
from pipelines.testing.recorded.recording import Recording, seconds
from pipelines.testing.recorded.tasks import RecordedTasks

_NO_ACTIVITY = re.compile(r"The activity (.+) does not exist\.")
_ROLE = re.compile(r"arn:[^:]*:iam::([^:]*):")
_OF_AN_ACCOUNT = re.compile(r"arn:[^:\s]*:[a-z0-9-]+:[^:\s]*:(\d{12}):")
_MAP_RUN = re.compile(r"(arn:[^:]*:states:[^:]*:[^:]*):mapRun:([^/]+)/")


def replay(recording: Recording, **changes: Any) -> Simulation:
    """The execution as the interpreter runs it, from the recorded start on.

    A definition that was recorded has run: the checker is not asked.  `changes` go to
    `simulate`: other `faults`, another `seed`.  If the recorded execution was redriven, this one
    is too, when it has not succeeded before that.

    Raises:
        NotRecorded: it calls a task that the recorded execution did not call.
    """
    first = recording.runs[0]
    given: dict[str, Any] = {
        "tasks": _tasks(first),
        "clock": JumpingClock(START if recording.started is None else recording.started),
        "context": _context(recording),
        "objects": recording.objects,
        "check": False,
        **changes,
    }
    if first.status == "ABORTED":
        given.setdefault("stop", _stop_of(first, given["clock"]))
    run = simulate(recording.definition, recording.input, **given)
    for before, redriven in pairwise(recording.runs):
        if run.status == "SUCCEEDED":
            break
        run = _redriven(run, redriven, since=len(before.events))
    return run


def _redriven(run: Simulation, recording: Recording, *, since: int) -> Simulation:
    """The execution redriven when the recorded one was, which had so many events until then."""
    at = seconds(recording.events[since].get("timestamp"))
    clock = JumpingClock(run.history[-1]["timestamp"] if at is None else at)
    stop = _stop_of(recording, clock) if recording.status == "ABORTED" else None
    return redrive(run, tasks=_tasks(recording, since=since), clock=clock, stop=stop)


def _tasks(recording: Recording, *, since: int = 0) -> RecordedTasks:
    missing = _NO_ACTIVITY.fullmatch(recording.cause or "")
    return RecordedTasks(
        attempts(recording.events, since=since),
        endless=recording.status == "RUNNING",
        missing=missing[1] if missing else None,
    )


def _context(recording: Recording) -> Mapping[str, Mapping[str, Any]]:
    """The context object, as far as the recording knows it: role, region, ARNs, names."""
    started = recording.events[0] if recording.events else {}
    role = started.get("executionStartedEventDetails", {}).get("roleArn")
    region = next(
        (
            details["region"]
            for event in recording.events
            if "region" in (details := event.get("taskScheduledEventDetails", {}))
        ),
        "us-east-1",
    )
    where = f"{region}:{_account(recording, role)}"
    machine = recording.execution.get("stateMachineArn") or _machine_of_map_run(recording)
    machine = machine or f"arn:aws:states:{where}:stateMachine:recorded-state-machine"
    arn = recording.execution.get("executionArn")
    arn = arn or f"arn:aws:states:{where}:execution:recorded-state-machine:recorded-execution"
    name = recording.execution.get("name") or arn.rsplit(":", 1)[1]
    execution = {"Id": arn, "Name": name, "RedriveCount": 0}
    if role is not None:
        execution["RoleArn"] = role
    return {
        "Execution": execution,
        "StateMachine": {"Id": machine, "Name": machine.rsplit(":", 1)[1]},
    }


def _account(recording: Recording, role: str | None) -> str:
    """The account: the role's, or else that of the first ARN in the history that has one."""
    found = _ROLE.match(role or "") or _OF_AN_ACCOUNT.search(json.dumps(list(recording.events)))
    return found[1] if found else "000000000000"


def _machine_of_map_run(recording: Recording) -> str | None:
    """The state machine's ARN, as the ARN of a Map Run tells it; None: there is none."""
    for event in recording.events:
        details = event.get("mapRunStartedEventDetails", {})
        if found := _MAP_RUN.match(str(details.get("mapRunArn", ""))):
            return f"{found[1]}:stateMachine:{found[2]}"
    return None


def _stop_of(recording: Recording, clock: JumpingClock) -> StopSignal:
    """Stops the execution when the recorded one was stopped."""
    stop = StopSignal()
    started, ended = recording.started, recording.ended
    if started is not None and ended is not None:
        clock.alarm(ended, lambda: stop.stop(recording.error, recording.cause))
    else:
        clock.alarm(clock.now() + 1.0, lambda: stop.stop(recording.error, recording.cause))
    return stop
