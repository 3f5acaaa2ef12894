"""Choice states: which ways are open, and what is known on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.asl.checker.flow.facts import Exit, Facts
from pipelines.asl.checker.flow.jsonpath.visit import PathVisit
from pipelines.asl.checker.flow.problems import Source
from pipelines.asl.checker.flow.values import narrowing
from pipelines.asl.checker.flow.values.literals import from_json
from pipelines.asl.checker.flow.values.queries import Query, parse_query
from pipelines.asl.checker.flow.values.reading import Reading, read
from pipelines.asl.checker.flow.values.types import (
    BOOLEAN,
    MAX_DEPTH,
    NEVER,
    NULL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Presence,
    Type,
)
from pipelines.asl.comparisons import COMPARISONS, PATH_COMPARISONS
from pipelines.asl.model import Object, Place

_KINDS: dict[str, Type] = {
    name: kind
    for name in (*COMPARISONS, *PATH_COMPARISONS)
    for word, kind in (
        ("String", TEXT),
        ("Numeric", NUMBER),
        ("Boolean", BOOLEAN),
        ("Timestamp", TEXT),
        ("Null", NULL),
    )
    if name.removeprefix("Is").startswith(word)
} | {"IsPresent": UNKNOWN}
"""The comparisons, and the type that a value has for which one holds."""
_IS_OF = {name: narrowing.only(kind) for name, kind in _KINDS.items()}
_IS_NOT_OF = {name: narrowing.other_than(kind) for name, kind in _KINDS.items()}
_EQUAL = {name: _KINDS[name].kinds for name in ("StringEquals", "NumericEquals", "BooleanEquals")}
"""What becomes known of a value when it is of the kind that a comparison needs, and when not."""


class Split(NamedTuple):
    """What is known where a comparison holds, and where it does not."""

    holds: Facts
    fails: Facts


_DEAD = Facts(NEVER)


def choose(visit: PathVisit, source: Source) -> Iterator[Exit]:
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

    visit: PathVisit
    source: Source

    def split(self, place: Place, rule: Object, facts: Facts, depth: int = MAX_DEPTH) -> Split:
        """What is known where the rule holds and where not; nothing new if it cannot be told."""
        if facts.is_dead or depth <= 0:
            return Split(facts, facts)
        if isinstance(rule.get("Not"), dict):
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
        fails, before = _DEAD, facts
        for number, part in enumerate(parts):
            if not isinstance(part, dict):
                return Split(facts, facts.joined(fails))
            split = self.split((*place, number), part, facts, depth - 1)
            holds, failed = (split.fails, split.holds) if is_or else (split.holds, split.fails)
            if fails is not before:  # else a part has said nothing, and the others can say no less
                fails = failed.joined(fails)
            facts = holds
        return Split(facts, fails)

    def _comparison(self, place: Place, rule: Object, facts: Facts) -> Split:
        name = _operator(rule)
        variable, expected = rule.get("Variable"), rule.get(name)
        query = parse_query(variable) if isinstance(variable, str) else None
        if query is None or not name:
            return Split(facts, facts)
        if name == "IsPresent":
            split = Split(_with(facts, query, narrowing.anything), _without(facts, query))
            return split if expected is True else Split(split.fails, split.holds)
        found = self._look((*place, "Variable"), query, facts)
        is_path = name in PATH_COMPARISONS and isinstance(expected, str)
        other = parse_query(expected) if is_path else None
        if other is not None:
            self._look((*place, name), other, facts)
        if found.is_missing or not query.is_single:
            return Split(facts, facts)
        if not query.is_element and found.presence is not Presence.ALWAYS:
            facts = _with(facts, query, narrowing.anything)
        if name.startswith("Is"):
            split = _is_of_kind(name, query, facts)
            return split if expected is True else Split(split.fails, split.holds)
        return Split(_with(facts, query, _equal(name, expected)), facts)

    def _look(self, place: Place, query: Query, facts: Facts) -> Reading:
        """What there is in the facts, with a problem if there may be nothing."""
        if query.root == "$":
            source = Source(facts.input, self.source.words, self.source.is_input)
            return self.visit.look(place, query, source)
        self.visit.with_facts(facts).read(place, query.text, self.source)
        return Reading(_find(facts, query), Presence.USUALLY)


def _operator(rule: Object) -> str:
    """The rule's comparison; empty: it has none."""
    for name in rule:
        if name in _KINDS:
            return name
    return ""


def _is_of_kind(name: str, query: Query, facts: Facts) -> Split:
    """What IsString and the like make known; an element beyond an array's end is null."""
    if query.is_element and _KINDS[name].null:
        return Split(facts, _with(facts, query, _IS_NOT_OF[name]))
    holds = _with(facts, query, _IS_OF[name])
    if query.is_element or name == "IsTimestamp":  # a text may be no timestamp
        return Split(holds, facts)
    return Split(holds, _with(facts, query, _IS_NOT_OF[name]))


def _equal(name: str, expected: Any) -> narrowing.Change:
    """What a comparison by value says of its Variable when it holds."""
    if name in _EQUAL:
        value = from_json(expected)
        if value.kinds == _EQUAL[name]:
            return narrowing.exactly(value)
    return _IS_OF[name]


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
        if isinstance(part, dict):
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
    name = _operator(rule)
    if not name:
        return ""
    changed = _with(facts, query, _equal(name, rule[name]))
    return f"{variable} is {found}" if changed.is_dead or name.startswith("Is") else ""
