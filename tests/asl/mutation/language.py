"""Mutants that break the language itself, by what states-language.net/spec.html requires.

Everything that is not a payload template or a request is the language's: there any unknown field
is refused, and each field has one type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pipelines.asl.model import Place
from tests.asl.mutation.mutants import Mutant, misspelt, removed, renamed, replaced, states

_REQUIRED_IN_STATE = {
    "Task": ("Resource",),
    "Choice": ("Choices",),
    "Parallel": ("Branches",),
    "Wait": ("Seconds", "SecondsPath"),  # each of ours has one of them
}
_TEMPLATES = ("Parameters", "ResultSelector")
_ANY_JSON = ("Output",)
_MAY_BE_NULL = ("Comment", "InputPath", "OutputPath", "ResultPath")
"""A comment without a text is null in YAML, and stands so in published definitions."""
_BOUNDS: Mapping[str, tuple[Any, ...]] = {
    "TimeoutSeconds": (0, 100_000_000),
    "Seconds": (-1, 100_000_000),
    "IntervalSeconds": (0, 100_000_000),
    "MaxAttempts": (-1, 100_000_000),
    "BackoffRate": (0.99,),
    "MaxDelaySeconds": (0, 31_622_400),
    "Choices": ([],),
    "ErrorEquals": ([],),
    "And": ([],),
    "Or": ([],),
}
_ENUMS = {"Type": "Passs", "QueryLanguage": "JSONAta", "JitterStrategy": "SOME"}

Kind = Literal["machine", "states", "state", "policy", "rule"]
"""Of an object that the language defines; a policy is a retrier or a catcher."""


def language_mutants(definition: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of these operators: remove, misspell, type, transition, bound, dollar."""
    for kind, place, fields in _objects(definition):
        for key, value in fields.items():
            here = (*place, key)
            if _is_required(kind, fields, key):
                yield Mutant("remove", here, "removed", removed(definition, here))
            if kind != "states":
                for name in misspelt(key):
                    yield Mutant(
                        "misspell", here, f"renamed {name}", renamed(definition, here, name)
                    )
            for wrong in _of_other_types(key, value):
                yield Mutant("type", here, _becomes(wrong), replaced(definition, here, wrong))
            for beyond in _BOUNDS.get(key, ()):
                yield Mutant("bound", here, _becomes(beyond), replaced(definition, here, beyond))
            if key in ("StartAt", "Next", "Default"):
                nowhere = replaced(definition, here, "No such state")
                yield Mutant("transition", here, "leads to no state", nowhere)
                other_case = replaced(definition, here, value.swapcase())
                yield Mutant("transition", here, "leads to a name in other case", other_case)
    for place, state in states(definition):
        for field in _TEMPLATES:
            for here in _static((*place, field), state.get(field, {})):
                # What the key then promises, a path or a call, none of these values is.
                dynamic = renamed(definition, here, f"{here[-1]}.$")
                yield Mutant("dollar", here, "with .$", dynamic)
    yield from _names(definition)


def _becomes(value: Any) -> str:
    return f"becomes {json.dumps(value)}"


def _objects(definition: Mapping[str, Any]) -> Iterator[tuple[Kind, Place, Mapping[str, Any]]]:
    """Every object that the language defines, with its place."""
    yield from _machine((), definition)
    for here, state in states(definition):
        yield "state", here, state
        for field in ("Retry", "Catch"):
            for number, item in enumerate(state.get(field, ())):
                yield "policy", (*here, field, number), item
        for number, rule in enumerate(state.get("Choices", ())):
            yield from _rules((*here, "Choices", number), rule)
        for number, branch in enumerate(state.get("Branches", ())):
            yield from _machine((*here, "Branches", number), branch)


def _machine(place: Place, machine: Any) -> Iterator[tuple[Kind, Place, Mapping[str, Any]]]:
    yield "machine", place, machine
    yield "states", (*place, "States"), machine["States"]


def _rules(place: Place, rule: Any) -> Iterator[tuple[Kind, Place, Mapping[str, Any]]]:
    yield "rule", place, rule
    for connective in ("And", "Or"):
        for number, part in enumerate(rule.get(connective, ())):
            yield from _rules((*place, connective, number), part)
    if "Not" in rule:
        yield from _rules((*place, "Not"), rule["Not"])


def _static(place: Place, template: Any) -> Iterator[Place]:
    """Every key of a payload template that does not end in `.$`."""
    if isinstance(template, Mapping):
        for key, value in template.items():
            if not key.endswith(".$"):
                yield (*place, key)
                yield from _static((*place, key), value)
    elif isinstance(template, list):
        for number, item in enumerate(template):
            yield from _static((*place, number), item)


def _is_required(kind: Kind, fields: Mapping[str, Any], key: str) -> bool:
    if kind == "machine":
        return key in ("StartAt", "States")
    if kind == "states":
        return False  # that would be a dangling transition, and nothing is where it led to
    if kind == "state":
        transition = key in ("Next", "End")  # each of our states has one of them
        return key == "Type" or transition or key in _REQUIRED_IN_STATE.get(fields["Type"], ())
    if kind == "policy":
        return key in ("ErrorEquals", "Next")
    # A choice rule: all that it has is needed.
    return key != "Comment"


def _of_other_types(key: str, value: Any) -> Iterator[Any]:
    """Values of a type that the field cannot have, and names that are none of its."""
    if key in _ENUMS:
        yield _ENUMS[key]
    if key == "Resource":
        yield from (f"{value}s", "arn:aws:states:::nosuchservice:call", "not an ARN")
    if key in _ANY_JSON:
        return
    if isinstance(value, bool):
        yield from ("true", 1)
    elif isinstance(value, str):
        yield from (5, [value])
        if key not in _MAY_BE_NULL:
            yield None
    elif isinstance(value, int | float):
        yield from (str(value), None, True)
    elif isinstance(value, list):
        yield from ("text", {})
    else:
        yield from ("text", 5)
        if key not in (*_TEMPLATES, "Arguments"):  # samples of AWS's own have a list as Parameters
            yield []


def _names(definition: Mapping[str, Any]) -> Iterator[Mutant]:
    """A state's name misspelt where it stands; and one too long, wherever it stands."""
    for here, _ in states(definition):
        name = str(here[-1])
        for wrong in misspelt(name):
            yield Mutant("misspell", here, f"renamed {wrong}", renamed(definition, here, wrong))
        long = name.ljust(81, "x")
        text = json.dumps(definition).replace(json.dumps(name), json.dumps(long))
        yield Mutant("bound", here, "a name of 81 characters", json.loads(text))
