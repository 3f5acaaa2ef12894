"""Runs a recorded execution again, on the interpreter, with the recorded answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.asl.interpreter import JumpingClock, StopSignal
from pipelines.asl.simulation import START, Simulation, simulate
from pipelines.testing.recorded.attempts import attempts
from pipelines.testing.recorded.recording import Recording
from pipelines.testing.recorded.tasks import RecordedTasks

_NO_ACTIVITY = re.compile(r"The activity (.+) does not exist\.")
_ROLE = re.compile(r"arn:[^:]*:iam::([^:]*):")


def replay(recording: Recording, **changes: Any) -> Simulation:
    """The execution as the interpreter runs it, from the recorded start on.

    A definition that was recorded has run: the checker is not asked.  `changes` go to
    `simulate`: other `faults`, another `seed`.

    Raises:
        NotRecorded: it calls a task that the recorded execution did not call.
    """
    missing = _NO_ACTIVITY.fullmatch(recording.cause or "")
    given: dict[str, Any] = {
        "tasks": RecordedTasks(
            attempts(recording.events),
            endless=recording.status == "RUNNING",
            missing=missing[1] if missing else None,
        ),
        "clock": JumpingClock(START if recording.started is None else recording.started),
        "context": _context(recording),
        "objects": recording.objects,
        "check": False,
        **changes,
    }
    if recording.status == "ABORTED":
        given.setdefault("stop", _stop_of(recording, given["clock"]))
    return simulate(recording.definition, recording.input, **given)


def _context(recording: Recording) -> Mapping[str, Mapping[str, Any]]:
    """The context object, as far as the recording knows it: role, region, ARNs, names."""
    started = recording.events[0] if recording.events else {}
    role = started.get("executionStartedEventDetails", {}).get("roleArn")
    account = _ROLE.match(role or "")
    region = next(
        (
            details["region"]
            for event in recording.events
            if "region" in (details := event.get("taskScheduledEventDetails", {}))
        ),
        "us-east-1",
    )
    where = f"{region}:{account[1] if account else '000000000000'}"
    machine = recording.execution.get("stateMachineArn")
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


def _stop_of(recording: Recording, clock: JumpingClock) -> StopSignal:
    """Stops the execution when the recorded one was stopped."""
    stop = StopSignal()
    started, ended = recording.started, recording.ended
    if started is not None and ended is not None:
        clock.alarm(ended, lambda: stop.stop(recording.error, recording.cause))
    else:
        clock.alarm(clock.now() + 1.0, lambda: stop.stop(recording.error, recording.cause))
    return stop
