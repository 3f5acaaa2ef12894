"""Checks a definition against every rule: pure, fast, and without any of AWS's packages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.machine import Machine
from pipelines.asl.rules import RULES, Severity
from pipelines.asl.rules import choices as _choices  # noqa: F401  (importing registers the rules)
from pipelines.asl.rules import data as _data  # noqa: F401
from pipelines.asl.rules import failures as _failures  # noqa: F401
from pipelines.asl.rules import fields as _fields  # noqa: F401
from pipelines.asl.rules import graph as _graph  # noqa: F401
from pipelines.asl.rules import limits as _limits  # noqa: F401


@dataclass(frozen=True)
class Finding:
    """A broken rule, where and how: ``States.Train.Next: there is no state 'X' (P111)``."""

    rule: str
    message: str
    path: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.message} ({self.rule})"


def check(definition: Any, *, substitutions: Collection[str] | None = None) -> list[Finding]:
    """Every broken rule, by id; empty when the definition is sound.

    Args:
        definition: Any JSON value.
        substitutions: The names in DefinitionSubstitutions; None: they are not known, and
            any well-formed ``${Name}`` passes.

    >>> [str(finding) for finding in check({"StartAt": "Go", "States": {"Go": {"Type": "Pas"}}})]
    ["States.Go.Type: 'Pas' is none of Choice, Fail, Pass, Succeed, Task, Wait; \
did you mean Pass? (P101)"]
    """
    if not isinstance(definition, Mapping):
        return [Finding("P101", "a state machine is an object", "the state machine")]
    names = None if substitutions is None else frozenset(substitutions)
    machine = Machine(definition, names)
    return [
        Finding(rule.id, message, path, rule.severity)
        for rule in sorted(RULES.values(), key=lambda rule: rule.id)
        for path, message in rule.check(machine)
    ]
