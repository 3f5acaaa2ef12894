"""What a Task's resource answers."""

from __future__ import annotations

from pipelines.asl.checker.flow.answers import refined
from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.literals import from_text
from pipelines.asl.checker.flow.values.types import (
    NEVER,
    NULL,
    TEXT,
    UNKNOWN,
    Field,
    Object,
    Presence,
    Type,
)
from pipelines.asl.checker.flow.visit import Visit
from pipelines.asl.checker.templates import template

_MESSAGE = join(TEXT, NULL)
ERROR_OUTPUT = Type(
    object=Object({"Error": Field(_MESSAGE), "Cause": Field(_MESSAGE, Presence.USUALLY)}, NEVER)
)
"""What a catcher gets; who ends a task by its token may give neither, some errors have no cause."""


def check_request(visit: Visit, field: str) -> None:
    """Hold what fills the request in a field to the model of the service: what expressions give,
    and texts that a substitution completes."""
    resource = visit.fields.get("Resource")
    if not isinstance(resource, str):
        return
    root = visit.state.at(field)
    values = visit.values.copy()
    for place, text in template(visit.state, field).completed:
        if not text.startswith("{%"):
            values.append((place, from_text(text)))
    if values:
        for problem in visit.around.misfits(resource, root, values):
            visit.note(problem)


def result_of_task(visit: Visit) -> Type:
    """The type of the answer; what a worker or a callback sends can be anything, unless it has
    been declared."""
    resource = visit.fields.get("Resource")
    answer = UNKNOWN
    if isinstance(resource, str) and "${" not in resource and "waitForTaskToken" not in resource:
        answer = visit.around.result(resource)
    return refined(answer, visit.around.declared(visit.state))
