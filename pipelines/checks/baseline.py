"""A baseline: the findings that are known and accepted, so that only new ones count.

A finding is known again by its file, machine, rule and JSON path, not by its line: what is added
above it does not make it a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.asl.documents import read_text
from pipelines.checks.reported import Reported
from pipelines.checks.text import printable_json
from pipelines.errors import InputError

_VERSION = 1
_KEYS = ("file", "machine", "rule", "path", "message")
_Identity = tuple[str | None, ...]


@dataclass(frozen=True)
class Compared:
    """Findings held against a baseline.

    Attributes:
        new: What the baseline does not have.
        known: How many it has.
        gone: How many of its entries no longer occur.
    """

    new: list[Reported]
    known: int
    gone: int


def baseline_text(findings: Sequence[Reported]) -> str:
    """The baseline in which all of these are known."""
    entries = [{key: getattr(each, key) for key in _KEYS} for each in findings]
    return printable_json({"version": _VERSION, "findings": entries})


def compare(findings: Sequence[Reported], file: Path) -> Compared:
    """Hold the findings against the baseline in `file`.

    Raises:
        InputError: there is no such file, or it is not a baseline.
    """
    left = Counter(_read(file))
    new = []
    for each in findings:
        identity = tuple(getattr(each, key) for key in _KEYS[:-1])
        if left[identity]:
            left[identity] -= 1
        else:
            new.append(each)
    return Compared(new, len(findings) - len(new), left.total())


def _read(file: Path) -> list[_Identity]:
    try:
        document = read_text(file).value
    except InputError as error:
        raise InputError(f"the baseline {error}", hint=_way_out(file)) from None
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise _malformed(file, f"it is no baseline of version {_VERSION}")
    entries = document.get("findings")
    if not isinstance(entries, list):
        raise _malformed(file, "it has no list of findings")
    return [_identity(file, number, entry) for number, entry in enumerate(entries)]


def _identity(file: Path, number: int, entry: Any) -> _Identity:
    if not isinstance(entry, dict) or not all(
        entry.get(key) is None or isinstance(entry[key], str) for key in _KEYS
    ):
        raise _malformed(file, f"findings[{number}] is no finding")
    return tuple(entry.get(key) for key in _KEYS[:-1])


def _malformed(file: Path, problem: str) -> InputError:
    return InputError(f"{file}: {problem}", hint=_way_out(file))


def _way_out(file: Path) -> str:
    return f"To make it from what is found now: --write-baseline {file}"
