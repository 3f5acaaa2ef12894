"""JSONata: that expressions can be read, and read only what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.rules.examples import jsonata
from pipelines.asl.checker.rules.expressions import assignments
from pipelines.asl.checker.rules.fields import shaped, shown
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.jsonata import (
    expressions,
    function_names,
    is_expression,
    references,
    unsupported_references,
)
from pipelines.asl.model import Machine, Place, State, choice_rules, strings

if TYPE_CHECKING:
    from pipelines.asl.jsonata.reads import Reference, Unsupported

_SPECIFICATION = "https://states-language.net/spec.html"
_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"
_STATES = ("input", "result", "errorOutput", "context")
_WITH_RESULT = ("Task", "Parallel", "Map")
"""The types of states that have a result."""


class Expression(NamedTuple):
    """A JSONata expression.

    Attributes:
        readable: The parts of `$states` that it can read.
        problem: Why it cannot be read itself; empty if it can.
        references, unsupported: What it reads.
    """

    place: Place
    readable: tuple[str, ...]
    problem: str
    references: tuple[Reference, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()


@once_per_machine
def _every_expression(machine: Machine) -> Iterator[Expression]:
    for place, value, readable in _values(machine):
        for where, text in expressions(value, place):
            if not is_open(text):
                try:
                    found = references(text), unsupported_references(text)
                except AslSyntaxError as error:
                    yield Expression(where, readable, str(error))
                else:
                    yield Expression(where, readable, "", *found)


@once_per_machine
def _values(machine: Machine) -> Iterator[tuple[Place, Any, tuple[str, ...]]]:
    """Every field of the JSONata states that takes expressions, and the $states that it has."""
    for place, found, shape, language in shaped(machine):
        if language != "JSONata":
            continue
        for name, field in shape.fields.items():
            if name in found and (
                field.language == "JSONata" or field.expression or name in _TEXTS
            ):
                yield (*place, name), found[name], _readable(shape.name, name)
    for place, values, state in assignments(machine):
        if state.language == "JSONata":
            yield place, values, _assigned_from(state, place)
    for state in machine.of_type("Choice"):
        if state.language == "JSONata":
            for place, found in choice_rules(state):
                for name in ("Condition", "Output"):
                    if name in found:
                        yield (*place, name), found[name], ("input", "context")


_TEXTS = ("Error", "Cause", "RoleArn")
"""Texts that an expression can stand for."""


def _readable(owner: str, field: str) -> tuple[str, ...]:
    if owner == "a catcher":
        return ("input", "context", "errorOutput")
    if field == "Output" and owner.removeprefix("a ") in _WITH_RESULT:
        return ("input", "context", "result")
    return ("input", "context")


def _assigned_from(state: State, place: Place) -> tuple[str, ...]:
    if len(place) > 2 and place[-3] == "Catch":
        return ("input", "context", "errorOutput")
    is_own = place == state.at("Assign")
    return ("input", "context", "result") if is_own and state.type in _WITH_RESULT else _STATES[::3]


@rule(
    "P161",
    source=f"{_SPECIFICATION}#expressions",
    quote="In the States Language, JSONata expressions are written inside strings that start with "
    "{% and end with %}.",
    bad=jsonata(Only={"Type": "Pass", "Output": "{% $states.input.a + %}", "End": True}),
    good=jsonata(Only={"Type": "Pass", "Output": "{% $states.input.a + 1 %}", "End": True}),
)
def every_jsonata_expression_can_be_read(machine: Machine) -> Iterator[Broken]:
    """What stands between {% and %} is JSONata.  AWS refuses what is none with
    INVALID_JSONATA_EXPRESSION."""
    for each in _every_expression(machine):
        if each.problem:
            yield Broken(each.place, each.problem)


@rule(
    "P162",
    "warning",
    source=_GUIDE,
    quote="Any string value, including those inside objects or arrays, will be evaluated as "
    "JSONata if surrounded by {% %} characters.",
    bad=jsonata(Only={"Type": "Pass", "Output": "Hello {% $states.input.name %}!", "End": True}),
    good=jsonata(
        Only={"Type": "Pass", "Output": "{% 'Hello ' & $states.input.name & '!' %}", "End": True}
    ),
)
def an_expression_is_the_whole_text(machine: Machine) -> Iterator[Broken]:
    """An expression is a text that begins with {% and ends with %}: one within another text, or
    with a blank before it, is passed on as it stands."""
    for place, value, _ in _values(machine):
        for where, text in strings(place, value):
            if "{%" in text and not is_expression(text):
                yield Broken(
                    where,
                    f"{shown(text)} is passed on as a text, not evaluated",
                    "Let the text begin with {% and end with %}, and join texts with &.",
                )


@rule(
    "P163",
    source=f"{_SPECIFICATION}#reserved-states-variable-with-jsonata",
    quote="$states.result refers to the result that a Task, Map, or Parallel state returns, and "
    'can be referenced in the state\'s top-level "Output" and "Assign" fields.',
    bad=jsonata(Only={"Type": "Pass", "Output": "{% $states.result %}", "End": True}),
    good=jsonata(Only={"Type": "Pass", "Output": "{% $states.input %}", "End": True}),
)
def the_states_variable_has_what_is_read(machine: Machine) -> Iterator[Broken]:
    """$states.input and $states.context are there everywhere; $states.result only in Output and
    Assign of a Task, Map or Parallel; $states.errorOutput only in a catcher's."""
    for each in _every_expression(machine):
        for reference in each.references:
            if reference.variable != "states" or not reference.path:
                continue
            name = reference.path[0]
            if name not in each.readable:
                yield Broken(each.place, _unreadable(str(name), each.readable))


