"""Data: paths, intrinsic functions, templates, resources, substitutions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.asl.comparisons import PATH_COMPARISONS
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.intrinsic_syntax import Call, is_intrinsic, parse_intrinsic
from pipelines.asl.model import Machine, Place, choice_rules, strings, template_expressions
from pipelines.asl.paths import parse_path, parse_reference_path
from pipelines.asl.resources import parse_resource

_TEMPLATES = ("Parameters", "ResultSelector")
_PATHS = ("InputPath", "OutputPath")
_VALUE_PATHS = ("SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath")
_MESSAGE_PATHS = ("ErrorPath", "CausePath")
FAIL_FUNCTIONS = {
    "States.ArrayGetItem",
    "States.Base64Decode",
    "States.Base64Encode",
    "States.Format",
    "States.Hash",
    "States.JsonToString",
    "States.UUID",
}
"""The intrinsic functions that ErrorPath and CausePath can call."""
_OTHER_RESOURCE = re.compile(
    r"arn:aws[a-z-]*:(lambda:[^:]*:[^:]*:function:.+|states:[^:]+:[^:]*:activity:.+)"
)
_SUBSTITUTION = re.compile(r"\$\{([^}]*)(\}?)")
_SUBSTITUTION_NAME = re.compile(r"[A-Za-z0-9_]+")


def _attempt(read: Callable[[str], object], text: str) -> str:
    """What is wrong with the text; empty if `read` can read it."""
    try:
        read(text)
    except AslSyntaxError as error:
        return str(error)
    return ""


@rule("P151")
def every_path_is_a_jsonpath(machine: Machine) -> Iterator[Broken]:
    """InputPath, OutputPath, Variable and every field that ends in Path hold a JSONPath that
    begins with $ (the data) or $$ (the context object)."""
    for place, text in _path_fields(machine):
        if problem := _attempt(parse_path, text):
            yield Broken(place, problem)


def _path_fields(machine: Machine) -> Iterator[tuple[Place, str]]:
    for state in machine.states:
        for field in (*_PATHS, *_VALUE_PATHS, *_MESSAGE_PATHS):
            text = state.fields.get(field)
            if isinstance(text, str) and not (field in _MESSAGE_PATHS and is_intrinsic(text)):
                yield state.at(field), text
    for state in machine.of_type("Choice"):
        for place, found in choice_rules(state):
            for field in ("Variable", *PATH_COMPARISONS):
                if isinstance(found.get(field), str):
                    yield (*place, field), found[field]


@rule("P152")
def single_values_come_from_single_places(machine: Machine) -> Iterator[Broken]:
    """ResultPath and the Path forms of numbers, times, Error and Cause name one place: no
    wildcard, filter, slice or descent; ResultPath lies in the data, not in the context."""
    for place, text in _result_paths(machine):
        if problem := _attempt(parse_reference_path, text):
            yield Broken(place, problem)
    for place, text in _single_value_paths(machine):
        if not _attempt(parse_path, text) and parse_path(text).steps is None:
            yield Broken(place, f"{text!r} can name several places")


def _single_value_paths(machine: Machine) -> Iterator[tuple[Place, str]]:
    for state in machine.states:
        for field in (*_VALUE_PATHS, *_MESSAGE_PATHS):
            text = state.fields.get(field)
            if isinstance(text, str) and not is_intrinsic(text):
                yield state.at(field), text


def _result_paths(machine: Machine) -> Iterator[tuple[Place, str]]:
    for state in machine.states:
        for place, found in ((state.place, state.fields), *state.objects("Catch")):
            if isinstance(found.get("ResultPath"), str):
                yield (*place, "ResultPath"), found["ResultPath"]


@rule("P153")
def every_expression_can_be_read(machine: Machine) -> Iterator[Broken]:
    """What stands behind a key that ends in .$ is a JSONPath or a call of an intrinsic
    function that exists, with as many arguments as it has; and so in ErrorPath and CausePath,
    which know only some of the functions."""
    for state in machine.states:
        for field in _TEMPLATES:
            for place, text in template_expressions(state.at(field), state.fields.get(field)):
                if problem := _unreadable(text):
                    yield Broken(place, problem)
    for state in machine.of_type("Fail"):
        for field in _MESSAGE_PATHS:
            text = state.fields.get(field)
            if isinstance(text, str) and is_intrinsic(text):
                yield from _unfit_for_fail(state.at(field), text)


def _unreadable(text: Any) -> str:
    if not isinstance(text, str):
        return f"{text!r} is not a path or an intrinsic function"
    return _attempt(parse_intrinsic if is_intrinsic(text) else parse_path, text)


def _unfit_for_fail(place: Place, text: str) -> Iterator[Broken]:
    if problem := _attempt(parse_intrinsic, text):
        yield Broken(place, problem)
        return
    calls = [parse_intrinsic(text)]
    while calls:
        call = calls.pop()
        if call.function not in FAIL_FUNCTIONS:
            yield Broken(place, f"{call.function} cannot be called here")
        calls += [argument for argument in call.arguments if isinstance(argument, Call)]


@rule("P154")
def every_resource_can_be_a_task(machine: Machine) -> Iterator[Broken]:
    """Resource is the ARN of a service integration, a Lambda function or an activity."""
    for state in machine.of_type("Task"):
        arn = state.fields.get("Resource")
        if not isinstance(arn, str) or "${" in arn or _OTHER_RESOURCE.fullmatch(arn):
            continue
        if problem := _attempt(parse_resource, arn):
            yield Broken(state.at("Resource"), problem)


@rule("P155")
def substitutions_are_declared(machine: Machine) -> Iterator[Broken]:
    """${Name} is replaced when the machine is deployed: its name is in DefinitionSubstitutions
    and has only letters, digits and underscores.  CloudFormation has no other use for ${."""
    for place, text in strings((), machine.definition):
        for match in _SUBSTITUTION.finditer(text) if "${" in text else ():
            name, closed = match[1], match[2]
            if not closed or not _SUBSTITUTION_NAME.fullmatch(name):
                yield Broken(place, f"{match[0]!r} is not a substitution like ${{Name}}")
            elif machine.substitutions is not None and name not in machine.substitutions:
                known = nearest(name, sorted(machine.substitutions))
                yield Broken(place, f"the substitution ${{{name}}} is not declared{known}")
