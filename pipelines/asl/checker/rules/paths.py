"""Paths: that they can be read, and name as many places as their field takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.asl.checker.rules.examples import machine, task
from pipelines.asl.checker.rules.expressions import Role, path_fields
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.findings import Broken, rule
from pipelines.asl.intrinsic_syntax import is_intrinsic
from pipelines.asl.model import Machine
from pipelines.asl.path_syntax import parse_path_syntax

_QUOTED = re.compile(r"\[\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*\]", re.DOTALL)
_OPERATOR = re.compile(r"(?<!\\)[@,:?*]")
_FILTERED = ("child", "filter")
_SPECIFICATION = "https://states-language.net/spec.html"


@rule(
    "P151",
    source=f"{_SPECIFICATION}#path",
    quote='A Path is a string, beginning with "$", used to identify components within a JSON text.',
    bad=machine(Only={"Type": "Pass", "InputPath": "rows", "End": True}),
    good=machine(Only={"Type": "Pass", "InputPath": "$.rows", "End": True}),
)
def every_path_is_a_jsonpath(machine: Machine) -> Iterator[Broken]:
    """InputPath, OutputPath, Variable and every field that ends in Path hold a JSONPath that
    begins with $ (the data), $$ (the context object) or the name of a variable.  Functions like
    length() are not supported."""
    for place, text, role in path_fields(machine):
        if not is_open(text) and not (role == "message" and is_intrinsic(text)):
            try:
                parse_path_syntax(text)
            except AslSyntaxError as error:
                yield Broken(place, str(error))


@rule(
    "P152",
    source=f"{_SPECIFICATION}#ref-paths",
    quote="A Reference Path is a Path with syntax limited in such a way that it can only identify "
    "a single node in a JSON structure",
    bad=machine(Only=task(ResultPath="$.jobs[*].name")),
    good=machine(Only=task(ResultPath="$.jobs[0].name")),
)
def single_values_come_from_single_places(machine: Machine) -> Iterator[Broken]:
    """Variable, ItemsPath, ResultPath and the Path forms of numbers, times, Error and Cause name
    one place: no wildcard, slice or descent, no index from the end, and a filter only in
    ItemsPath.  In names without quotes the signs @ , : and ? stand behind a backslash.
    ResultPath lies in the data, neither in the context object nor in a variable; a Map's
    MaxConcurrencyPath and the like do not lie in the context object ("Value is not a Reference
    Path", AWS was seen to answer)."""
    for place, text, role in path_fields(machine):
        if role != "path" and (problem := _not_single(text, role)):
            yield Broken(place, f"{text!r} {problem}")


@lru_cache(maxsize=8192)
def _not_single(text: str, role: Role) -> str:
    """Why a path does not name one place; empty if it does, or is no path."""
    try:
        path = parse_path_syntax(text)
    except AslSyntaxError:
        return ""
    if path.steps is None:
        filters = role == "items" and all(each.kind in _FILTERED for each in path.segments)
        return "" if filters else "can name several places; a reference path names one"
    if any(isinstance(step, int) and step < 0 for step in path.steps):
        return "counts from the end, which a reference path may not"
    if match := _OPERATOR.search(_QUOTED.sub("", path.text)):
        return f"has {match[0]} in a name, which stands in brackets and quotes then"
    if role == "map" and path.root == "$$":
        return "lies in the context object; of a Map's fields only ItemsPath reads that"
    if role == "result" and path.root != "$":
        is_context = path.root == "$$"
        return (
            "lies in the context object, which cannot be written"
            if is_context
            else "is a variable, which only Assign can write"
        )
    return ""
