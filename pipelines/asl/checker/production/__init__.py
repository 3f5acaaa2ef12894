"""What hurts in production: definitions that AWS takes, and that somebody will regret.

A module of rules is imported here by name, which registers what it defines.
"""

from __future__ import annotations

from pipelines.asl.checker.production import (
    history,
    literals,
    names,
    payloads,
    redrive,
    retries,
    waiting,
)
from pipelines.asl.findings import RULES, Rule

_MODULES = {
    module.__name__ for module in (history, literals, names, payloads, redrive, retries, waiting)
}

PRODUCTION: tuple[Rule, ...] = tuple(
    RULES[id] for id in sorted(RULES) if RULES[id].check.__module__ in _MODULES
)
"""The rules about production, by id."""
