"""The states of the JSONPath language: what is known of their input becomes their output.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pipelines.asl.checker.flow.facts import Exit, Facts
from pipelines.asl.checker.flow.jsonpath.choices import choose
from pipelines.asl.checker.flow.jsonpath.visit import PathVisit
from pipelines.asl.checker.flow.maps import iterate
from pipelines.asl.checker.flow.problems import Source, written
from pipelines.asl.checker.flow.tasks import ERROR_OUTPUT, check_request, result_of_task
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.queries import parse_query
from pipelines.asl.checker.flow.values.types import (
    EMPTY_OBJECT,
    NEVER,
    UNKNOWN,
    Field,
    Object,
    Type,
    tuple_of,
)
from pipelines.asl.checker.flow.values.writing import NoPlace, put
from pipelines.asl.checker.flow.wants import PATH_FIELDS, TEXT
from pipelines.asl.model import Object as Fields
from pipelines.asl.model import Place

MESSAGES = ("Error", "Cause")


def leave(visit: PathVisit) -> Iterator[Exit]:
    """Every way out of the visit's state."""
    state = _STATES.get(visit.state.type)
    return iter(()) if state is None else state(visit)


def _pass(visit: PathVisit) -> Iterator[Exit]:
    fields = visit.fields
    result = _shaped_input(visit)
    if "Result" in fields:
        result = Source(from_json(fields["Result"]), "the result")
    return _succeed_with(visit, result.type, result)


def _task(visit: PathVisit) -> Iterator[Exit]:
    source = _effective_input(visit)
    _limits(visit, source)
    for name in ("Parameters", "Credentials"):
        if name in visit.fields:
            visit.look_over(name, source)
    check_request(visit, "Parameters")
    return _answered(visit, result_of_task(visit), "the task's result")


def _parallel(visit: PathVisit) -> Iterator[Exit]:
    shaped = _shaped_input(visit)
    facts = visit.facts.with_input(shaped.type)
    outputs = [visit.around.run(scope, facts) for scope in visit.state.scopes]
    result = NEVER if any(each.is_never for each in outputs) else tuple_of(outputs)
    return _answered(visit, result, "the list of the branches' results")


def _map(visit: PathVisit) -> Iterator[Exit]:
    source = _effective_input(visit)
    _limits(visit, source)
    return _answered(visit, iterate(visit, source), "the list of the iterations' results")


def _answered(visit: PathVisit, result: Type, words: str) -> Iterator[Exit]:
    """The ways out of a state that does something: with its result, or by a catcher."""
    if not result.is_never:
        source = Source(result, words)
        selected = result
        if "ResultSelector" in visit.fields:
            place = visit.state.at("ResultSelector")
            selected = visit.template(place, visit.fields["ResultSelector"], source)
        yield from _succeed_with(visit, selected, source)
    for place, catcher in visit.state.objects("Catch"):
        target = catcher.get("Next")
        if isinstance(target, str):
            yield Exit(target, _caught(visit, place, catcher), (*place, "Next"))


def _caught(visit: PathVisit, place: Place, catcher: Fields) -> Facts:
    """What is known after an error: the state's input, with the error where ResultPath says."""
    output = _put(visit, (*place, "ResultPath"), catcher.get("ResultPath", "$"), ERROR_OUTPUT)
    error = Source(ERROR_OUTPUT, "the error output")
    return Facts(output, assigned(visit, place, catcher, error))


def _succeed_with(visit: PathVisit, result: Type, source: Source) -> Iterator[Exit]:
    """The state's end: ResultPath, Assign, OutputPath, and the next state."""
    fields, state = visit.fields, visit.state
    combined = _put(visit, state.at("ResultPath"), fields.get("ResultPath", "$"), result)
    return _go_on(visit, combined, source, "the state's result in its place")


def _go_on(visit: PathVisit, output: Type, source: Source, words: str) -> Iterator[Exit]:
    variables = assigned(visit, visit.state.place, visit.fields, source)
    return next_exits(visit, Facts(_filtered(visit, "OutputPath", output, words), variables))


def next_exits(visit: PathVisit, facts: Facts) -> Iterator[Exit]:
    """The way on by Next, or to the scope's end."""
    target = visit.fields.get("Next")
    if isinstance(target, str):
        yield Exit(target, facts, visit.state.at("Next"))
    elif visit.fields.get("End") is True:
        yield Exit(None, facts, visit.state.at("End"))


