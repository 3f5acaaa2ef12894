"""Fields: which ones there are, which ones must be there, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, Object, Place
from pipelines.asl.timestamps import parse_timestamp

Kind = Literal[
    "anything", "object", "list", "text", "path", "path or null", "true or false", "integer",
    "number", "timestamp",
]  # fmt: skip

LONGEST_S = 99_999_999
"""The greatest TimeoutSeconds, IntervalSeconds and the like."""


@dataclass(frozen=True)
class Field:
    """What a field holds; bounds are inclusive, `words` are all that a text can be."""

    kind: Kind
    required: bool = False
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()


Fields = dict[str, Field]

_SECONDS = Field("integer", least=1, most=LONGEST_S)
_PATH = Field("path or null")
_COMMENTED: Fields = {"Comment": Field("text")}
_ANY_STATE: Fields = {
    **_COMMENTED,
    "Type": Field("text", required=True),
    "QueryLanguage": Field("text", words=("JSONPath",)),
}
_PASSING: Fields = {**_ANY_STATE, "InputPath": _PATH, "OutputPath": _PATH}
_GOING_ON: Fields = {**_PASSING, "Next": Field("text"), "End": Field("true or false")}

MACHINE: Fields = {
    **_COMMENTED,
    "StartAt": Field("text", required=True),
    "States": Field("object", required=True),
    "Version": Field("text", words=("1.0",)),
    "TimeoutSeconds": _SECONDS,
    "QueryLanguage": Field("text", words=("JSONPath",)),
}
STATES: dict[str, Fields] = {
    "Choice": {
        **_PASSING,
        "Choices": Field("list", required=True),
        "Default": Field("text"),
    },
    "Fail": {
        **_ANY_STATE,
        "Error": Field("text"),
        "ErrorPath": Field("path"),
        "Cause": Field("text"),
        "CausePath": Field("path"),
    },
    "Pass": {
        **_GOING_ON,
        "Parameters": Field("anything"),
        "Result": Field("anything"),
        "ResultPath": _PATH,
    },
    "Succeed": _PASSING,
    "Task": {
        **_GOING_ON,
        "Resource": Field("text", required=True),
        "Parameters": Field("anything"),
        "ResultSelector": Field("object"),
        "ResultPath": _PATH,
        "TimeoutSeconds": _SECONDS,
        "TimeoutSecondsPath": Field("path"),
        "HeartbeatSeconds": _SECONDS,
        "HeartbeatSecondsPath": Field("path"),
        "Credentials": Field("object"),
        "Retry": Field("list"),
        "Catch": Field("list"),
    },
    "Wait": {
        **_GOING_ON,
        "Seconds": Field("integer", least=0, most=LONGEST_S),
        "SecondsPath": Field("path"),
        "Timestamp": Field("timestamp"),
        "TimestampPath": Field("path"),
    },
}
"""The state types that this package knows, each with its fields."""
RETRIER: Fields = {
    **_COMMENTED,
    "ErrorEquals": Field("list", required=True),
    "IntervalSeconds": _SECONDS,
    "MaxAttempts": Field("integer", least=0, most=LONGEST_S),
    "BackoffRate": Field("number", least=1.0),
    "MaxDelaySeconds": Field("integer", least=1, most=31_622_399),
    "JitterStrategy": Field("text", words=("FULL", "NONE")),
}
CATCHER: Fields = {
    **_COMMENTED,
    "ErrorEquals": Field("list", required=True),
    "Next": Field("text", required=True),
    "ResultPath": _PATH,
}

_ONE_OF = {
    "Task": (("Next", "End"),),
    "Pass": (("Next", "End"),),
    "Wait": (("Next", "End"), ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")),
}
_AT_MOST_ONE_OF = {
    "Task": (
        ("TimeoutSeconds", "TimeoutSecondsPath"),
        ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ),
    "Fail": (("Error", "ErrorPath"), ("Cause", "CausePath")),
}


def _objects(machine: Machine) -> Iterator[tuple[Place, Object, Fields]]:
    """Every object with a table of fields, with its place."""
    yield (), machine.definition, MACHINE
    for state in machine.of_type(*STATES):
        yield state.place, state.fields, STATES[state.type]
        for place, retrier in state.objects("Retry"):
            yield place, retrier, RETRIER
        for place, catcher in state.objects("Catch"):
            yield place, catcher, CATCHER


@rule("P101")
def every_state_has_a_type(machine: Machine) -> Iterator[Broken]:
    """States is an object of objects, each of which has a Type that this project runs:
    Choice, Fail, Pass, Succeed, Task or Wait."""
    for scope in machine.scopes:
        states = scope.fields.get("States")
        if isinstance(states, Mapping) and not states:
            yield Broken(scope.at("States"), "there are no states")
        for name, state in states.items() if isinstance(states, Mapping) else ():
            place = scope.at("States", str(name))
            if not isinstance(state, Mapping):
                yield Broken(place, "a state is an object")
            elif isinstance(type := state.get("Type"), str) and type not in STATES:
                known = f"{', '.join(STATES)}{nearest(type, STATES)}"
                yield Broken((*place, "Type"), f"{type!r} is none of {known}")
            elif "Type" not in state:
                yield Broken(place, "Type is missing")
            elif not isinstance(type, str):
                yield Broken((*place, "Type"), f"{type!r} is not a text")


@rule("P102")
def every_field_is_known(machine: Machine) -> Iterator[Broken]:
    """A state machine, a state, a retrier and a catcher have only fields that the language
    has for them; AWS refuses any other one."""
    for place, found, fields in _objects(machine):
        for name in found:
            if name not in fields:
                known = nearest(str(name), fields)
                yield Broken((*place, str(name)), f"there is no such field here{known}")


@rule("P103")
def required_fields_are_there(machine: Machine) -> Iterator[Broken]:
    """StartAt and States; a Task's Resource; a Choice's Choices; ErrorEquals; a catcher's Next;
    and of Next and End, or the four forms of Wait, exactly one."""
    for place, found, fields in _objects(machine):
        for name, field in fields.items():
            if field.required and name not in found:
                yield Broken(place, f"{name} is missing")
    for type, groups in _ONE_OF.items():
        for state in machine.of_type(type):
            for group in groups:
                if not set(group) & state.fields.keys():
                    yield Broken(state.place, f"{' or '.join(group)} is missing")


@rule("P104")
def fields_exclude_each_other(machine: Machine) -> Iterator[Broken]:
    """A state has Next or End, a fixed value or a Path, and not both."""
    for table in (_ONE_OF, _AT_MOST_ONE_OF):
        for type, groups in table.items():
            for state in machine.of_type(type):
                for group in groups:
                    present = [name for name in group if name in state.fields]
                    if len(present) > 1:
                        yield Broken(state.place, f"{' and '.join(present)} exclude each other")


@rule("P105")
def every_field_holds_what_it_should(machine: Machine) -> Iterator[Broken]:
    """A field holds a value of its type and within its bounds: TimeoutSeconds is 1 to
    99,999,999, BackoffRate at least 1.0, JitterStrategy FULL or NONE, QueryLanguage JSONPath."""
    for place, found, fields in _objects(machine):
        for name, field in fields.items():
            if name in found and (problem := _problem(found[name], field)):
                yield Broken((*place, name), problem)
    for state in machine.of_type("Pass", "Task", "Wait"):
        if state.fields.get("End") is False:
            yield Broken(state.at("End"), "End is true, or it is left out")


def _problem(value: Any, field: Field) -> str:
    """Why the field cannot hold the value; empty if it can."""
    if not _is(value, field.kind):
        return f"{value!r} is not {_article(field.kind)}"
    if field.words and value not in field.words:
        return f"{value!r} is not {' or '.join(field.words)}"
    if field.least is not None and value < field.least:
        return f"{value:,} is less than {field.least:,}"
    if field.most is not None and value > field.most:
        return f"{value:,} is more than {field.most:,}"
    return ""


def _is(value: Any, kind: Kind) -> bool:
    match kind:
        case "object":
            return isinstance(value, Mapping)
        case "list":
            return isinstance(value, list)
        case "text" | "path":
            return isinstance(value, str)
        case "path or null":
            return value is None or isinstance(value, str)
        case "true or false":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "timestamp":
            return parse_timestamp(value) is not None
        case "anything":
            return True


def _article(kind: Kind) -> str:
    if kind == "true or false":
        return kind
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
