"""The requests of a machine's Tasks, each with what it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.requests.values import Reading
from pipelines.asl.integrations import Integration, Problem, integration
from pipelines.asl.model import Machine, Place, State

FIELDS = {"JSONPath": "Parameters", "JSONata": "Arguments"}
"""The field that holds a Task's request, in each query language."""


@dataclass(frozen=True)
class Request:
    """What a Task sends.

    Attributes:
        state: The Task.
        found: What its Resource calls.
        place: Where the request stands, or would stand.
        value: The request; None: there is none, or an expression makes all of it.
    """

    state: State
    found: Integration
    place: Place
    value: Mapping[str, Any] | None

    @property
    def reading(self) -> Reading:
        """How the request is to be read."""
        return Reading(
            member=self.found.member,
            language=self.state.language,
            any_json=self.found.any_json,
            from_text=self.found.from_text,
            is_strict=self.found.is_strict,
            is_adapted=self.found.is_adapted,
            root=self.place,
            is_sdk=self.found.is_sdk,
        )


@once_per_machine
def requests_of(machine: Machine) -> Iterator[Request]:
    """Every Task whose Resource is known to call something."""
    for state in machine.of_type("Task"):
        found = resource_of(state)
        if isinstance(found, Integration):
            yield _request(state, found)


def resource_of(state: State) -> Integration | Problem | None:
    """What a Task calls; None: its Resource is not known before it is deployed."""
    resource = state.fields.get("Resource")
    return integration(resource) if isinstance(resource, str) else None


def _request(state: State, found: Integration) -> Request:
    field = FIELDS[state.language]
    value = state.fields.get(field)
    return Request(state, found, state.at(field), value if isinstance(value, Mapping) else None)
