"""Nodes → problems: what the schema in `model` refuses, where it was written, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from pipelines.environment.explain import Finding, explain
from pipelines.environment.model import Environment
from pipelines.environment.nodes import REFUSED, Key, Node, Problem, Source, plain, walk
from pipelines.environment.parts import Part
from pipelines.environment.policy import POLICY

# What is between values, rather than in one: judged once, on what the files come to together.
_BETWEEN = frozenset({"missing", "disagreement"})
# In the way to a part: whatever name the user gives.
_EACH = "<name>"


def judge_file(root: Node, name: str) -> list[Problem]:
    """What is wrong in one file, whatever the other one says."""
    findings = [found for found in _findings(root, name) if found.type not in _BETWEEN]
    problems = []
    for path, group in _by_place(root, findings).items():
        node = walk(root, path)[0][-1]
        if group[0].type == "extra_forbidden":
            message = _unknown(path, root)
        else:
            message = explain(group, node)
        if message:
            problems.append(Problem(node.source, path, message))
    return problems


def judge_whole(merged: Node, name: str) -> list[Problem]:
    """What is missing from both files together, and which values do not go together."""
    problems = [
        problem
        for found in _findings(merged, name)
        if found.type == "missing"
        for problem in _missing(found, merged, name)
    ]
    problems += _disagreements(merged)
    return list(dict.fromkeys(problems))


def _findings(root: Node, name: str) -> list[Finding]:
    """Everything that pydantic says of the values, but of those that were refused already."""
    given = plain(root)
    given["name"] = name
    try:
        Environment.model_validate(given)
    except ValidationError as error:
        findings = []
        for found in error.errors(include_url=False):
            nodes, path = walk(root, found["loc"])
            at_key = found["loc"][-1:] == ("[key]",)
            about_value = found["type"] != "extra_forbidden" and not at_key
            if nodes[-1].value is REFUSED and about_value:
                continue
            context = found.get("ctx", {})
            findings.append(
                Finding(found["type"], found["loc"], path, found["input"], found["msg"], context)
            )
        return findings
    return []


def _by_place(root: Node, findings: Sequence[Finding]) -> dict[Key, list[Finding]]:
    """The findings of each value, all branches of a union together.

    If one branch got deeper into the value than another, it is the one that was meant.
    """
    groups: dict[Key, list[Finding]] = {}
    if "name" in root.value:
        source = ("name",)
        groups[source] = [Finding("extra_forbidden", source, source, None, "", {})]
    for found in findings:
        groups.setdefault(found.path, []).append(found)
    return {
        path: group
        for path, group in groups.items()
        if not any(
            len(other) > len(path) and other[: len(path)] == path and _is_union(group)
            for other in groups
        )
    }


def _is_union(group: Sequence[Finding]) -> bool:
    return all(len(found.location) > len(found.path) for found in group)


def _unknown(path: Key, root: Node) -> str:
    """What is said of a key that does not exist; nothing if `_disagreements` speaks of it."""
    *parent, name = path
    if path == ("name",):
        return "is not set here: an environment is called as its file is"
    siblings = _siblings(tuple(parent))
    if name in siblings:
        return ""
    if near := _nearest(str(name), siblings):
        return f"is not a key; did you mean {near}?"
    elsewhere = [".".join(key) for key, names in _schema().items() if name in names and key]
    if elsewhere:
        return f"is not a key here, but in {', '.join(elsewhere)}"
    return f"is not a key; there are {', '.join(sorted(siblings))}"


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=0.6)), None)


def _missing(found: Finding, merged: Node, name: str) -> Iterator[Problem]:
    key = (*found.path, found.location[-1])
    parent = walk(merged, found.path)[0][-1]
    siblings = _siblings(found.path)
    if any(_nearest(other, siblings) == key[-1] for other in parent.value if other not in siblings):
        return  # a misspelt key, of which `_unknown` speaks
    groups = POLICY.alternatives.get(tuple(map(str, found.path)), ())
    if groups and not any(name in parent.value for name in frozenset().union(*groups)):
        needs = ", or ".join(" and ".join(sorted(group)) for group in groups)
        yield Problem(parent.source, found.path, f"needs {needs}")
    elif found.path:
        yield Problem(parent.source, key, "is missing")
    else:
        here = Source(f"config/{name}.yaml")
        yield Problem(here, key, f"is missing, here and in {parent.source.file}")


def _disagreements(merged: Node) -> Iterator[Problem]:
    for pattern, part in _parts(Environment):
        for path in _places(merged, pattern):
            nodes, found = walk(merged, path)
            if found != path or not isinstance(nodes[-1].value, dict):
                continue
            for key, message in part.disagreements(plain(nodes[-1])):
                yield Problem(walk(nodes[-1], key)[0][-1].source, (*path, *key), message)


def _places(root: Node, pattern: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The keys that a way leads to, with every name that the file gives for `_EACH`."""
    places: list[tuple[str, ...]] = [()]
    for step in pattern:
        places = [
            (*place, name)
            for place in places
            for name in (_names(root, place) if step == _EACH else (step,))
        ]
    yield from places


def _names(root: Node, place: tuple[str, ...]) -> Iterator[str]:
    nodes, found = walk(root, place)
    if found == place and isinstance(nodes[-1].value, dict):
        yield from nodes[-1].value


def _siblings(path: Key) -> frozenset[str]:
    """The keys that are known where `path` leads."""
    for pattern, names in _schema().items():
        if len(pattern) == len(path) and all(
            known in (_EACH, str(key)) for known, key in zip(pattern, path, strict=True)
        ):
            return names
    return frozenset()


@lru_cache(maxsize=1)
def _schema() -> Mapping[tuple[str, ...], frozenset[str]]:
    """The keys that each part knows, by the way to it."""
    keys: dict[tuple[str, ...], frozenset[str]] = {}
    for path, part in _parts(Environment):
        names = frozenset(part.model_fields) - (frozenset() if path else {"name"})
        keys[path] = keys.get(path, frozenset()) | names
    return keys


def _parts(
    part: type[Part], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], type[Part]]]:
    """Every part of the schema, and the way to it; a union gives each of its branches.

    A mapping of names that the user gives to parts has `_EACH` in the place of the name.
    """
    yield path, part
    for name, field in part.model_fields.items():
        for below, inner in _parts_in(field.annotation):
            yield from _parts(inner, (*path, name, *below))


def _parts_in(annotation: Any) -> Iterator[tuple[tuple[str, ...], type[Part]]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield (), annotation
    of_names = get_origin(annotation) is dict
    for argument in get_args(annotation):
        for below, inner in _parts_in(argument):
            yield ((_EACH, *below) if of_names else below), inner
