"""What the checker says of a definition that a program has made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipelines.asl.findings import Finding

NEVER_MEANT = frozenset({"P157", "P159"})
"""Rules that only warn, since a person may mean it: a path that is passed on as a text, and a
substitution that is evaluated.  No step of ours means either."""


def strict(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, errors where they are of what no generated definition means."""
    for each in findings:
        yield replace(each, severity="error") if each.rule in NEVER_MEANT else each
