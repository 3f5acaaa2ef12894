"""Holds a definition to the rules: pure; `check` without any of AWS's packages."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pipelines.asl.checker.defects import without_repetitions
from pipelines.asl.checker.rules import LANGUAGE
from pipelines.asl.checker.rules.documents import repeated
from pipelines.asl.findings import RULES, Finding
from pipelines.asl.model import Machine, Place


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without the garbage collector, which would go through all that is found of a large machine
    again and again: all of it is in use until the end.  As a decorator, it goes on only when
    nearly all of that is gone with what the function had."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_nothing_collected()
def check(
    definition: Any,
    *,
    substitutions: Collection[str] | None = None,
    duplicates: Collection[Place] = (),
) -> list[Finding]:
    """What breaks the rules of the language, by rule; empty when the definition is sound.

    Args:
        definition: Any JSON value.
        substitutions: The names that ``${Name}`` may have; None: they are not known, and any
            ``${…}`` passes.
        duplicates: The keys that the document had more than once, which its reader has found.

    >>> [str(finding) for finding in check({"StartAt": "Go", "States": {"Go": {"Type": "Pas"}}})]
    ["States.Go.Type: 'Pas' is none of Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait; \
did you mean Pass? (P101)"]
    """
    machine = _machine(definition, substitutions)
    if isinstance(machine, Finding):
        return [machine]
    return without_repetitions(_language(machine, duplicates))


@_nothing_collected()
def check_all(
    definition: Any,
    *,
    substitutions: Collection[str] | None = None,
    type: str | None = None,
    input_schema: Any = None,
    answers: Mapping[str, Any] | None = None,
    duplicates: Collection[Place] = (),
) -> list[Finding]:
    """All that can be known: `check`, each Task's request, the data flow, production.

    Args:
        definition: Any JSON value.
        substitutions: As in `check`.
        type: STANDARD or EXPRESS; None: it is not known.
        input_schema: The JSON Schema of the execution's input; None: it may be anything.
        answers: By the name of a Task's state, the JSON Schema of what it answers, where that is
            more than its resource tells: what a function gives, or the JSON in a text, as
            contentMediaType and contentSchema say it.
        duplicates: As in `check`.
    """
    machine = _machine(definition, substitutions, type)
    if isinstance(machine, Finding):
        return [machine]
    language = _language(machine, duplicates)
    beyond = _beyond_the_language(machine, input_schema, answers)
    return without_repetitions((*language, *beyond))


def _machine(
    definition: Any, substitutions: Collection[str] | None, type: str | None = None
) -> Machine | Finding:
    """The definition as rules look at it; or why none of them can."""
    if not isinstance(definition, Mapping):
        return Finding("P101", "a state machine is an object", ())
    names = None if substitutions is None else frozenset(substitutions)
    machine = Machine(definition, names, type)
    return next(RULES["P118"].findings(machine), machine)


def _language(machine: Machine, duplicates: Collection[Place]) -> Iterator[Finding]:
    yield from repeated(machine, duplicates)
    for rule in LANGUAGE:
        if rule.id != "P118":  # which has been asked
            yield from rule.findings(machine)


def _beyond_the_language(
    machine: Machine, input_schema: Any, answers: Mapping[str, Any] | None
) -> Iterator[Finding]:
    from pipelines.asl.checker.flow import check_flow
    from pipelines.asl.checker.production import PRODUCTION
    from pipelines.asl.checker.requests import REQUESTS

    for rule in REQUESTS:
        yield from rule.findings(machine)
    yield from check_flow(machine, input_schema=input_schema, answers=answers)
    for rule in PRODUCTION:
        yield from rule.findings(machine)
