"""What a path asks for: where it starts, and the steps that it goes from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.path_syntax import parse_path_syntax


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
        is_element: Whether it ends with an index.
    """

    text: str
    root: Root
    steps: tuple[Step, ...]
    is_single: bool = field(init=False)
    is_element: bool = field(init=False)

    def __post_init__(self) -> None:
        is_single = not any(isinstance(step, Many) for step in self.steps)
        is_element = bool(self.steps) and isinstance(self.steps[-1], int)
        object.__setattr__(self, "is_single", is_single)
        object.__setattr__(self, "is_element", is_element)


@lru_cache(maxsize=8192)
def parse_query(text: str) -> Query | None:
    """Read a path; None: it is none, or a substitution hides what it is.

    >>> parse_query("$.list[0].x").steps, parse_query("$order.id").root
    (('list', 0, 'x'), 'order')
    """
    if "${" in text:
        return None
    try:
        syntax = parse_path_syntax(text)
    except AslSyntaxError:
        return None
    steps: list[Step] = []
    for segment in syntax.segments:
        if segment.kind == "child":
            steps.append(segment.step)
        elif segment.kind == "each":
            steps.append(Many.EACH)
        else:
            steps.append(Many.SOME)
            break
    return Query(text, syntax.root, tuple(steps))
