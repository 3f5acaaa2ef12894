"""Of all ways to spoil our own two definitions, the checker notices at least 95 %."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import pytest

from tests.asl.mutation.definitions import own_definitions
from tests.asl.mutation.executions import Executions
from tests.asl.mutation.mutants import OPERATORS, misspelt
from tests.asl.mutation.report import Checked, checked, findings, mutants, rate
from tests.asl.mutation.survivors import UNEXPLAINED, why_it_survives

EVERY = 6
"""Every sixth mutant is checked here; `python -m tests.asl.mutation` checks them all."""


@pytest.fixture(scope="module")
def definitions() -> list[Executions]:
    return list(own_definitions())


@pytest.fixture(scope="module")
def results(definitions: Sequence[Executions]) -> list[Checked]:
    return [
        each
        for executions in definitions
        for each in checked(executions, islice(mutants(executions), 0, None, EVERY))
    ]


def test_the_definitions_themselves_have_no_error(definitions: Sequence[Executions]) -> None:
    for executions in definitions:
        found = findings(executions, executions.definition.document)

        assert [str(each) for each in found if each.severity == "error"] == []


def test_their_executions_end_as_they_should(definitions: Sequence[Executions]) -> None:
    """Else an execution could not tell what is a defect."""
    for executions in definitions:
        assert not executions.fail(executions.definition.document)


def test_every_operator_makes_mutants(results: Sequence[Checked]) -> None:
    made = {each.mutant.operator for each in results}

    assert made == OPERATORS.keys()


def test_at_least_95_percent_are_rejected(results: Sequence[Checked]) -> None:
    passed = [f"{each.pipeline} {each.mutant}" for each in results if not each.rejected]

    assert rate(results) >= 0.95, "\n".join(passed)


def test_what_survives_is_explained(results: Sequence[Checked]) -> None:
    unexplained = [
        f"{each.pipeline} {each.mutant}"
        for each in results
        if not each.rejected and why_it_survives(each.mutant) == UNEXPLAINED
    ]

    assert unexplained == []


def test_a_misspelling_is_another_word() -> None:
    assert list(misspelt("End")) == ["Edn", "end"]
    assert list(misspelt("id.$")) == ["di.$", "Id.$"]
