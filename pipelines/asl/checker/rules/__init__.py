"""The rules of the language: structure, graph, names, choices, failures, limits, data.

A module of rules is imported here by name, which registers what it defines.
"""

from __future__ import annotations

from pipelines.asl.checker.rules import choices, data, failures, fields, graph, limits
from pipelines.asl.findings import RULES, Rule

_MODULES = {module.__name__ for module in (choices, data, failures, fields, graph, limits)}

LANGUAGE: tuple[Rule, ...] = tuple(
    RULES[id] for id in sorted(RULES) if RULES[id].check.__module__ in _MODULES
)
"""The rules that `check` holds a definition to, by id."""
