"""The states of the JSONata language: what is known of their input becomes their output.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.asl.checker.flow.facts import Exit, Facts
from pipelines.asl.checker.flow.jsonata.assumptions import assume
from pipelines.asl.checker.flow.jsonata.names import Names
from pipelines.asl.checker.flow.jsonata.visit import ExpressionVisit
from pipelines.asl.checker.flow.maps import iterate
from pipelines.asl.checker.flow.problems import Source
from pipelines.asl.checker.flow.tasks import ERROR_OUTPUT, check_request, result_of_task
from pipelines.asl.checker.flow.values.types import (
    NEVER,
    UNKNOWN,
    Field,
    Object,
    Type,
    tuple_of,
)
from pipelines.asl.checker.flow.wants import BOOLEAN, FIELDS
from pipelines.asl.model import Object as Fields
from pipelines.asl.model import Place

_BOUNDS = (
    "HeartbeatSeconds",
    "MaxConcurrency",
    "TimeoutSeconds",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
)


def leave(visit: ExpressionVisit) -> Iterator[Exit]:
    """Every way out of the visit's state."""
    state = _STATES.get(visit.state.type)
    if state is not None:
        yield from state(visit)


def _pass(visit: ExpressionVisit) -> Iterator[Exit]:
    yield from _go_on(visit, visit.states(), visit.facts.input)


def _wait(visit: ExpressionVisit) -> Iterator[Exit]:
    source = visit.states()
    for name in ("Seconds", "Timestamp"):
        visit.wanted_field(name, FIELDS[name], source)
    yield from _go_on(visit, source, visit.facts.input)


def _succeed(visit: ExpressionVisit) -> Iterator[Exit]:
    output = _output(visit, visit.state.place, visit.fields, visit.states(), visit.facts.input)
    yield Exit(None, visit.facts.with_input(output), visit.state.at("Type"))


def _fail(visit: ExpressionVisit) -> Iterator[Exit]:
    for name in ("Error", "Cause"):
        visit.wanted_field(name, FIELDS[name], visit.states())
    return iter(())


def _task(visit: ExpressionVisit) -> Iterator[Exit]:
    source = visit.states()
    _bounds(visit, source)
    for name in ("Arguments", "Credentials"):
        if name in visit.fields:
            visit.evaluate(visit.state.at(name), visit.fields[name], source)
    check_request(visit, "Arguments")
    yield from _answered(visit, result_of_task(visit))


def _parallel(visit: ExpressionVisit) -> Iterator[Exit]:
    given = visit.facts.input
    if "Arguments" in visit.fields:
        place = visit.state.at("Arguments")
        given = visit.evaluate(place, visit.fields["Arguments"], visit.states())
    facts = visit.facts.with_input(given)
    outputs = [visit.around.run(scope, facts) for scope in visit.state.scopes]
    result = NEVER if any(each.is_never for each in outputs) else tuple_of(outputs)
    yield from _answered(visit, result)


def _map(visit: ExpressionVisit) -> Iterator[Exit]:
    source = visit.states()
    _bounds(visit, source)
    yield from _answered(visit, iterate(visit, source))


def _bounds(visit: ExpressionVisit, source: Source) -> None:
    for name in _BOUNDS:
        visit.bound(visit.state.place, visit.fields, name, source)


def _answered(visit: ExpressionVisit, result: Type) -> Iterator[Exit]:
    """The ways out of a state that does something: with its result, or by a catcher."""
    if not result.is_never:
        yield from _go_on(visit, visit.states(result=result), result)
    for place, catcher in visit.state.objects("Catch"):
        target = catcher.get("Next")
        if isinstance(target, str):
            source = visit.states(errorOutput=ERROR_OUTPUT)
            facts = _after(visit, place, catcher, source, ERROR_OUTPUT)
            yield Exit(target, facts, (*place, "Next"))


def _go_on(visit: ExpressionVisit, source: Source, default: Type) -> Iterator[Exit]:
    """The way on by Next, or to the scope's end."""
    facts = _after(visit, visit.state.place, visit.fields, source, default)
    target = visit.fields.get("Next")
    if isinstance(target, str):
        yield Exit(target, facts, visit.state.at("Next"))
    elif visit.fields.get("End") is True:
        yield Exit(None, facts, visit.state.at("End"))


def _after(
    visit: ExpressionVisit, place: Place, fields: Fields, source: Source, default: Type
) -> Facts:
    """What is known after Output and Assign, which both see the variables as they were."""
    return Facts(
        _output(visit, place, fields, source, default), _assigned(visit, place, fields, source)
    )


def _output(
    visit: ExpressionVisit, place: Place, fields: Fields, source: Source, default: Type
) -> Type:
    if "Output" not in fields:
        return default
    return visit.evaluate((*place, "Output"), fields["Output"], source)


def _assigned(visit: ExpressionVisit, place: Place, fields: Fields, source: Source) -> Type:
    variables = visit.facts.variables
    if not isinstance(fields.get("Assign"), dict):
        return variables
    new = visit.evaluate((*place, "Assign"), fields["Assign"], source).object
    old = variables.as_object
    if new is None or old is None:
        return variables
    merged: dict[str, Field] = {**old.fields, **new.fields}
    return Type(object=Object(merged, UNKNOWN if new.is_open else old.rest))


def _choice(visit: ExpressionVisit) -> Iterator[Exit]:
    facts = visit.facts
    for place, rule in visit.state.objects("Choices"):
        now = visit.with_facts(facts)
        target = rule.get("Next")
        holds, facts = _split(now, (*place, "Condition"), rule.get("Condition"))
        if holds.is_dead:
            if isinstance(target, str):
                yield Exit(target, holds, (*place, "Next"))
            continue
        then = visit.with_facts(holds)
        after = _after(then, place, rule, then.states(), holds.input)
        if isinstance(target, str):
            yield Exit(target, after, (*place, "Next"))
        if facts.is_dead:
            break
    default = visit.fields.get("Default")
    if isinstance(default, str) and not facts.is_dead:
        last = visit.with_facts(facts)
        after = _after(last, visit.state.place, visit.fields, last.states(), facts.input)
        yield Exit(default, after, visit.state.at("Default"))
    elif isinstance(default, str):
        yield Exit(default, facts, visit.state.at("Default"))


def _split(visit: ExpressionVisit, place: Place, condition: object) -> tuple[Facts, Facts]:
    """What is known where a condition holds, and where it does not."""
    source = visit.states()
    names = visit.names(source)
    if not isinstance(condition, str):
        return visit.facts, visit.facts
    type = visit.expression(place, condition, names)
    visit.wanted(place, type, BOOLEAN, "the condition")
    node = visit.parsed(condition)
    if node is None:
        return visit.facts, visit.facts
    holds, fails = (_facts(assume(node, names, truth)) for truth in (True, False))
    if holds.is_dead:
        visit.problem("P312", place, "this condition can never be true")
    return holds, fails


def _facts(names: Names) -> Facts:
    """The facts that names tell."""
    states = names.states.object
    field = None if states is None else states.get("input")
    return Facts(NEVER if field is None else field.type, names.variables)


_STATES: dict[str, Callable[[ExpressionVisit], Iterator[Exit]]] = {
    "Choice": _choice,
    "Fail": _fail,
    "Map": _map,
    "Parallel": _parallel,
    "Pass": _pass,
    "Succeed": _succeed,
    "Task": _task,
    "Wait": _wait,
}
