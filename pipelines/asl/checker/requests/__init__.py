"""Each Task's request: offline, nothing is sent.

What a Resource calls (P201), whether the request fits the service's model (P202 to P208, P213 to
P215), the task token (P210, P211, P217), and what SageMaker and others check across members
(P220 to P227).
A module of rules is imported here by name, which registers what it defines.
"""

from __future__ import annotations

from typing import Any

from pipelines.asl.checker.requests import actions, rules, tokens
from pipelines.asl.checker.requests.facts import rules as facts
from pipelines.asl.findings import RULES, Finding, Rule
from pipelines.asl.model import Machine

_MODULES = {module.__name__ for module in (actions, facts, rules, tokens)}

REQUESTS: tuple[Rule, ...] = tuple(
    RULES[id] for id in sorted(RULES) if RULES[id].check.__module__ in _MODULES
)
"""The rules about requests, by id."""


def check_requests(definition: Any) -> list[Finding]:
    """What is wrong with the requests of a definition, as far as their values are known.

    The value of a ``"Key.$"`` is not known, nor is a text with a ``${Name}`` in it: only that
    the member is there counts.
    """
    if not isinstance(definition, dict):
        return []
    machine = Machine(definition)
    return [finding for rule in REQUESTS for finding in rule.findings(machine)]
