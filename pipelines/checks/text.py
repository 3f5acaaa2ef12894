"""Findings for people, and as JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.checks.reported import Reported, count

_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]")


def lines(findings: Sequence[Reported]) -> Iterator[str]:
    """One line for each finding, and one below it for each thing that helps.

    >>> print("\\n".join(lines([Reported("a.json", "P111", "error", "there is no state 'X'",
    ...     line=7, column=15, path="States.A.Next", remedy="Name a state of the same scope.")])))
    a.json:7:15: error P111 at States.A.Next: there is no state 'X'
        Name a state of the same scope.
    """
    for each in findings:
        inside = "".join(f" in {each.machine}" if each.machine else "")
        at = f" at {each.path}" if each.path else ""
        yield f"{each.where}: {each.severity} {each.rule}{inside}{at}: {each.message}"
        if each.remedy:
            yield f"    {each.remedy}"
        if each.made_at:
            yield f"    made by {each.made_at[0]}:{each.made_at[1]}"


def json_text(findings: Sequence[Reported]) -> str:
    """A JSON object: `findings`, and how many there are of each severity in `summary`."""
    document = {"findings": [each.as_json() for each in findings], "summary": count(findings)}
    return printable_json(document)


def printable_json(document: Any) -> str:
    r"""JSON text for people to read, too; half a surrogate pair, which UTF-8 lacks, is escaped.

    >>> print(printable_json(["ü", "\ud800"]))
    [
      "ü",
      "\ud800"
    ]
    """
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return _HALF_A_PAIR.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
