"""Limits: the quotas of the service, and times that bound every task."""

from __future__ import annotations

import json

from pipelines.asl.machine import Machine
from pipelines.asl.rules import Broken, rule

MAX_NAME = 80
MAX_DEFINITION = 1_048_576


@rule("P121")
def names_are_short_enough(machine: Machine) -> Broken:
    """A state's name has 1 to 80 characters: AWS's quota, though the SDK says 128."""
    for name in machine.states:
        if not 1 <= len(name) <= MAX_NAME:
            yield f"States.{name}", f"the name has {len(name)} characters; at most {MAX_NAME}"


@rule("P122")
def the_definition_is_small_enough(machine: Machine) -> Broken:
    """A definition has at most 1,048,576 characters of JSON."""
    length = len(json.dumps(machine.definition, default=str))
    if length > MAX_DEFINITION:
        yield "the state machine", f"{length:,} characters of JSON; at most {MAX_DEFINITION:,}"


@rule("P123", severity="warning")
def every_task_has_a_limit(machine: Machine) -> Broken:
    """A Task ends by itself: without TimeoutSeconds a lost job is waited for up to a year."""
    for path, state in machine.of_type("Task"):
        if not {"TimeoutSeconds", "TimeoutSecondsPath"} & state.keys():
            yield path, "TimeoutSeconds is missing: a lost task would be waited for up to a year"


@rule("P124")
def a_heartbeat_is_shorter_than_the_timeout(machine: Machine) -> Broken:
    """HeartbeatSeconds is less than TimeoutSeconds; AWS refuses the contrary."""
    for path, state in machine.of_type("Task"):
        heartbeat, timeout = state.get("HeartbeatSeconds"), state.get("TimeoutSeconds")
        if isinstance(heartbeat, int) and isinstance(timeout, int) and heartbeat >= timeout:
            yield (
                f"{path}.HeartbeatSeconds",
                f"{heartbeat:,} is not less than TimeoutSeconds, {timeout:,}",
            )
