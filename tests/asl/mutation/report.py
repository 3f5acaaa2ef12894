"""How many mutants the checker rejects, by operator, and which it lets pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.asl.checker import check_all
from pipelines.asl.findings import Finding
from tests.asl.mutation.data import data_mutants
from tests.asl.mutation.executions import Executions
from tests.asl.mutation.language import language_mutants
from tests.asl.mutation.mutants import OPERATORS, Mutant
from tests.asl.mutation.requests import request_mutants
from tests.asl.mutation.survivors import why_it_survives


@dataclass(frozen=True)
class Checked:
    """A mutant, and the ids of the rules that it breaks: the errors, and the warnings."""

    pipeline: str
    mutant: Mutant
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def rejected(self) -> bool:
        return bool(self.errors)


def findings(executions: Executions, document: Any) -> list[Finding]:
    """What the checker says of a definition with these substitutions and this input."""
    return check_all(
        document,
        substitutions=executions.substitutions.keys(),
        input_schema=executions.definition.input_schema,
        answers=executions.definition.answers,
    )


def mutants(executions: Executions) -> Iterator[Mutant]:
    """All mutants of a definition; none that is as legal as the definition itself."""
    document: Mapping[str, Any] = executions.definition.document
    yield from language_mutants(document)
    yield from request_mutants(document)
    for candidate in data_mutants(document):
        if executions.fail(candidate.definition):
            yield candidate


def checked(executions: Executions, some: Iterable[Mutant]) -> Iterator[Checked]:
    """These mutants of a definition, checked."""
    for mutant in some:
        found = findings(executions, mutant.definition)
        errors = {each.rule for each in found if each.severity == "error"}
        warnings = {each.rule for each in found if each.severity == "warning"}
        pipeline = executions.definition.pipeline
        yield Checked(pipeline, mutant, tuple(sorted(errors)), tuple(sorted(warnings)))


def rate(results: Sequence[Checked]) -> float:
    """The part of the mutants that is rejected."""
    return sum(each.rejected for each in results) / len(results)


def page(results: Sequence[Checked]) -> str:
    """The results as a page of the documentation."""
    lines = [
        "| operator | mutants | rejected | rate | a warning at most |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, title in OPERATORS.items():
        lines.append(_row(title, [each for each in results if each.mutant.operator == name]))
    lines += [_row("all", results), "", "## Survivors", ""]
    survivors = [each for each in results if not each.rejected]
    for reason in sorted({why_it_survives(each.mutant) for each in survivors}):
        lines += [f"{reason}", ""]
        lines += [
            f"- {each.pipeline}: `{each.mutant}`"
            + (f" (a warning: {', '.join(each.warnings)})" if each.warnings else "")
            for each in survivors
            if why_it_survives(each.mutant) == reason
        ]
        lines.append("")
    return "\n".join(lines)


def _row(title: str, results: Sequence[Checked]) -> str:
    rejected = sum(each.rejected for each in results)
    warned = sum(bool(each.warnings) and not each.rejected for each in results)
    part = f"{100 * rate(results):.1f} %" if results else ""
    return f"| {title} | {len(results)} | {rejected} | {part} | {warned} |"
