"""A baseline: what is known does not count, what is new does, and what is gone is said."""

from __future__ import annotations

import dataclasses

import pytest

from pipelines.checks.baseline import baseline_text, compare
from pipelines.checks.reported import Reported
from pipelines.errors import InputError

FOUND = Reported("a.json", "P111", "error", "there is no state 'X'", line=7, path="States.A.Next")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "baseline.json"


def test_a_known_finding_is_not_new(file):
    file.write_text(baseline_text([FOUND]))

    compared = compare([FOUND], file)

    assert (compared.new, compared.known, compared.gone) == ([], 1, 0)


def test_a_known_finding_may_move_to_another_line(file):
    file.write_text(baseline_text([FOUND]))

    assert compare([dataclasses.replace(FOUND, line=70)], file).new == []


@pytest.mark.parametrize(
    "change", [{"file": "b.json"}, {"rule": "P112"}, {"path": "States.B.Next"}, {"machine": "M"}]
)
def test_another_file_rule_path_or_machine_makes_it_new(file, change):
    file.write_text(baseline_text([FOUND]))
    other = dataclasses.replace(FOUND, **change)

    compared = compare([other], file)

    assert (compared.new, compared.known, compared.gone) == ([other], 0, 1)


def test_a_second_one_of_the_same_kind_is_new(file):
    file.write_text(baseline_text([FOUND]))

    assert compare([FOUND, FOUND], file).new == [FOUND]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "it is not JSON"),
        ("[]", "it is no baseline of version 1"),
        ('{"version": 2, "findings": []}', "it is no baseline of version 1"),
        ('{"version": 1}', "it has no list of findings"),
        ('{"version": 1, "findings": [{"file": 7}]}', "findings[0] is no finding"),
    ],
)
def test_what_is_no_baseline_is_refused_with_the_way_out(file, text, problem):
    file.write_text(text)

    with pytest.raises(InputError) as refused:
        compare([FOUND], file)

    assert problem in str(refused.value)
    assert "--write-baseline" in refused.value.hint


def test_a_missing_baseline_is_not_an_empty_one(file):
    with pytest.raises(InputError, match="cannot be read"):
        compare([FOUND], file)
