"""Limits: the quotas of the service, and times that bound every task."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine

MAX_NAME = 80
MAX_DEFINITION = 1_048_576


@rule("P121")
def names_are_short_enough(machine: Machine) -> Iterator[Broken]:
    """A state's name has 1 to 80 characters: AWS's quota, though the SDK says 128."""
    for state in machine.states:
        length = len(state.name)
        if not 1 <= length <= MAX_NAME:
            yield Broken(state.place, f"the name has {length} characters; at most {MAX_NAME}")


@rule("P122")
def the_definition_is_small_enough(machine: Machine) -> Iterator[Broken]:
    """A definition has at most 1,048,576 characters of JSON."""
    length = len(json.dumps(machine.definition, default=str))
    if length > MAX_DEFINITION:
        yield Broken((), f"{length:,} characters of JSON; at most {MAX_DEFINITION:,}")


@rule("P123", severity="warning")
def every_task_has_a_limit(machine: Machine) -> Iterator[Broken]:
    """A Task ends by itself: without TimeoutSeconds a lost job is waited for up to a year."""
    for state in machine.of_type("Task"):
        if not {"TimeoutSeconds", "TimeoutSecondsPath"} & state.fields.keys():
            yield Broken(
                state.place,
                "TimeoutSeconds is missing: a lost task would be waited for up to a year",
            )


@rule("P124")
def a_heartbeat_is_shorter_than_the_timeout(machine: Machine) -> Iterator[Broken]:
    """HeartbeatSeconds is less than TimeoutSeconds; AWS refuses the contrary."""
    for state in machine.of_type("Task"):
        fields = state.fields
        heartbeat, timeout = fields.get("HeartbeatSeconds"), fields.get("TimeoutSeconds")
        if isinstance(heartbeat, int) and isinstance(timeout, int) and heartbeat >= timeout:
            yield Broken(
                state.at("HeartbeatSeconds"),
                f"{heartbeat:,} is not less than TimeoutSeconds, {timeout:,}",
            )
