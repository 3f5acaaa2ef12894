"""What a Task's resource answers."""

from __future__ import annotations

from pipelines.asl.checker.flow.values.types import (
    NEVER,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
)
from pipelines.asl.checker.flow.visit import Visit

ERROR_OUTPUT = Type(
    object=Object({"Error": Field(TEXT), "Cause": Field(TEXT, Presence.USUALLY)}, NEVER)
)
"""What a catcher gets; some errors have no cause."""


def check_request(visit: Visit, field: str) -> None:
    """Hold what fills the request in a field to the model of the service."""
    resource = visit.fields.get("Resource")
    if isinstance(resource, str) and visit.values:
        visit.problems += visit.around.misfits(resource, visit.state.at(field), visit.values)


def result_of_task(visit: Visit) -> Type:
    """The type of the answer; what a worker or a callback sends can be anything."""
    resource = visit.fields.get("Resource")
    if not isinstance(resource, str) or "${" in resource or "waitForTaskToken" in resource:
        return UNKNOWN
    return visit.around.result(resource)
