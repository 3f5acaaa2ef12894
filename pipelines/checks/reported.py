"""A finding as it is reported: what is wrong, in which file and where in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.asl.documents.source import Position
from pipelines.asl.findings import Finding, Severity


@dataclass(frozen=True)
class Reported:
    """One finding.

    Attributes:
        file: Relative to the project's root or as the user named it, with forward slashes.
        line, column: From 1; None where the finding has no place of its own.
        machine: The state machine's name in a template that may hold several.
        state: The state's name, if it lies within one.
        path: The JSON path within the definition.
        rule: The rule's id; those of cfn-lint begin with `cfn-lint:`.
        remedy: What to do about it, if the rule knows.
        made_at: The file and line of Python that made the state, where it is ours.
    """

    file: str
    rule: str
    severity: Severity
    message: str
    line: int | None = None
    column: int | None = None
    machine: str | None = None
    state: str | None = None
    path: str | None = None
    remedy: str = ""
    made_at: tuple[str, int] | None = None

    @classmethod
    def of(cls, finding: Finding, file: str, position: Position, **more: Any) -> Reported:
        """A rule's finding, at its position in a file."""
        return cls(
            file,
            finding.rule,
            finding.severity,
            finding.message,
            line=position.line,
            column=position.column,
            state=finding.state,
            path=finding.path,
            remedy=finding.remedy,
            **more,
        )

    @property
    def where(self) -> str:
        """`file:line:column`, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    def as_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        values = asdict(self)
        made_at = values.pop("made_at")
        return {**values, "made_at": {"file": made_at[0], "line": made_at[1]} if made_at else None}


def in_order(findings: Iterable[Reported]) -> list[Reported]:
    """By file and line, each once."""
    return sorted(
        dict.fromkeys(findings),
        key=lambda each: (each.file, each.line or 0, each.column or 0, each.rule, each.message),
    )


def count(findings: Iterable[Reported]) -> str:
    """How many there are of each severity.

    >>> count([Reported("a.json", "P111", "error", "…"), Reported("a.json", "P112", "error", "…")])
    '2 errors, 0 warnings'
    """
    severities = [each.severity for each in findings]
    errors, warnings = severities.count("error"), severities.count("warning")
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
