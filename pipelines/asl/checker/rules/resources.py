"""A Task's Resource: that it can be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.asl.checker.rules.examples import ACTIVITY, machine
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine

_ARN = re.compile(r"arn:(?P<partition>[^:]*):(?P<service>[^:]*):[^:]*:[^:]*:.+", re.DOTALL)
_PARTITION = re.compile(r"(?:aws(?:-[a-z]+)*)?|.*[^a-z-].*")
"""Of AWS's; nothing, or what is no name in small letters, something else may stand for."""
_SERVICES = ("states", "lambda", "swf", "")
"""Whose ARNs can be tasks; swf and nothing stand in old examples of AWS's."""
_INTEGRATION = re.compile(
    r"arn:[^:]*:states:[^:]*:[^:]*:(?!activity:)(?:aws-sdk:)?[^:.]+:[^:.]+"
    r"(?:\.(?P<pattern>.*))?"
)
_PATTERNS = ("sync", "sync:2", "waitForTaskToken")
_PLACEHOLDER = re.compile(
    r"[<%#]|\[\[|\(\(|REPLACE|\$\w+|__\w+__|[A-Z0-9]+(?:_[A-Z0-9]+)+|\.\.\.|…"
    r"|(?:lambda|function|activity|task|state|resource)\w*(?:ARN|Arn)|\{[A-Za-z_][\w.]*\}"
)
"""What stands in samples for an ARN to fill in: <arn>, %ARN%, #{arn}, $ARN, MY_ACTIVITY_ARN,
functionARN, {Function.Arn}."""
_SIGNS = ("<", "%", "#", "[[", "((", "REPLACE")


def _task(resource: str, **fields: object) -> dict[str, object]:
    state = {"Type": "Task", "Resource": resource, "TimeoutSeconds": 60, **fields, "End": True}
    return machine(Only=state)


@rule(
    "P154",
    source="https://docs.aws.amazon.com/step-functions/latest/apireference/"
    "API_ValidateStateMachineDefinitionDiagnostic.html",
    quote="INVALID_RESOURCE: The value of a Task-state resource field is invalid.",
    bad=_task("createProcessingJob"),
    good=_task(ACTIVITY),
)
def every_resource_can_be_a_task(machine: Machine) -> Iterator[Broken]:
    """Resource is an ARN: of a service integration, a Lambda function or an activity; not that of
    what a service is to work with, a topic or a queue.  A service integration's pattern is .sync,
    .sync:2 or .waitForTaskToken."""
    for state in machine.of_type("Task"):
        resource = state.fields.get("Resource")
        if not isinstance(resource, str) or _is_plain(resource):
            continue
        place = state.at("Resource")
        arn = _ARN.fullmatch(resource)
        if arn is None:
            yield Broken(
                place,
                f"{resource!r} is not an ARN",
                "Write arn:aws:states:::…, or a Lambda function's or activity's ARN.",
            )
        elif not _PARTITION.fullmatch(arn["partition"]):
            known = nearest(arn["partition"], ("aws", "aws-cn", "aws-us-gov"))
            yield Broken(place, f"there is no partition {arn['partition']!r}{known}")
        elif arn["service"] not in _SERVICES and not arn["service"].isupper():
            near = nearest(arn["service"], ("states", "lambda"))
            yield Broken(
                place,
                f"nothing of {arn['service']}'s is a task{near}",
                "Call the service: arn:aws:states:::<service>:<action>.",
            )
        elif (match := _INTEGRATION.fullmatch(resource)) and _is_unknown(match["pattern"]):
            known = ", ".join(f".{each}" for each in _PATTERNS)
            yield Broken(place, f".{match['pattern']} is none of {known}")


def _is_unknown(pattern: str | None) -> bool:
    return pattern is not None and pattern not in _PATTERNS


@lru_cache(maxsize=1024)
def _is_plain(resource: str) -> bool:
    """Whether it is clear at once that a Resource can be one, or is filled in."""
    if is_open(resource) or _is_placeholder(resource):
        return True
    call = _INTEGRATION.fullmatch(resource)
    return (
        call is not None
        and call["pattern"] in (None, *_PATTERNS)
        and (arn := _ARN.fullmatch(resource)) is not None
        and _PARTITION.fullmatch(arn["partition"]) is not None
    )


def _is_placeholder(resource: str) -> bool:
    found = _PLACEHOLDER.search(resource)
    return found is not None and (found[0] in _SIGNS or found[0] == resource)
