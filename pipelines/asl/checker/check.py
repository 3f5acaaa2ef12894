"""Holds a definition to the rules: pure; `check` without any of AWS's packages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pipelines.asl.checker.rules import LANGUAGE
from pipelines.asl.findings import Finding
from pipelines.asl.model import Machine


def check(definition: Any, *, substitutions: Collection[str] | None = None) -> list[Finding]:
    """What breaks the rules of the language, by rule; empty when the definition is sound.

    Args:
        definition: Any JSON value.
        substitutions: The names in DefinitionSubstitutions; None: they are not known, and
            any well-formed ``${Name}`` passes.

    >>> [str(finding) for finding in check({"StartAt": "Go", "States": {"Go": {"Type": "Pas"}}})]
    ["States.Go.Type: 'Pas' is none of Choice, Fail, Pass, Succeed, Task, Wait; \
did you mean Pass? (P101)"]
    """
    if not isinstance(definition, Mapping):
        return [Finding("P101", "a state machine is an object", ())]
    names = None if substitutions is None else frozenset(substitutions)
    machine = Machine(definition, names)
    return [finding for rule in LANGUAGE for finding in rule.findings(machine)]


def check_all(
    definition: Any, *, substitutions: Collection[str] | None = None, input_schema: Any = None
) -> list[Finding]:
    """All that can be known: `check`, each Task's request, the data flow, production.

    Args:
        definition: Any JSON value.
        substitutions: As in `check`.
        input_schema: The JSON Schema of the execution input; None: it may be anything.
    """
    from pipelines.asl.requests import check_requests

    return [*check(definition, substitutions=substitutions), *check_requests(definition)]
