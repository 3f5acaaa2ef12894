"""What a path asks for: where it starts, and the steps that it goes from there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.paths import parse_path


class Many(Enum):
    """A step that can lead to several places."""

    EACH = "[*]"
    """Every element, or the value of every field."""
    SOME = "?"
    """A filter, a slice, a list of names, a descent: nobody knows what they find."""


Step = str | int | Many
Root = str
"""`$` is the data, `$$` the context object, anything else the name of a variable."""


@dataclass(frozen=True)
class Query:
    """A path as the analysis follows it.

    Attributes:
        text: As it is written.
        steps: Up to a SOME, after which nothing is known.
        is_single: Whether it names one place at most.
    """

    text: str
    root: Root
    steps: tuple[Step, ...]
    is_single: bool = field(init=False)

    def __post_init__(self) -> None:
        is_single = not any(isinstance(step, Many) for step in self.steps)
        object.__setattr__(self, "is_single", is_single)


_NAME = r"[^\W\d]\w*"
_PLAIN = re.compile(rf"(\$\$?|\${_NAME})((?:\.{_NAME}|\[\d{{1,9}}\]|\[\*\])*)")
_STEP = re.compile(rf"\.({_NAME})|\[(\d+)\]|\[(\*)\]")
_VARIABLE = re.compile(rf"\$({_NAME})(.*)", re.DOTALL)


@lru_cache(maxsize=4096)
def parse_query(text: str) -> Query | None:
    """Read a path; None: it is none, or a substitution hides what it is.

    >>> parse_query("$.list[0].x").steps, parse_query("$order.id").root
    (('list', 0, 'x'), 'order')
    """
    if "${" in text:
        return None
    if match := _PLAIN.fullmatch(text):  # a tenth of the time, and nearly every path
        steps = tuple(_step(*parts) for parts in _STEP.findall(match[2]))
        return Query(text, _root(match[1]), steps)
    variable = _VARIABLE.fullmatch(text)
    try:
        path = parse_path(f"${variable[2]}" if variable else text)
    except (AslSyntaxError, RecursionError):
        return None
    if variable:
        return Query(text, variable[1], _steps(path.query))
    return Query(text, "$$" if path.in_context else "$", _steps(path.query))


def _root(text: str) -> Root:
    return text if text in ("$", "$$") else text[1:]


def _step(name: str, index: str, each: str) -> Step:
    if each:
        return Many.EACH
    return name or int(index)


def _steps(query: Any) -> tuple[Step, ...]:
    """The steps of the library's compiled form."""
    from jsonpath.segments import JSONPathChildSegment
    from jsonpath.selectors import IndexSelector, NameSelector, WildcardSelector

    steps: list[Step] = []
    for segment in query.segments:
        selectors = segment.selectors
        if not isinstance(segment, JSONPathChildSegment) or len(selectors) != 1:
            return (*steps, Many.SOME)
        if isinstance(selectors[0], NameSelector):
            steps.append(selectors[0].name)
        elif isinstance(selectors[0], IndexSelector):
            steps.append(selectors[0].index)
        elif isinstance(selectors[0], WildcardSelector):
            steps.append(Many.EACH)
        else:
            return (*steps, Many.SOME)
    return tuple(steps)
