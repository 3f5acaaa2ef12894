"""The rules of the language.

A module of rules is imported here by name, which registers what it defines: a new one takes one
line.  `shapes`, `kinds`, `tables` and `map_tables` describe the language's objects; `expressions`
says where its paths and templates stand; `examples` is what the rules' examples are made of.
"""

from __future__ import annotations

from pipelines.asl.checker.rules import (
    choices,
    documents,
    failures,
    fields,
    graph,
    jsonata,
    languages,
    limits,
    maps,
    paths,
    resources,
    substitutions,
    templates,
    variables,
)
from pipelines.asl.findings import RULES, Rule

_MODULES = (
    choices,
    documents,
    failures,
    fields,
    graph,
    jsonata,
    languages,
    limits,
    maps,
    paths,
    resources,
    substitutions,
    templates,
    variables,
)
_NAMES = {module.__name__ for module in _MODULES}

LANGUAGE: tuple[Rule, ...] = tuple(
    RULES[id] for id in sorted(RULES) if RULES[id].check.__module__ in _NAMES
)
"""The rules that `check` holds a definition to, by id."""
