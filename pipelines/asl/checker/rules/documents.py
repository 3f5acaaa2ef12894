"""What is wrong with the document itself, before it is a state machine.

What JSON forbids is lost once it has been read, so that the reader finds it and hands it on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pipelines.asl.checker.contents import MAX_DEPTH, contents, contents_of
from pipelines.asl.findings import RULES, Broken, Finding, rule
from pipelines.asl.model import Machine, Place, Step

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
    if contents(machine).is_too_deep:
        place = _deepest(machine.definition)
        yield Broken(place, f"more than {MAX_DEPTH} objects and lists within one another")


def _deepest(value: Any) -> Place:
    """Where to begin to look for what is nested too deep: two keys."""
    place: list[Step] = []
    for above in (1, 2):
        parts = ((step, each, contents_of(each, above)) for step, each in _within(value))
        step, value, _ = next(part for part in parts if part[2].is_too_deep)
        place.append(step)
    return tuple(place)


def _within(value: Any) -> Iterator[tuple[Step, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return ((step, each) for step, each in items if isinstance(each, (dict, list)))
