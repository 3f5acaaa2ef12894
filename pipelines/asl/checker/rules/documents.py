"""What is wrong with the document itself, before it is a state machine.

What JSON forbids is lost once it has been read, so that the reader finds it and hands it on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pipelines.asl.findings import RULES, Broken, Finding, rule
from pipelines.asl.model import Machine, Place, Step

MAX_DEPTH = 300
"""Objects and lists within one another; ten Maps in one another are 40 deep."""
_DIAGNOSTICS = (
    "https://docs.aws.amazon.com/step-functions/latest/apireference/"
    "API_ValidateStateMachineDefinitionDiagnostic.html"
)


@rule(
    "P117",
    source="https://states-language.net/spec.html#states-fields",
    quote="State names MUST be unique within the scope of the whole state machine.",
    bad="""{
  "StartAt": "Only",
  "States": {
    "Only": {"Type": "Fail"},
    "Only": {"Type": "Pass", "End": true}
  }
}""",
    good="""{
  "StartAt": "Only",
  "States": {"Only": {"Type": "Pass", "End": true}}
}""",
)
def a_state_stands_once(machine: Machine) -> Iterator[Broken]:
    """States has each name once.  Of two states with one name, only one can be reached."""
    return iter(())  # `repeated` says it, of what the reader of the document has found


@rule(
    "P125",
    severity="warning",
    source="https://www.rfc-editor.org/rfc/rfc8259#section-4",
    quote="The names within an object SHOULD be unique.",
    bad="""{
  "StartAt": "Only",
  "States": {"Only": {"Type": "Pass", "Result": 1, "Result": 2, "End": true}}
}""",
    good="""{
  "StartAt": "Only",
  "States": {"Only": {"Type": "Pass", "Result": 2, "End": true}}
}""",
)
def every_key_stands_once(machine: Machine) -> Iterator[Broken]:
    """An object has each key once.  Which of two values counts is up to whoever reads it."""
    return iter(())  # `repeated` says it, too


def repeated(machine: Machine, places: Collection[Place]) -> Iterator[Finding]:
    """What breaks `a_state_stands_once` and `every_key_stands_once`."""
    if not places:
        return
    names = {scope.at("States") for scope in machine.scopes}
    for place in places:
        id, what = ("P117", "state") if place[:-1] in names else ("P125", "key")
        message = f"the {what} {place[-1]!r} stands here more than once"
        remedy = "Rename one." if what == "state" else "Delete one."
        yield Finding(id, message, place, RULES[id].severity, remedy)


@rule(
    "P118",
    source=_DIAGNOSTICS,
    quote="TOO_DEEPLY_NESTED: The states are too deeply nested.",
)
def nothing_is_nested_too_deep(machine: Machine) -> Iterator[Broken]:
    """Objects and lists are nested at most 300 deep.  No other rule looks at a definition that
    breaks this one."""
    if (place := deepest(machine.definition)) is not None:
        yield Broken(place, f"more than {MAX_DEPTH} objects and lists within one another")


def deepest(value: Any) -> Place | None:
    """Where to begin to look for what is nested too deep: two keys; None: nothing is.

    Goes down level by level: what may be nested without end cannot be looked at recursively.
    """
    if not _is_too_deep(value):
        return None
    place: list[Step] = []
    while len(place) < 2:
        above = len(place) + 1
        step, value = next(each for each in _within(value) if _is_too_deep(each[1], above))
        place.append(step)
    return tuple(place)


def _is_too_deep(value: Any, above: int = 0) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH - above):
        level = [
            each
            for item in level
            for each in (item.values() if isinstance(item, dict) else item)
            if type(each) not in _FLAT and isinstance(each, (dict, list))
        ]
        if not level:
            return False
    return True


_FLAT = frozenset({str, int, float, bool, type(None)})
"""What nothing is nested in: of nearly every value it is enough to ask for its type."""


def _within(value: Any) -> Iterator[tuple[Step, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return ((step, each) for step, each in items if isinstance(each, (dict, list)))
