"""Limits: names, the size of the definition, and times that bound every task."""

from __future__ import annotations

import json
import marshal
import re
from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.rules.examples import ACTIVITY, END, machine, task
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, State

_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"
_SPECIFICATION = "https://states-language.net/spec.html"
MAX_NAME = 80
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
MAX_DEFINITION = 1_048_576


@rule(
    "P121",
    source=f"{_SPECIFICATION}#states-fields",
    quote="The state name MUST be unique within the scope of the entire state machine, and its "
    "length MUST BE less than or equal to 80 Unicode characters.",
    bad=machine(**{"Check that every row has as many columns as the header of the file says it has"
                   "!!!": END}),
    good=machine(**{"Check the rows": END}),
)  # fmt: skip
def names_are_short_enough(machine: Machine) -> Iterator[Broken]:
    """A state's name has 1 to 80 characters: AWS's quota, though the SDK says 128."""
    for scope in machine.scopes:
        for name in scope.names:
            length = len(str(name))
            if not 1 <= length <= MAX_NAME:
                place = scope.at("States", str(name))
                yield Broken(place, f"the name has {length} characters; 1 to {MAX_NAME} can be")


@rule(
    "P119",
    "warning",
    source="https://docs.aws.amazon.com/step-functions/latest/apireference/"
    "API_ValidateStateMachineDefinitionDiagnostic.html",
    quote="INVALID_STATE_NAME: The state name does not follow the naming convention.",
    bad=machine(**{"Check\tthe rows": END}),
    good=machine(**{"Check the rows": END}),
)
def names_can_be_printed(machine: Machine) -> Iterator[Broken]:
    """A state's name has no control characters, such as a tab or the end of a line."""
    for scope in machine.scopes:
        for name in scope.names:
            if match := _CONTROL.search(str(name)):
                place = scope.at("States", str(name))
                yield Broken(place, f"the name has the control character {match[0]!r}")


@rule(
    "P122",
    source="https://docs.aws.amazon.com/step-functions/latest/apireference/"
    "API_CreateStateMachine.html",
    quote="Length Constraints: Minimum length of 1. Maximum length of 1048576.",
)
def the_definition_is_small_enough(machine: Machine) -> Iterator[Broken]:
    """A definition has at most 1,048,576 characters of JSON."""
    if not _may_be_too_large(machine.definition):
        return
    length = len(json.dumps(machine.definition, default=str, ensure_ascii=False))
    if length > MAX_DEFINITION:
        yield Broken(
            (),
            f"{length:,} characters of JSON; {MAX_DEFINITION:,} can be",
            "Move a part into a state machine of its own, and start it with states:startExecution.",
        )


def _may_be_too_large(definition: Any) -> bool:
    """Whether it is worth writing the JSON down to count it, which takes ten times as long.

    What is one byte when it is marshalled (``T``, for true) has at most seven characters in JSON.
    """
    try:
        return len(marshal.dumps(definition, 0)) * 7 > MAX_DEFINITION
    except ValueError:  # a value that JSON does not have either
        return True


@rule(
    "P123",
    "warning",
    source=f"{_GUIDE}sfn-best-practices.html",
    quote="By default, the Amazon States Language doesn't specify timeouts for state machine "
    "definitions.",
    bad=machine(Check={"Type": "Task", "Resource": ACTIVITY, "End": True}),
    good=machine(Check={"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 60, "End": True}),
)
def every_task_has_a_limit(machine: Machine) -> Iterator[Broken]:
    """A Task ends by itself: without TimeoutSeconds a lost job is waited for up to a year.  Where
    a worker or somebody with a task token answers, HeartbeatSeconds is as good."""
    for state in machine.of_type("Task"):
        limits = _ENDS_AND_BEATS if _has_heartbeats(state) else _ENDS
        if not limits & state.fields.keys():
            yield Broken(
                state.place,
                "TimeoutSeconds is missing: a lost task would be waited for up to a year",
                "Add TimeoutSeconds, longer than the work can take.",
            )


_ENDS = frozenset({"TimeoutSeconds", "TimeoutSecondsPath"})
_ENDS_AND_BEATS = _ENDS | {"HeartbeatSeconds", "HeartbeatSecondsPath"}


def _has_heartbeats(state: State) -> bool:
    """Whether somebody is waited for who is to send heartbeats."""
    resource = state.fields.get("Resource")
    return isinstance(resource, str) and (
        resource.endswith(".waitForTaskToken") or ":activity:" in resource
    )


@rule(
    "P124",
    source=f"{_SPECIFICATION}#timeouts",
    quote='If provided, the "HeartbeatSeconds" interval MUST be smaller than the "TimeoutSeconds" '
    "value.",
    bad=machine(Check=task(TimeoutSeconds=60, HeartbeatSeconds=60)),
    good=machine(Check=task(TimeoutSeconds=60, HeartbeatSeconds=20)),
)
def a_heartbeat_is_shorter_than_the_timeout(machine: Machine) -> Iterator[Broken]:
    """HeartbeatSeconds is less than TimeoutSeconds; AWS refuses the contrary."""
    for state in machine.of_type("Task"):
        heartbeat = state.fields.get("HeartbeatSeconds")
        timeout = state.fields.get("TimeoutSeconds")
        if isinstance(heartbeat, int) and isinstance(timeout, int) and heartbeat >= timeout:
            yield Broken(
                state.at("HeartbeatSeconds"),
                f"{heartbeat:,} is not less than TimeoutSeconds, {timeout:,}",
            )
