"""What the tests of the rules say of a definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.asl.checker import check
from pipelines.asl.documents import read_file

ANY_ERROR = ["States.ALL"]


def rules(definition: Any, **options: Any) -> set[str]:
    """The ids of the rules that it breaks."""
    return {finding.rule for finding in check(definition, **options)}


def messages(definition: Any, **options: Any) -> list[str]:
    """Its findings as people read them."""
    return [str(finding) for finding in check(definition, **options)]


def rules_of_text(text: str, folder: Path) -> set[str]:
    """The ids of the rules that a definition or template breaks, given as JSON or YAML."""
    file = folder / "machine"
    file.write_text(text, encoding="utf-8")
    (found,) = read_file(file).machines
    return rules(found.definition, substitutions=found.substitutions, duplicates=found.duplicates)
