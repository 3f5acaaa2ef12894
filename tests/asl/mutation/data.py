"""Mutants of what flows: paths that lead to nothing, expressions that are texts, misspelt keys.

Whether such a change is a defect is found out by running the definition: see `executions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.model import Place
from tests.asl.mutation.mutants import Mutant, misspelt, renamed, replaced, states

_PATH = re.compile(r"(?P<quoted>'(?:[^'\\]|\\.)*')|\$\$?(?:\.[A-Za-z_]\w*|\[[^\]]*\])+")
_NAME = re.compile(r"\.([A-Za-z_]\w*)")
_PATH_FIELDS = ("InputPath", "OutputPath", "Variable", "SecondsPath", "CausePath", "ErrorPath")
_TEMPLATES = ("Parameters", "ResultSelector")
_JSONATA = re.compile(
    r"(?P<quoted>'(?:[^'\\]|\\.)*')(?P<key>\s*:)?|\.([A-Za-z_]\w*)|(\$[a-z]\w*)\("
)
"""Of an expression: a text or a key that it makes, a name of a path, a function's name."""


def data_mutants(definition: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every candidate of these operators: path, dollar, misspell (of data's keys)."""
    for here, state in states(definition):
        if state.get("QueryLanguage") == "JSONata":
            yield from _of_jsonata(definition, here, state)
            continue
        for place, text in _expressions(here, state):
            for wrong in _with_a_path_to_nothing(text):
                yield Mutant("path", place, _becomes(wrong), replaced(definition, place, wrong))
        for field in _TEMPLATES:
            if field in state:
                is_data = state["Type"] == "Pass" or field == "ResultSelector"
                yield from _keys(definition, (*here, field), state[field], is_data)


def _becomes(wrong: str) -> str:
    return f"becomes {wrong if len(wrong) < 70 else '…' + wrong[-60:]}"


def _expressions(place: Place, value: Any, template: bool = False) -> Iterator[tuple[Place, str]]:
    """Every text that is a path or calls a function, with its place."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Branches":
                continue  # whose states are visited as such
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


def _of_jsonata(definition: Any, here: Place, state: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every candidate in the Arguments of a JSONata state, in its Output and its catchers'."""
    fields = [((*here, name), state[name]) for name in ("Arguments", "Output") if name in state]
    for number, catcher in enumerate(state.get("Catch", ())):
        if "Output" in catcher:
            fields.append(((*here, "Catch", number, "Output"), catcher["Output"]))
    for start, field in fields:
        for place, text in _texts(start, field):
            if not text.startswith("{%"):
                if "${" not in text:  # what that stands for may be a path for all that is known
                    wrong = f"{{% {text} %}}"
                    yield Mutant(
                        "dollar", place, "within {% %}", replaced(definition, place, wrong)
                    )
                continue
            static = replaced(definition, place, text[2:-2].strip())
            yield Mutant("dollar", place, "without {% %}", static)
            for operator, start_at, end, wrong in _spoilt(text):
                spoilt = f"{text[:start_at]}{wrong}{text[end:]}"
                near = spoilt[max(0, start_at - 30) : end + 10]
                change = f"becomes {spoilt if len(spoilt) < 70 else f'…{near}…'}"
                yield Mutant(operator, place, change, replaced(definition, place, spoilt))


def _texts(place: Place, value: Any) -> Iterator[tuple[Place, str]]:
    """Every text in a value, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts((*place, key), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts((*place, number), inner)


def _spoilt(text: str) -> Iterator[tuple[str, int, int, str]]:
    """What may be done to an expression: the operator, from where to where, what stands there."""
    for found in _JSONATA.finditer(text):
        _, key, name, function = found.groups()
        if name:
            yield "path", found.start(3), found.end(3), f"{name}x"
        elif function:
            wrong = f"${next(misspelt(function[1:]))}"
            yield "misspell", found.start(4), found.end(4), wrong
        elif key:
            word = found["quoted"][1:-1]
            for wrong in misspelt(word):
                yield "misspell", found.start(1) + 1, found.end(1) - 1, wrong
