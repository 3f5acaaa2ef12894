"""Where the language's expressions stand: paths, payload templates, JSONata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.rules.fields import shaped
from pipelines.asl.checker.rules.tables import STATES
from pipelines.asl.checker.templates import Template, template, template_in
from pipelines.asl.comparisons import PATH_COMPARISONS
from pipelines.asl.model import Language, Machine, Object, Place, State, choice_rules

PATHS = ("InputPath", "OutputPath")
"""They can name several places."""
RESULT_PATH = "ResultPath"
REFERENCE_PATHS = (
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
)
"""They name one place."""
MAP_PATHS = (
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "MaxItemsPath",
    "MaxItemsPerBatchPath",
    "MaxInputBytesPerBatchPath",
)
"""They name one place, which does not lie in the context object."""
ITEMS_PATH = "ItemsPath"
MESSAGE_PATHS = ("ErrorPath", "CausePath")
"""They name one place, or call an intrinsic function."""
_COMPARED = {"Variable", *PATH_COMPARISONS}
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "BatchInput", "Assign", "Credentials")

Role = Literal["path", "result", "one value", "map", "items", "message"]
_ROLES: dict[str, Role] = {
    **dict.fromkeys(PATHS, "path"),
    RESULT_PATH: "result",
    **dict.fromkeys(REFERENCE_PATHS, "one value"),
    **dict.fromkeys(MAP_PATHS, "map"),
    ITEMS_PATH: "items",
    **dict.fromkeys(MESSAGE_PATHS, "message"),
}


class PathField(NamedTuple):
    """A field that holds a path, and what it is for."""

    place: Place
    text: str
    role: Role


@once_per_machine
def path_fields(machine: Machine) -> Iterator[PathField]:
    """Every field that holds a path and is a text, in the JSONPath states."""
    for place, found, shape, language in shaped(machine):
        if language == "JSONPath" and not found.keys().isdisjoint(_ROLES):
            for name, value in found.items():
                role = _ROLES.get(name)
                if role is not None and isinstance(value, str) and name in shape.fields:
                    yield PathField((*place, name), value, role)
    for state in _states(machine, "JSONPath", "Choice"):
        for place, found in choice_rules(state):
            for name, value in found.items():
                if name in _COMPARED and isinstance(value, str):
                    yield PathField((*place, name), value, "one value")


@once_per_machine
def templates(machine: Machine) -> Iterator[Template]:
    """Every payload template of the JSONPath states, where ``.$`` is read."""
    waiting = list(_templates(machine))
    for found in waiting:  # the list grows while it is walked
        yield found
        waiting += [template_in(place, value) for place, value in found.hidden]


def _templates(machine: Machine) -> Iterator[Template]:
    for state in _states(machine, "JSONPath", *STATES):
        known = STATES[state.type].fields
        for name in _TEMPLATES:
            if name in state.fields and name in known:
                yield template(state, name)
    for place, found, shape, language in shaped(machine):
        if language == "JSONPath" and shape.name not in _OF_STATES:
            for name in _TEMPLATES:
                if name in found and name in shape.fields:
                    yield template_in((*place, name), found[name])
    for state in _states(machine, "JSONPath", "Choice"):
        for place, rule in state.objects("Choices"):
            if "Assign" in rule:
                yield template_in((*place, "Assign"), rule["Assign"])


_OF_STATES = {shape.name for shape in STATES.values()}


def _states(machine: Machine, language: Language, *types: str) -> Iterator[State]:
    return (state for state in machine.of_type(*types) if state.language == language)


_ASSIGNERS = frozenset({"Assign", "Catch", "Choices"})
"""The fields of states in which there can be an Assign."""


class Assignment(NamedTuple):
    """An object in an Assign field."""

    place: Place
    values: Object
    state: State


@once_per_machine
def assignments(machine: Machine) -> Iterator[Assignment]:
    """Every Assign: of states, catchers and choice rules."""
    for state in machine.states:
        if _ASSIGNERS.isdisjoint(state.fields):
            continue
        owners: list[tuple[Place, Object]] = [(state.place, state.fields)]
        if state.type == "Choice":
            owners.extend(state.objects("Choices"))
        owners.extend(state.objects("Catch"))
        for place, owner in owners:
            values = owner.get("Assign")
            if isinstance(values, Mapping):
                yield Assignment((*place, "Assign"), values, state)
