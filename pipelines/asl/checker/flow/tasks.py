"""What a Task's resource answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.flow.values.literals import from_text
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
from pipelines.asl.model import Place, strings

ERROR_OUTPUT = Type(
    object=Object({"Error": Field(TEXT), "Cause": Field(TEXT, Presence.USUALLY)}, NEVER)
)
"""What a catcher gets; some errors have no cause."""


def check_request(visit: Visit, field: str) -> None:
    """Hold what fills the request in a field to the model of the service: what expressions give,
    and texts that a substitution completes."""
    resource = visit.fields.get("Resource")
    if not isinstance(resource, str):
        return
    root = visit.state.at(field)
    values = [*visit.values, *_completed(root, visit.fields.get(field))]
    if values:
        for problem in visit.around.misfits(resource, root, values):
            visit.note(problem)


def _completed(root: Place, request: Any) -> Iterator[tuple[Place, Type]]:
    """The texts of a request of which a part is known only when it is deployed."""
    for place, text in strings(root, request):
        is_expression = str(place[-1]).endswith(".$") or text.startswith("{%")
        if "${" in text and not is_expression:
            yield place, from_text(text)


def result_of_task(visit: Visit) -> Type:
    """The type of the answer; what a worker or a callback sends can be anything."""
    resource = visit.fields.get("Resource")
    if not isinstance(resource, str) or "${" in resource or "waitForTaskToken" in resource:
        return UNKNOWN
    return visit.around.result(resource)
