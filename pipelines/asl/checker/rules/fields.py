"""Fields: which ones there are, which ones must be there, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.rules.examples import machine, task
from pipelines.asl.checker.rules.kinds import is_of_kind, is_open, phrase
from pipelines.asl.checker.rules.shapes import Field, Shape, Shaped, with_nested
from pipelines.asl.checker.rules.tables import MACHINE, STATES
from pipelines.asl.findings import Broken, meant, nearest, rule
from pipelines.asl.jsonata import is_expression
from pipelines.asl.model import Language, Machine, Place

SPECIFICATION = "https://states-language.net/spec.html"


@once_per_machine
def shaped(machine: Machine) -> Iterator[Shaped]:
    """Every object that has a table of fields."""
    yield Shaped((), machine.definition, MACHINE, machine.language)
    for state in machine.states:
        shape = STATES.get(state.type)
        if shape is not None:
            yield from with_nested(Shaped(state.place, state.fields, shape, state.language))


def shown(value: Any) -> str:
    """A value as JSON, short enough for a message.

    >>> shown({"a": None}), shown("x" * 99)
    ('{"a": null}', '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…')
    """
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:40]}…"


_TYPES = tuple(STATES)
"""In a tuple anything can be looked up, also what has no hash."""


@rule(
    "P101",
    source=f"{SPECIFICATION}#states-fields",
    quote='All states MUST have a "Type" field.',
    bad=machine(Only={"Type": "Pas", "End": True}),
    good=machine(Only={"Type": "Pass", "End": True}),
)
def every_state_has_a_type(machine: Machine) -> Iterator[Broken]:
    """States is an object with one or more states, each of them an object whose Type is Choice,
    Fail, Map, Parallel, Pass, Succeed, Task or Wait."""
    for scope in machine.scopes:
        states = scope.fields.get("States")
        if isinstance(states, Mapping) and not states:
            yield Broken(scope.at("States"), "there are no states")
        for name, state in states.items() if isinstance(states, Mapping) else ():
            if isinstance(state, dict) and state.get("Type") in _TYPES:
                continue
            place = scope.at("States", str(name))
            if not isinstance(state, Mapping):
                yield Broken(place, "a state is an object")
            elif "Type" not in state:
                yield Broken(place, "Type is missing", f"Add one of {', '.join(STATES)}.")
            elif not isinstance(type := state["Type"], str):
                yield Broken((*place, "Type"), f"{shown(type)} is not a text")
            elif type not in STATES and not is_open(type):
                known = f"{', '.join(STATES)}{nearest(type, STATES)}"
                yield Broken((*place, "Type"), f"{type!r} is none of {known}")


@rule(
    "P102",
    source=f"{SPECIFICATION}#state-type-table-jsonpath",
    quote="The following tables summarize which common fields can appear in which states for "
    "JSONata States and JSONPath States.",
    bad=machine(Only={"Type": "Pass", "ResultPaht": "$.x", "End": True}),
    good=machine(Only={"Type": "Pass", "ResultPath": "$.x", "End": True}),
)
def every_field_is_known(machine: Machine) -> Iterator[Broken]:
    """A state machine, a state, and each object within them have only the fields that the
    language has for them.  AWS answers any other with ``Field '…' is not supported``."""
    for place, found, shape, _ in shaped(machine):
        if found.keys() <= shape.fields.keys():
            continue
        for name in found:
            if name not in shape.fields and not is_open(name):
                known = nearest(str(name), shape.fields)
                yield Broken((*place, str(name)), f"{shape.name} has no field {name!r}{known}")


@rule(
    "P103",
    source=f"{SPECIFICATION}#transition",
    quote='All non-terminal states MUST have a "Next" field, except for the Choice State.',
    bad=machine(Only={"Type": "Pass"}),
    good=machine(Only={"Type": "Pass", "End": True}),
)
def required_fields_are_there(machine: Machine) -> Iterator[Broken]:
    """What must be there is: StartAt and States; Next or End; a Task's Resource, a Choice's
    Choices, a Parallel's Branches, a Map's ItemProcessor; one of the four times of a Wait;
    ErrorEquals, a catcher's Next, and so on.  Of one that is misspelt, only that is told."""
    for place, found, shape, language in shaped(machine):
        for group in shape.needed:
            if not found.keys().isdisjoint(group) or _is_misspelt(group, found, shape):
                continue
            names = [name for name in group if shape.fields[name].is_of(language)]
            yield Broken(place, f"{' or '.join(names)} is missing")


