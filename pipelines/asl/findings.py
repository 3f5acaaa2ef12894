"""What a rule is, what it finds, and the place where each rule has its id.

A rule is a function of a Machine that yields what breaks it.  Its docstring is its reference
text, from which the rules' page is made.  An id never changes its meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from pipelines.asl.model import Machine, Place, show

Severity = Literal["error", "warning"]
"""`error`: AWS refuses the definition, or it must fail when it runs; `warning`: anything else."""


@dataclass(frozen=True)
class Broken:
    """Where a rule is broken and how; `remedy` is what to do about it, if the rule knows."""

    place: Place
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Finding:
    """A broken rule: ``States.Train.Next: there is no state 'X' (P111)``."""

    rule: str
    message: str
    place: Place
    severity: Severity = "error"
    remedy: str = ""

    @property
    def path(self) -> str:
        """The place as people read it."""
        return show(self.place)

    @property
    def state(self) -> str | None:
        """The name of the innermost state in which it lies; None: in none."""
        name, rest = None, self.place
        while len(rest) > 1 and rest[0] == "States":
            name, rest = str(rest[1]), rest[2:]
            # Into a Map's processor, or a branch of a Parallel: ("Branches", 0).
            rest = rest[2:] if rest[:1] == ("Branches",) else rest[1:]
        return name

    def __str__(self) -> str:
        return f"{self.path}: {self.message} ({self.rule})"


Check = Callable[[Machine], Iterator[Broken]]
_SPELLINGS = {"arn": "ARN", "json": "JSON", "jsonata": "JSONata", "jsonpath": "JSONPath"}


@dataclass(frozen=True)
class Rule:
    """A rule with its id, and what its reference page says.

    Attributes:
        source: The page of AWS's that states it.
        quote: What that page says, word for word; empty if AWS says it only by its behaviour.
        bad: A small definition that breaks this rule.
        good: The same one set right, which breaks no rule at all.
    """

    id: str
    severity: Severity
    check: Check
    source: str = ""
    quote: str = ""
    bad: Any = None
    good: Any = None

    @property
    def name(self) -> str:
        """The rule as a sentence, from the function's name."""
        words = self.check.__name__.split("_")
        return " ".join(_SPELLINGS.get(word, word) for word in words)

    @property
    def text(self) -> str:
        return self.check.__doc__ or ""

    def findings(self, machine: Machine) -> Iterator[Finding]:
        """Where the machine breaks it."""
        return map(self.finding, self.check(machine))

    def finding(self, broken: Broken) -> Finding:
        """What breaks it, as it is told."""
        return Finding(self.id, broken.message, broken.place, self.severity, broken.remedy)


RULES: dict[str, Rule] = {}
"""Every rule by its id; the modules that define them fill it when they are imported."""


def rule(
    id: str,
    severity: Severity = "error",
    *,
    source: str = "",
    quote: str = "",
    bad: Any = None,
    good: Any = None,
) -> Callable[[Check], Check]:
    """Register a rule under its id.

    Raises:
        ValueError: the id is taken.
    """

    def register(check: Check) -> Check:
        if id in RULES:
            raise ValueError(f"rule {id} is defined twice")
        RULES[id] = Rule(id, severity, check, source, quote, bad, good)
        return check

    return register


def meant(name: str, known: Collection[str]) -> str | None:
    """The known name that a misspelt one seems to mean.

    >>> meant("ResultPaht", ["ResultPath", "Retry"])
    'ResultPath'
    """
    close = get_close_matches(name, [str(each) for each in known], n=1)
    return close[0] if close else None


def nearest(name: str, known: Collection[str]) -> str:
    """``; did you mean …?`` if one of the known names is near.

    >>> nearest("ResultPaht", ["ResultPath", "Retry"])
    '; did you mean ResultPath?'
    """
    close = meant(name, known)
    return f"; did you mean {close}?" if close else ""
