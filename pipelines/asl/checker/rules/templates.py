"""Payload templates: what stands behind ``.$``, and what seems to lack it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pipelines.asl.checker.rules.examples import machine, task
from pipelines.asl.checker.rules.expressions import MESSAGE_PATHS, templates
from pipelines.asl.checker.rules.fields import shown
from pipelines.asl.checker.rules.intrinsics import unfit
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.findings import Broken, rule
from pipelines.asl.intrinsic_syntax import ARGUMENTS, is_intrinsic, parse_intrinsic
from pipelines.asl.model import Machine, Place, strings
from pipelines.asl.path_syntax import parse_path_syntax

_SPECIFICATION = "https://states-language.net/spec.html"
_DIAGNOSTICS = (
    "https://docs.aws.amazon.com/step-functions/latest/apireference/"
    "API_ValidateStateMachineDefinitionDiagnostic.html"
)
FAIL_FUNCTIONS = {
    "States.ArrayGetItem",
    "States.Base64Decode",
    "States.Base64Encode",
    "States.Format",
    "States.Hash",
    "States.JsonToString",
    "States.UUID",
}
"""The intrinsic functions whose answer ErrorPath and CausePath can take: those that give a text."""
_OPENING = re.compile(r"\$\{|\{\{")
"""Where something begins that is to be filled in."""
_SUBSTITUTION = re.compile(r"\$\{[^}]*\}")
_LIKE_A_PATH = re.compile(r"\$\$?(?:\.[A-Za-z_]\w*|\[\d+\]|\['[^']*'\])+")
_LIKE_A_CALL = re.compile(r"States\.[A-Z]\w*\(.*\)", re.DOTALL)


@rule(
    "P153",
    source=f"{_SPECIFICATION}#payload-template",
    quote='If the field value does not begin with "$", it MUST be an Intrinsic Function',
    bad=machine(Only=task(Parameters={"name.$": "States.Fromat('run-{}', $.id)"})),
    good=machine(Only=task(Parameters={"name.$": "States.Format('run-{}', $.id)"})),
)
def every_expression_can_be_read(machine: Machine) -> Iterator[Broken]:
    """What stands behind a key that ends in .$ is a path, or a call of an intrinsic function that
    exists, with as many arguments as it has and of the kinds that it takes; and so in ErrorPath
    and CausePath, where the outermost is one of those that give a text."""
    for template in templates(machine):
        for place, value in template.expressions:
            if problem := _unreadable(value):
                yield Broken(place, problem)
    for state in machine.of_type("Fail"):
        for field in MESSAGE_PATHS:
            text = state.fields.get(field)
            if isinstance(text, str) and is_intrinsic(text) and state.language == "JSONPath":
                yield from _unfit_for_fail(state.at(field), text)


def _unreadable(value: Any) -> str:
    """Why the value of a ``.$`` field cannot be read; empty if it can."""
    if isinstance(value, str):
        return _unreadable_text(value)
    return f"{shown(value)} is not a path or an intrinsic function"


@lru_cache(maxsize=8192)
def _unreadable_text(text: str) -> str:
    if is_open(text):
        return _unreadable_beginning(text, _OPENING.split(text, maxsplit=1)[0])
    try:
        if is_intrinsic(text):
            return unfit(parse_intrinsic(text))
        parse_path_syntax(text)
    except AslSyntaxError as error:
        if text.startswith("$"):
            return str(error)
        return f"{shown(text)} is not a path or an intrinsic function: {error}"
    return ""


def _unreadable_beginning(text: str, known: str) -> str:
    """The same of a text that something is to complete, by what comes before that."""
    if known.startswith("$") or "States.".startswith(known):
        return ""
    if not is_intrinsic(known):
        return f"{shown(text)} is not a path or an intrinsic function, whatever completes it"
    name, called, _ = known.partition("(")
    return f"there is no intrinsic function {name}" if called and name not in ARGUMENTS else ""


def _unfit_for_fail(place: Place, text: str) -> Iterator[Broken]:
    if problem := _unreadable(text):
        yield Broken(place, problem)
    if problem or is_open(text):
        return
    called = parse_intrinsic(text).function
    if called not in FAIL_FUNCTIONS:
        yield Broken(place, f"{called} cannot be called here")


@rule(
    "P156",
    source=f"{_SPECIFICATION}#payload-template",
    quote="A JSON object MUST NOT have duplicate field names after fields ending with the "
    'characters ".$" are renamed to strip the ".$" suffix.',
    bad=machine(Only=task(Parameters={"name": "none", "name.$": "$.name"})),
    good=machine(Only=task(Parameters={"name.$": "$.name"})),
)
def a_field_is_given_once(machine: Machine) -> Iterator[Broken]:
    """A template has a field or its .$ form, and not both."""
    for template in templates(machine):
        for place in template.twice:
            yield Broken(place, f"{str(place[-1]).removesuffix('.$')!r} is given twice")


@rule(
    "P157",
    "warning",
    source=_DIAGNOSTICS,
    quote="NO_DOLLAR: No .$ on a field that appears to be a JSONPath or Intrinsic Function.",
    bad=machine(Only=task(Parameters={"name": "$.name"})),
    good=machine(Only=task(Parameters={"name.$": "$.name"})),
)
def a_path_stands_behind_its_sign(machine: Machine) -> Iterator[Broken]:
    """In a payload template only what stands behind a key that ends in .$ is evaluated; anywhere
    else a path or a call is passed on as the text that it is."""
    for template in templates(machine):
        for place, text in template.bare:
            if _seems_evaluated(text):
                yield Broken(
                    place,
                    f"{shown(text)} is passed on as a text, not evaluated",
                    f"To evaluate it, name the field {f'{place[-1]}.$'!r}.",
                )


@rule(
    "P158",
    "warning",
    source=_DIAGNOSTICS,
    quote="PASS_RESULT_IS_STATIC: Attempt to use a path in the result of a pass state.",
    bad=machine(Only={"Type": "Pass", "Result": {"name.$": "$.name"}, "End": True}),
    good=machine(Only={"Type": "Pass", "Parameters": {"name.$": "$.name"}, "End": True}),
)
def a_result_is_static(machine: Machine) -> Iterator[Broken]:
    """The Result of a Pass is passed on as it stands, .$ and all."""
    for state in machine.of_type("Pass"):
        place = state.at("Result")
        for where, text in strings(place, state.fields.get("Result")):
            if str(where[-1]).endswith(".$") or _seems_evaluated(text):
                yield Broken(
                    where,
                    f"{shown(text)} is not evaluated in a Result",
                    "Use Parameters in place of Result.",
                )


@rule(
    "P159",
    "warning",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
    "aws-resource-stepfunctions-statemachine.html",
    quote="A map (string to string) that specifies the mappings for placeholder variables in the "
    "state machine definition.",
    bad=machine(Only=task(Parameters={"role.$": "${RoleArn}"})),
    good=machine(Only=task(Parameters={"role": "${RoleArn}"})),
)
def a_substitution_is_a_text(machine: Machine) -> Iterator[Broken]:
    """What replaces a ${Name} is a name or an ARN as a rule, and so a text: behind a key that ends
    in .$ it would be taken for a path."""
    for template in templates(machine):
        for place, value in template.expressions:
            if isinstance(value, str) and _SUBSTITUTION.fullmatch(value):
                field = str(place[-1]).removesuffix(".$")
                yield Broken(
                    place,
                    f"{value} is taken for a path or a call when it has been filled in",
                    f"If it is a text, name the field {field!r}.",
                )


@lru_cache(maxsize=8192)
def _seems_evaluated(text: str) -> bool:
    return text.startswith(("$", "States.")) and bool(
        _LIKE_A_PATH.fullmatch(text) or _LIKE_A_CALL.fullmatch(text)
    )
