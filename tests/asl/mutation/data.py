"""Mutants of what flows: paths that lead to nothing, `.$` dropped, the keys of data misspelt.

Whether such a change is a defect is found out by running the definition: see `executions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.model import Place
from tests.asl.mutation.mutants import Mutant, misspelt, renamed, replaced

_PATH = re.compile(r"(?P<quoted>'(?:[^'\\]|\\.)*')|\$\$?(?:\.[A-Za-z_]\w*|\[[^\]]*\])+")
_NAME = re.compile(r"\.([A-Za-z_]\w*)")
_PATH_FIELDS = ("InputPath", "OutputPath", "Variable", "CausePath", "ErrorPath")
_TEMPLATES = ("Parameters", "ResultSelector")


def data_mutants(definition: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every candidate of these operators: path, dollar, misspell (of data's keys)."""
    for name, state in definition["States"].items():
        here: Place = ("States", name)
        for place, text in _expressions(here, state):
            for wrong in _with_a_path_to_nothing(text):
                change = f"becomes {wrong if len(wrong) < 70 else '…' + wrong[-60:]}"
                yield Mutant("path", place, change, replaced(definition, place, wrong))
        for field in _TEMPLATES:
            if field in state:
                is_data = state["Type"] == "Pass" or field == "ResultSelector"
                yield from _keys(definition, (*here, field), state[field], is_data)


def _expressions(place: Place, value: Any, template: bool = False) -> Iterator[tuple[Place, str]]:
    """Every text that is a path or calls a function, with its place."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            inside = template or key in _TEMPLATES
            dynamic = key.endswith(".$") if inside else key in _PATH_FIELDS
            if dynamic and isinstance(inner, str):
                yield (*place, key), inner
            else:
                yield from _expressions((*place, key), inner, inside)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _expressions((*place, number), inner, template)


def _with_a_path_to_nothing(text: str) -> Iterator[str]:
    """The text with one name in one of its paths made another, for each name of each path."""
    for path in _PATH.finditer(text):
        if path["quoted"] is None:
            for name in _NAME.finditer(path[0]):
                end = path.start() + name.end()
                yield f"{text[:end]}x{text[end:]}"


def _keys(definition: Any, place: Place, value: Any, is_data: bool) -> Iterator[Mutant]:
    """`.$` dropped at every key of a template, and the keys of data misspelt."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _keys(definition, (*place, number), inner, is_data)
    if not isinstance(value, Mapping):
        return
    for key, inner in value.items():
        here = (*place, key)
        if key.endswith(".$"):
            static = renamed(definition, here, key.removesuffix(".$"))
            yield Mutant("dollar", here, "without .$", static)
        else:
            yield from _keys(definition, here, inner, is_data)
        if is_data:
            for name in misspelt(key):
                yield Mutant("misspell", here, f"renamed {name}", renamed(definition, here, name))