def _unreadable(name: str, readable: tuple[str, ...]) -> str:
    if name in _STATES:
        return f"$states.{name} is not there: only {', '.join(readable)} can be read here"
    return f"$states has no {name}{nearest(name, _STATES)}"


@rule(
    "P164",
    source=f"{_SPECIFICATION}#jsonata-restrictions",
    quote='a JSONata expression MUST NOT reference "$" or unqualified field names at the top '
    'level, but MAY reference "$" or unqualified field names nested inside an expression.',
    bad=jsonata(Only={"Type": "Pass", "Output": "{% customer.name %}", "End": True}),
    good=jsonata(Only={"Type": "Pass", "Output": "{% $states.input.customer.name %}", "End": True}),
)
def expressions_begin_with_a_variable(machine: Machine) -> Iterator[Broken]:
    """At its top an expression reads only $states and variables: there is no input document that
    $, $$ or a field's bare name could mean.  AWS answers UNSUPPORTED_JSONATA_EXPRESSION."""
    for each in _every_expression(machine):
        for name in dict.fromkeys(found.name for found in each.unsupported):
            yield Broken(
                each.place,
                f"{name} means nothing at the top of an expression",
                f"Write $states.input.{name}."
                if name.isidentifier()
                else "Begin with $states.input.",
            )


@rule(
    "P165",
    source=f"{_SPECIFICATION}#expressions",
    quote="The interpreter MAY define other auxiliary JSONata functions and values, and MAY "
    "restrict the use of built-in functions.",
    bad=jsonata(Only={"Type": "Pass", "Output": "{% $legnth($states.input.name) %}", "End": True}),
    good=jsonata(Only={"Type": "Pass", "Output": "{% $length($states.input.name) %}", "End": True}),
)
def every_function_exists(machine: Machine) -> Iterator[Broken]:
    """A function that is called is one of JSONata's or of Step Functions' own, one that the
    expression defines, or a variable.  $eval is not supported."""
    written = _every_expression(machine)
    if not written:  # as in every machine without JSONata
        return
    known = function_names().union(
        str(name) for each in assignments(machine) for name in each.values
    )
    for each in written:
        for reference in each.references:
            name = reference.variable
            if reference.called and not reference.path and name not in known:
                near = nearest(name, function_names()) if name != "eval" else ""
                yield Broken(each.place, f"there is no function ${name}{near}")
