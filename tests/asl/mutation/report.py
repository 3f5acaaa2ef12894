"""How many mutants the checker rejects, by operator, and which it lets pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from pipelines.asl.checker import check, check_all
from pipelines.asl.checker.requests import REQUESTS
from pipelines.asl.findings import Finding
from pipelines.asl.model import Machine
from pipelines.template.strictness import strict
from tests.asl.mutation.data import data_mutants
from tests.asl.mutation.executions import Executions
from tests.asl.mutation.language import language_mutants
from tests.asl.mutation.mutants import OPERATORS, Mutant
from tests.asl.mutation.requests import request_mutants
from tests.asl.mutation.survivors import why_it_survives


@dataclass(frozen=True)
class Checked:
    """A mutant, without what became of the definition, and the ids of the rules that it breaks.

    The warnings are known of those without an error only: one error is enough.
    """

    pipeline: str
    mutant: Mutant
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def rejected(self) -> bool:
        return bool(self.errors)


def findings(executions: Executions, document: Any) -> list[Finding]:
    """What the project's check says of a definition with these substitutions and this input."""
    found = check_all(
        document,
        substitutions=executions.substitutions.keys(),
        input_schema=executions.definition.input_schema,
        answers=executions.definition.answers,
    )
    return list(strict(found))


def candidates(executions: Executions) -> Iterator[tuple[Mutant, bool]]:
    """All changes of a definition, and whether it takes executions to tell if one is a defect."""
    document: Mapping[str, Any] = executions.definition.document
    for mutant in chain(language_mutants(document), request_mutants(document)):
        yield mutant, False
    for mutant in data_mutants(document):
        yield mutant, True


def checked(executions: Executions, some: Iterable[tuple[Mutant, bool]]) -> Iterator[Checked]:
    """Those of these changes that are defects, checked."""
    for mutant, is_doubtful in some:
        if is_doubtful and not executions.fail(mutant.definition, mutant.place):
            continue
        found = _in_turn(executions, mutant.definition)
        errors, warnings = (
            tuple(sorted({each.rule for each in found if each.severity == severity}))
            for severity in ("error", "warning")
        )
        yield Checked(
            executions.definition.pipeline, replace(mutant, definition=None), errors, warnings
        )


def _in_turn(executions: Executions, document: Any) -> list[Finding]:
    """The checker's findings; those of the cheap rules alone, if there is an error among them."""
    machine = Machine(document, frozenset(executions.substitutions))
    cheap: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: strict(check(document, substitutions=executions.substitutions.keys())),
        lambda: chain.from_iterable(rule.findings(machine) for rule in REQUESTS),
    )
    for find in cheap:
        found = list(find())
        if any(each.severity == "error" for each in found):
            return found
    return findings(executions, document)


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
    for reason in sorted({why_it_survives(each.mutant, each.warnings) for each in survivors}):
        lines += [f"{reason}", ""]
        lines += [
            f"- {each.pipeline}: `{each.mutant}`"
            + (f" (a warning: {', '.join(each.warnings)})" if each.warnings else "")
            for each in survivors
            if why_it_survives(each.mutant, each.warnings) == reason
        ]
        lines.append("")
    return "\n".join(lines)


def _row(title: str, results: Sequence[Checked]) -> str:
    rejected = sum(each.rejected for each in results)
    warned = sum(bool(each.warnings) and not each.rejected for each in results)
    part = f"{100 * rate(results):.1f} %" if results else ""
    return f"| {title} | {len(results)} | {rejected} | {part} | {warned} |"