def _wait(visit: PathVisit) -> Iterator[Exit]:
    source = _effective_input(visit)
    for name in ("Seconds", "Timestamp"):
        field = f"{name}Path"
        if field in visit.fields:
            visit.path_field(visit.state.at(field), visit.fields[field], PATH_FIELDS[field], source)
    return _go_on(visit, source.type, source, source.words)


def _succeed(visit: PathVisit) -> Iterator[Exit]:
    source = _effective_input(visit)
    output = _filtered(visit, "OutputPath", source.type, source.words)
    yield Exit(None, visit.facts.with_input(output), visit.state.at("Type"))


def _fail(visit: PathVisit) -> Iterator[Exit]:
    for name in MESSAGES:
        field = f"{name}Path"
        if field in visit.fields:
            visit.path_field(visit.state.at(field), visit.fields[field], TEXT, visit.input)
    return iter(())


def _choice(visit: PathVisit) -> Iterator[Exit]:
    source = _effective_input(visit)
    for way in choose(visit, source):
        after = Source(way.facts.input, source.words, source.is_input)
        inner = visit.with_facts(way.facts)
        if way.facts.is_dead:
            yield way
            continue
        rule = way.place[:-1]
        is_rule = way.place[-1] == "Next"
        fields = visit.state.fields["Choices"][rule[-1]] if is_rule else visit.fields
        variables = assigned(inner, rule, fields, after)
        output = _filtered(inner, "OutputPath", way.facts.input, source.words)
        yield Exit(way.target, Facts(output, variables), way.place)


_STATES: dict[str, Callable[[PathVisit], Iterator[Exit]]] = {
    "Choice": _choice,
    "Fail": _fail,
    "Map": _map,
    "Parallel": _parallel,
    "Pass": _pass,
    "Succeed": _succeed,
    "Task": _task,
    "Wait": _wait,
}


# The fields, in the order in which the data pass through them.


def _effective_input(visit: PathVisit) -> Source:
    """What InputPath leaves of the state's input."""
    path = visit.fields.get("InputPath", "$")
    if path == "$":
        return visit.input
    type = _filtered(visit, "InputPath", visit.facts.input, visit.input.words)
    return Source(type, "the input, as InputPath leaves it")


def _filtered(visit: PathVisit, field: str, data: Type, words: str) -> Type:
    """InputPath and OutputPath: null leaves an empty object."""
    path = visit.fields.get(field, "$")
    if path == "$" or not isinstance(path, str):
        return EMPTY_OBJECT if path is None else data if path == "$" else UNKNOWN
    is_input = field == "InputPath"
    return visit.read(visit.state.at(field), path, Source(data, words, is_input))


def _shaped_input(visit: PathVisit) -> Source:
    """The effective input, or what Parameters makes of it."""
    source = _effective_input(visit)
    if "Parameters" not in visit.fields:
        return source
    place = visit.state.at("Parameters")
    return Source(visit.template(place, visit.fields["Parameters"], source), "Parameters")


def _limits(visit: PathVisit, source: Source) -> None:
    """The fields that bound a Task or a Map by a value from the data."""
    if PATH_FIELDS.keys().isdisjoint(visit.fields):
        return
    for name, path in visit.fields.items():
        want = PATH_FIELDS.get(name)
        if want is not None:
            visit.path_field(visit.state.at(name), path, want, source)


def _put(visit: PathVisit, place: Place, path: Any, value: Type) -> Type:
    """The state's input with a value where ResultPath says; null leaves the input as it is."""
    if path is None:
        return visit.facts.input
    if path == "$":
        return value
    query = parse_query(path) if isinstance(path, str) else None
    if query is None or query.root != "$" or not query.is_single:
        return UNKNOWN
    steps = tuple(step for step in query.steps if isinstance(step, str | int))
    try:
        return put(visit.facts.input, steps, value)
    except NoPlace as error:
        where = written("$", steps[: error.depth])
        subject = "the state's input" if error.depth == 0 else f"{where} in the state's input"
        visit.problem(
            "P310",
            place,
            f"{path} cannot be put there: {subject} is {error.there}",
            "Let ResultPath be $ or null, or make the input an object before.",
        )
        return UNKNOWN


def assigned(visit: PathVisit, place: Place, fields: Fields, source: Source) -> Type:
    """The variables after Assign: all are read before any is written."""
    variables = visit.facts.variables
    assignments = fields.get("Assign")
    if not isinstance(assignments, dict):
        return variables if assignments is None else UNKNOWN
    new = visit.template((*place, "Assign"), assignments, source).object
    old = variables.as_object
    if new is None or old is None:
        return variables
    merged: dict[str, Field] = {**old.fields, **new.fields}
    return Type(object=Object(merged, UNKNOWN if new.is_open else old.rest))
