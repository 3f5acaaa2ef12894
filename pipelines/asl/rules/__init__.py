"""The rules for definitions: what a rule is, and the place where each has its id.

A rule is a function of a Machine that yields what breaks it: the path and a message.
Its docstring is its reference text.  An id never changes meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from pipelines.asl.machine import Machine

Severity = Literal["error", "warning"]
"""`error`: AWS refuses the definition, or it fails when it runs; `warning`: it can be regretted."""

Broken = Iterator[tuple[str, str]]
Check = Callable[[Machine], Broken]


@dataclass(frozen=True)
class Rule:
    """A rule with its id; `text` is what its reference page says."""

    id: str
    severity: Severity
    check: Check

    @property
    def text(self) -> str:
        return self.check.__doc__ or ""


RULES: dict[str, Rule] = {}


def rule(id: str, severity: Severity = "error") -> Callable[[Check], Check]:
    """Register a rule under its id.

    Raises:
        ValueError: the id is taken.
    """

    def register(check: Check) -> Check:
        if id in RULES:
            raise ValueError(f"rule {id} is defined twice")
        RULES[id] = Rule(id, severity, check)
        return check

    return register


def nearest(name: str, known: object) -> str:
    """``; did you mean …?`` if one of the known names is near.

    >>> nearest("ResultPaht", ["ResultPath", "Retry"])
    '; did you mean ResultPath?'
    """
    names = [str(each) for each in known] if isinstance(known, list | tuple | dict | set) else []
    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}?" if close else ""
