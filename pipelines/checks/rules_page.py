"""`docs/rules.md`: the reference of all rules, made from the rules themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

# These register the rules that they know.
import pipelines.asl.checker.flow
import pipelines.asl.checker.production
import pipelines.asl.checker.requests
import pipelines.checks.project  # noqa: F401
from pipelines.asl.findings import RULES, Rule

_GROUPS = {
    "P1": "The language",
    "P2": "Requests",
    "P3": "Data flow",
    "P4": "What hurts in production",
    "P5": "This project",
}
"""What the first digit of an id says."""


def rules_page() -> str:
    """The page: a table of all rules, then each with what AWS says and two examples."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rules = [RULES[id] for id in sorted(RULES)]
    for group, title in _GROUPS.items():
        members = [rule for rule in rules if rule.id.startswith(group)]
        if not members:
            continue
        yield f"- [{title}](#{title.lower().replace(' ', '-')}): {members[0].id}–{members[-1].id}"
    for group, title in _GROUPS.items():
        members = [rule for rule in rules if rule.id.startswith(group)]
        if not members:
            continue
        yield from ("", f"## {title}", "", "| rule | severity | |", "|---|---|---|")
        for rule in members:
            yield f"| [{rule.id}](#{rule.id.lower()}) | {rule.severity} | {_sentence(rule)} |"
        for rule in members:
            yield from _rule(rule)


def _sentence(rule: Rule) -> str:
    return rule.name[0].upper() + rule.name[1:]


def _rule(rule: Rule) -> Iterator[str]:
    yield from ("", f"### {rule.id}", "", f"**{_sentence(rule)}** ({rule.severity}).", "")
    yield " ".join(rule.text.split())
    if rule.quote:
        yield from ("", f"> {rule.quote}")
    if rule.source:
        yield from ("", f"[What AWS says]({rule.source})")
    if rule.quote and rule.bad is None:
        yield from ("", "No examples: the bad one would be too large to read.")
    for title, example in (("Bad", rule.bad), ("Good", rule.good)):
        if example is not None:
            yield from ("", f"{title}:", "", "```json", _shown(example), "```")


def _shown(example: Any) -> str:
    """An example as the reader would write it: an object that fits a line takes one."""
    if isinstance(example, str):
        return example.strip()
    return _pretty(example, 0)


def _pretty(value: Any, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or len(flat) + 2 * depth <= 80:
        return flat
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {_pretty(item, depth + 1)}"
            for key, item in value.items()
        ]
        opening, closing = "{}"
    else:
        parts = [_pretty(item, depth + 1) for item in value]
        opening, closing = "[]"
    body = f",\n{inner}".join(parts)
    return f"{opening}\n{inner}{body}\n{outer}{closing}"
