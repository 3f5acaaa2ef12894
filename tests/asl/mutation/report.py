"""How many mutants the checker rejects, by operator, and which it lets pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.checker import check_all
from pipelines.definitions.definition import Definition
from tests.asl.mutation.data import data_mutants
from tests.asl.mutation.executions import Executions
from tests.asl.mutation.language import language_mutants
from tests.asl.mutation.mutants import Mutant
from tests.asl.mutation.requests import request_mutants


@dataclass(frozen=True)
class Checked:
    """A mutant and what the checker said of it: the ids of the rules, errors and warnings."""

    pipeline: str
    mutant: Mutant
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def rejected(self) -> bool:
        return bool(self.errors)


def mutants(definition: Definition, executions: Executions) -> Iterator[Mutant]:
    """All mutants of a definition; none that is as legal as the definition itself."""
    document: Mapping[str, Any] = definition.document
    yield from language_mutants(document)
    yield from request_mutants(document)
    for candidate in data_mutants(document):
        if executions.fail(candidate.definition):
            yield candidate


def checked(definition: Definition, substitutions: Mapping[str, str]) -> Iterator[Checked]:
    """Every mutant of a definition, checked as our own definitions are."""
    for mutant in mutants(definition, Executions(definition, substitutions)):
        found = check_all(
            mutant.definition,
            substitutions=substitutions.keys(),
            input_schema=definition.input_schema,
        )
        errors = sorted({each.rule for each in found if each.severity == "error"})
        warnings = sorted({each.rule for each in found if each.severity != "error"})
        yield Checked(definition.pipeline, mutant, tuple(errors), tuple(warnings))