def _is_misspelt(group: Sequence[str], found: Mapping[str, Any], shape: Shape) -> bool:
    """Whether a field that there is not seems to mean one of these."""
    unknown = [str(name) for name in found if name not in shape.fields]
    return any(meant(name, shape.fields) in group for name in unknown)


@rule(
    "P104",
    source=f"{SPECIFICATION}#timeouts",
    quote='A Task State MUST NOT include both "TimeoutSeconds" and "TimeoutSecondsPath" or both '
    '"HeartbeatSeconds" and "HeartbeatSecondsPath".',
    bad=machine(Only=task(TimeoutSecondsPath="$.limit")),
    good=machine(Only=task()),
)
def fields_exclude_each_other(machine: Machine) -> Iterator[Broken]:
    """A state has Next or End, a fixed value or its Path form, an ItemProcessor or the older
    Iterator, and not both."""
    for place, found, shape, _ in shaped(machine):
        for group in shape.exclusive:
            present = [name for name in group if name in found and _counts(found, name)]
            if len(present) > 1:
                yield Broken(place, f"{' and '.join(present)} exclude each other")


def _counts(found: Mapping[str, Any], name: str) -> bool:
    """Whether a field says something; ``"End": false`` beside a Next says what Next says."""
    return not (name == "End" and found[name] is False)


@rule(
    "P105",
    source=f"{SPECIFICATION}#timeouts",
    quote='Timeouts (the "TimeoutSeconds" and "HeartbeatSeconds" fields) are specified in seconds '
    "and MUST be positive integers.",
    bad=machine(Only=task(TimeoutSeconds="60")),
    good=machine(Only=task(TimeoutSeconds=60)),
)
def every_field_holds_what_it_should(machine: Machine) -> Iterator[Broken]:
    """A field holds a value of its type and within its bounds: TimeoutSeconds is 1 to
    99,999,999, BackoffRate at least 1.0, JitterStrategy FULL or NONE, QueryLanguage JSONPath or
    JSONata, a timestamp RFC 3339 with T and Z or an offset.  Only in JSONata states can an
    expression stand for such a value."""
    for place, found, shape, language in shaped(machine):
        for name, value in found.items():
            field = shape.fields.get(name)
            if field is not None and not field.takes(value) and field.is_of(language):
                yield from _problems((*place, name), value, field, language)
        if found.get("End") is False and "End" in shape.fields and "Next" not in found:
            yield Broken((*place, "End"), "End is true, or it is left out and there is a Next")


def _problems(place: Place, value: Any, field: Field, language: Language) -> Iterator[Broken]:
    """Why the field cannot hold the value."""
    if field.expression and language == "JSONata" and is_expression(value):
        return
    if isinstance(value, list) and field.kind in ("texts", "objects"):
        of_list: dict[str, Field] = {"texts": Field("text"), "objects": Field("object")}
        for number, item in enumerate(value):
            yield from _problems((*place, number), item, of_list[field.kind], language)
        if not value:
            yield Broken(place, "the list is empty")
    elif not is_of_kind(value, field.kind):
        yield Broken(place, f"{shown(value)} is not {_expected(field, language)}")
    elif is_open(value):
        return
    elif field.words and value not in field.words:
        yield Broken(place, f"{shown(value)} is not {' or '.join(field.words)}")
    elif field.least is not None and not value >= field.least:
        yield Broken(place, f"{value:,} is less than {field.least:,}")
    elif field.most is not None and not value <= field.most:
        yield Broken(place, f"{value:,} is more than {field.most:,}")


def _expected(field: Field, language: Language) -> str:
    expected = phrase(field.kind)
    if field.expression and language == "JSONata":
        expected += f" or {phrase('expression')}"
    return expected
