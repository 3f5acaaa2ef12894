"""Every rule has a page: what it demands, what AWS says, and two examples that prove it."""

import pytest

from pipelines.asl.checker import check, check_all
from pipelines.asl.checker.rules import LANGUAGE
from pipelines.asl.findings import Finding, rule
from tests.asl.checker.rules.found import rules, rules_of_text

WITHOUT_EXAMPLES = {"P118", "P122"}
"""Rules whose examples nobody could read: they are about size."""
WITH_EXAMPLES = [each for each in LANGUAGE if each.id not in WITHOUT_EXAMPLES]


def broken(example, folder):
    return rules_of_text(example, folder) if isinstance(example, str) else rules(example)


@pytest.mark.parametrize("each", WITH_EXAMPLES, ids=[each.id for each in WITH_EXAMPLES])
def test_its_bad_example_breaks_it_and_its_good_one_breaks_nothing(each, tmp_path):
    assert each.id in broken(each.bad, tmp_path)
    assert broken(each.good, tmp_path) == set()


@pytest.mark.parametrize("each", WITH_EXAMPLES, ids=[each.id for each in WITH_EXAMPLES])
def test_its_good_example_is_good_in_every_other_respect(each):
    if not isinstance(each.good, str):
        assert check_all(each.good) == []


@pytest.mark.parametrize("each", LANGUAGE, ids=[each.id for each in LANGUAGE])
def test_it_says_what_it_demands_and_who_says_so(each):
    assert each.text.endswith(".")
    assert each.source.startswith("https://")
    assert each.quote


def test_an_id_is_given_once():
    with pytest.raises(ValueError, match="P101 is defined twice"):
        rule("P101")(lambda machine: iter(()))


def test_a_finding_says_where_what_and_what_was_meant():
    definition = {
        "StartAt": "Prepare",
        "States": {
            "Prepare": {"Type": "Pass", "ResultPaht": "$.x", "Next": "Tran"},
            "Train": {"Type": "Succeed"},
        },
    }

    assert [str(finding) for finding in check(definition)][:2] == [
        "States.Prepare.ResultPaht: a Pass has no field 'ResultPaht'; did you mean ResultPath?"
        " (P102)",
        "States.Prepare.Next: there is no state 'Tran'; did you mean Train? (P111)",
    ]


def test_what_is_no_object_is_no_state_machine():
    assert check([]) == [Finding("P101", "a state machine is an object", ())]


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        (("States", "Only"), "P117"),
        (("States", "Only", "Comment"), "P125"),
        (("States", "Only", "Result", "States"), "P125"),
    ],
)
def test_a_state_that_stands_twice_is_an_error_and_any_other_key_a_warning(place, rule):
    definition = {"StartAt": "Only", "States": {"Only": {"Type": "Succeed"}}}

    [finding] = check(definition, duplicates=[place])

    assert (finding.rule, finding.place) == (rule, place)
    assert finding.severity == ("error" if rule == "P117" else "warning")
