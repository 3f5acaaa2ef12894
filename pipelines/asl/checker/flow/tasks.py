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


def result_of_task(visit: Visit) -> Type:
    """The type of the answer; what a worker or a callback sends can be anything."""
    resource = visit.fields.get("Resource")
    if not isinstance(resource, str) or "${" in resource or "waitForTaskToken" in resource:
        return UNKNOWN
    return visit.around.result(resource)
