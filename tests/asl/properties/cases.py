"""Cases on the edge, most of which once went wrong: a definition, its input, its tasks' answers.

A file has `why` (what went wrong), `definition`, `input` and `answers`.  An answer that is an
object with the one field `fails` is a failure: ``{"fails": [error, cause]}``.  What JSON has no
word for (NaN, an infinite number, half a surrogate pair) is written as Python reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.asl.simulation import TaskFailed

FOUND = Path(__file__).parent / "found"


@dataclass(frozen=True)
class Case:
    """One file."""

    why: str
    definition: Any
    input: Any
    answers: list[Any]


def read(path: Path) -> Case:
    """The case that a file holds."""
    fields = json.loads(path.read_text())
    answers = [_answer(each) for each in fields.get("answers", [{}])]
    return Case(fields["why"], fields["definition"], fields.get("input", {}), answers)


def _answer(written: Any) -> Any:
    if isinstance(written, Mapping) and written.keys() == {"fails"}:
        return TaskFailed(*written["fails"])
    return written
