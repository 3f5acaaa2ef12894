"""Of all ways to spoil our own two definitions, the checker notices at least 95 %.

`python -m tests.asl.mutation` tries them all, which takes minutes; here it is a sample, and what
came of the last whole run is read on its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from tests.asl.mutation.definitions import ROOT, own_definitions
from tests.asl.mutation.executions import Executions
from tests.asl.mutation.mutants import OPERATORS, Mutant, misspelt
from tests.asl.mutation.report import Checked, candidates, checked, findings, rate
from tests.asl.mutation.survivors import UNEXPLAINED, why_it_survives

EVERY = 151
"""Of the changes of each operator, every so manieth is tried."""

PAGE = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def definitions() -> list[Executions]:
    return list(own_definitions(is_thorough=False))


@pytest.fixture(scope="module")
def results(definitions: Sequence[Executions]) -> list[Checked]:
    return [each for executions in definitions for each in checked(executions, sample(executions))]


def sample(executions: Executions) -> Iterator[tuple[Mutant, bool]]:
    """Every so manieth change of each operator, and of each way to tell whether it is a defect."""
    everything = list(candidates(executions))
    for operator in OPERATORS:
        for is_doubtful in (False, True):
            same = (
                each
                for each in everything
                if (each[0].operator, each[1]) == (operator, is_doubtful)
            )
            yield from islice(same, 0, None, EVERY)


def test_the_definitions_themselves_have_no_error(definitions: Sequence[Executions]) -> None:
    for executions in definitions:
        found = findings(executions, executions.definition.document)

        assert [str(each) for each in found if each.severity == "error"] == []


def test_their_executions_end_as_they_should(definitions: Sequence[Executions]) -> None:
    """Else an execution could not tell what is a defect."""
    for executions in definitions:
        document = executions.definition.document

        assert not any(executions.fails(document, each) for each in executions.scenarios)


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
        if not each.rejected and why_it_survives(each.mutant, each.warnings) == UNEXPLAINED
    ]

    assert unexplained == []


@pytest.mark.parametrize("operator", OPERATORS.values())
def test_the_whole_run_rejected_at_least_95_percent_of_each_operator(operator: str) -> None:
    row = re.search(rf"^\| {re.escape(operator)} \| (\d+) \| (\d+) \|", PAGE, re.MULTILINE)

    assert row is not None
    assert int(row[2]) / int(row[1]) >= 0.95


def test_the_whole_run_left_nothing_unexplained() -> None:
    assert UNEXPLAINED not in PAGE


def test_a_misspelling_is_another_word() -> None:
    assert list(misspelt("End")) == ["Edn", "end"]
    assert list(misspelt("id.$")) == ["di.$", "Id.$"]
