"""Each Task's request against botocore's model of the service: offline, nothing is sent.

botocore comes with a description of every operation of every service.  This is the one
module beside aws.py that imports it, and only for that description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.findings import Finding, nearest
from pipelines.asl.model import Machine, Place
from pipelines.asl.resources import Resource, parse_resource
from pipelines.asl.shapes import Problem, problems

_SDK_NAMES = {"sfn": "stepfunctions", "cloudwatchlogs": "logs", "eventbridge": "events"}
"""Services that the aws-sdk integrations call by another name than botocore."""

_SAGEMAKER_JOBS = {
    "createHyperParameterTuningJob", "createLabelingJob", "createProcessingJob",
    "createTrainingJob", "createTransformJob",
}  # fmt: skip
_SAGEMAKER = {*_SAGEMAKER_JOBS, "createEndpoint", "createEndpointConfig", "createModel",
              "updateEndpoint"}  # fmt: skip
"""What the optimized integration of SageMaker can call; the rest of its API is aws-sdk's."""

REFERENCE = {
    "P201": "A Task calls an operation that its service has and its integration offers, "
    "beginning with a small letter; only jobs have .sync.",
    "P202": "A request has only members that the operation's input has.",
    "P203": "A request has every member that the operation requires.",
    "P204": "A member holds a value of its type.",
    "P205": "A member holds one of the values that its enumeration has.",
    "P206": "A text matches the pattern that the service demands.",
    "P207": "A text's length, a list's size and a number are within the service's bounds.",
}
"""What each rule about requests says."""


def check_requests(definition: Any) -> list[Finding]:
    """Every request that its service would refuse, as far as its values are known.

    The value of a ``"Key.$"`` is not known, nor is a text with a ``${Name}`` in it: only that
    the member is there counts.  Resources that are no AWS API (Lambda functions,
    activities) and services that botocore does not know are left alone.
    """
    if not isinstance(definition, Mapping):
        return []
    return [
        Finding(rule, message, place)
        for state in Machine(definition).of_type("Task")
        for rule, message, place in _check_task(state.place, state.fields)
    ]


def _check_task(place: Place, state: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        resource = parse_resource(str(state.get("Resource")))
    except AslSyntaxError:
        return
    service = _service_model(resource.service.removeprefix("aws-sdk:"))
    if service is None:
        return
    operations = {name[0].lower() + name[1:]: name for name in service.operation_names}
    if resource.action not in operations:
        known = nearest(resource.action, operations)
        yield "P201", f"{resource.service} has no operation {resource.action!r}{known}", place
        return
    if problem := _misused(resource):
        yield "P201", problem, place
        return
    shape = service.operation_model(operations[resource.action]).input_shape
    request = state.get("Parameters", {})
    if not isinstance(request, Mapping) or shape is None:
        return
    names = _pascal_case if resource.service.startswith("aws-sdk:") else _as_is
    yield from problems((*place, "Parameters"), request, shape, names)


def _misused(resource: Resource) -> str:
    """Why the integration cannot call the operation in this way; empty if it can."""
    if resource.service.startswith("aws-sdk:") and resource.pattern.startswith("sync"):
        return f"aws-sdk integrations have no .{resource.pattern}"
    if resource.service != "sagemaker":
        return ""
    if resource.action not in _SAGEMAKER:
        return f"sagemaker:{resource.action} is only to be had as aws-sdk:sagemaker"
    if resource.pattern and (resource.action not in _SAGEMAKER_JOBS or resource.pattern != "sync"):
        return f"sagemaker:{resource.action} has no .{resource.pattern}"
    return ""


def _as_is(member: str) -> str:
    return member


def _pascal_case(member: str) -> str:
    """How aws-sdk integrations write a member's name, whatever the service does."""
    return member[:1].upper() + member[1:]


@lru_cache(maxsize=32)
def _service_model(name: str) -> Any:
    """botocore's model of the service, which takes a tenth of a second; None if it has none."""
    import botocore.session
    from botocore.exceptions import UnknownServiceError

    try:
        return botocore.session.Session().get_service_model(_SDK_NAMES.get(name, name))
    except UnknownServiceError:
        return None
