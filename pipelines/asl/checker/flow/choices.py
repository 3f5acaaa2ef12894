"""Choice states: which ways are open, and what is known on each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.checker.flow import narrowing
from pipelines.asl.checker.flow.facts import Exit, Facts
from pipelines.asl.checker.flow.literals import MAX_DEPTH, from_json
from pipelines.asl.checker.flow.problems import Source
from pipelines.asl.checker.flow.queries import Query, parse_query
from pipelines.asl.checker.flow.reading import read
from pipelines.asl.checker.flow.types import (
    BOOLEAN,
    NEVER,
    NULL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Type,
)
from pipelines.asl.checker.flow.visit import Visit
from pipelines.asl.comparisons import COMPARISONS, PATH_COMPARISONS
from pipelines.asl.model import Object, Place

_KINDS = {"String": TEXT, "Numeric": NUMBER, "Boolean": BOOLEAN, "Timestamp": TEXT, "Null": NULL}


@dataclass(frozen=True)
class Split:
    """What is known where a comparison holds, and where it does not."""

    holds: Facts
    fails: Facts


_DEAD = Facts(NEVER)


def choose(visit: Visit, source: Source) -> Iterator[Exit]:
    """Every way out of a Choice; a way that no value can take is dead.

    Args:
        visit: The Choice, in JSONPath.
        source: What its rules look at.
    """
    facts = visit.facts.with_input(source.type)
    for place, rule in visit.state.objects("Choices"):
        split = _Rules(visit, source).split(place, rule, facts)
        target = rule.get("Next")
        if isinstance(target, str):
            yield Exit(target, split.holds, (*place, "Next"))
        if split.holds.is_dead and not facts.is_dead:
            visit.problem(
                "P312",
                place,
                "this rule can never be true: " + _why(rule, facts),
                "Compare what is there, or leave the rule out.",
            )
        facts = split.fails
    default = visit.fields.get("Default")
    if isinstance(default, str):
        yield Exit(default, facts, visit.state.at("Default"))


@dataclass(frozen=True)
class _Rules:
    """The rules of one Choice.

    Attributes:
        visit: The Choice's visit.
        source: What `$` is in the rules.
    """

    visit: Visit
    source: Source

    def split(self, place: Place, rule: Object, facts: Facts, depth: int = MAX_DEPTH) -> Split:
        """What is known where the rule holds and where not; nothing new if it cannot be told."""
        if facts.is_dead or depth <= 0:
            return Split(facts, facts)
        if isinstance(rule.get("Not"), Mapping):
            inner = self.split((*place, "Not"), rule["Not"], facts, depth - 1)
            return Split(inner.fails, inner.holds)
        if isinstance(rule.get("And"), list):
            return self._all((*place, "And"), rule["And"], facts, depth)
        if isinstance(rule.get("Or"), list):
            inner = self._all((*place, "Or"), rule["Or"], facts, depth, is_or=True)
            return Split(inner.fails, inner.holds)
        return self._comparison(place, rule, facts)

    def _all(
        self, place: Place, parts: list[Any], facts: Facts, depth: int, is_or: bool = False
    ) -> Split:
        """And; and Or as the And of what is not."""
        fails = _DEAD
        for number, part in enumerate(parts):
            if not isinstance(part, Mapping):
                return Split(facts, facts.joined(fails))
            split = self.split((*place, number), part, facts, depth - 1)
            holds, failed = (split.fails, split.holds) if is_or else (split.holds, split.fails)
            fails, facts = failed.joined(fails), holds
        return Split(facts, fails)

    def _comparison(self, place: Place, rule: Object, facts: Facts) -> Split:
        name = next((name for name in rule if name in _OPERATORS), None)
        variable = rule.get("Variable")
        query = parse_query(variable) if isinstance(variable, str) else None
        if name is None or query is None or not isinstance(variable, str):
            return Split(facts, facts)
        expected = rule[name]
        if name == "IsPresent":
            split = Split(_with(facts, query, narrowing.anything), _without(facts, query))
            return split if expected is True else Split(split.fails, split.holds)
        self._look(place, "Variable", variable, facts)
        if name in PATH_COMPARISONS and isinstance(expected, str):
            self._look(place, name, expected, facts)
        if not query.is_single or _find(facts, query).is_never:
            return Split(facts, facts)
        facts = _with(facts, query, narrowing.anything)
        if name.startswith("Is"):
            kind = _KINDS.get(name.removeprefix("Is"), UNKNOWN)
            split = Split(
                _with(facts, query, narrowing.only(kind)),
                # A text may be no timestamp.
                facts if name == "IsTimestamp" else _with(facts, query, narrowing.other_than(kind)),
            )
            return split if expected is True else Split(split.fails, split.holds)
        return Split(_with(facts, query, _equal(name, expected)), facts)

    def _look(self, place: Place, field: str, path: str, facts: Facts) -> None:
        """Report a path that leads nowhere with what is known at this comparison."""
        at = self.visit.with_facts(facts)
        source = Source(facts.input, self.source.words, self.source.is_input)
        at.read((*place, field), path, source)


_OPERATORS = {*COMPARISONS, *PATH_COMPARISONS, "IsPresent"}


def _equal(name: str, expected: Any) -> narrowing.Change:
    """What a comparison by value says of its Variable when it holds."""
    kind = next(
        (kind for prefix, kind in _KINDS.items() if name.startswith(prefix)),
        UNKNOWN,
    )
    if name in ("StringEquals", "NumericEquals", "BooleanEquals"):
        value = from_json(expected)
        if value.kinds == kind.kinds:
            return narrowing.exactly(value)
    return narrowing.only(kind) if not kind.unknown else narrowing.anything


def _find(facts: Facts, query: Query) -> Type:
    """What a query finds in the facts; UNKNOWN if it does not look there."""
    if query.root == "$":
        return read(facts.input, query.steps).type
    if query.root == "$$":
        return UNKNOWN
    return read(facts.variables, (query.root, *query.steps)).type


def _with(facts: Facts, query: Query, change: narrowing.Change) -> Facts:
    """The facts when there is something of which a fact is known."""
    if not query.is_single or query.root == "$$":
        return facts
    if query.root == "$":
        return Facts(narrowing.refine(facts.input, query.steps, change), facts.variables)
    steps = (query.root, *query.steps)
    return Facts(facts.input, narrowing.refine(facts.variables, steps, change))


def _without(facts: Facts, query: Query) -> Facts:
    """The facts when there is nothing."""
    if not query.is_single or query.root == "$$":
        return facts
    if query.root == "$":
        return Facts(narrowing.without(facts.input, query.steps), facts.variables)
    return facts


def _why(rule: Object, facts: Facts) -> str:
    """Why a rule never holds, for the first comparison that never does."""
    parts = rule.get("And")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping):
            why = _why(part, facts)
            if why:
                return why
    variable = rule.get("Variable")
    query = parse_query(variable) if isinstance(variable, str) else None
    if query is None:
        return "" if parts else "what it asks for is never so"
    found = _find(facts, query)
    if rule.get("IsPresent") is True:
        return f"there never is a {variable}" if found.is_never else ""
    if rule.get("IsPresent") is False:
        return f"there always is a {variable}"
    name = next((name for name in rule if name in _OPERATORS), "")
    changed = _with(facts, query, _equal(name, rule.get(name)))
    return f"{variable} is {found}" if changed.is_dead or name.startswith("Is") else ""
