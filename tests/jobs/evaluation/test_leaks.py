"""A column that tells the label is found, however it is dressed up; honest strong ones are not."""

import numpy as np
import pytest

from jobs.evaluation import leaks

RANDOM = np.random.default_rng(0)
ROWS = 4000
CAUSES = RANDOM.normal(size=(ROWS, 4))
# Positive rows are rare, and the first cause is strong: alone it reaches a ROC AUC of 0.9.
SIGNAL = CAUSES @ [2.2, 0.9, 0.5, 0.3] + RANDOM.normal(size=ROWS)
LABELS = (np.quantile(SIGNAL, 0.88) < SIGNAL).astype(np.int8)
HONEST = {f"cause {n}": CAUSES[:, n] for n in range(4)}
HONEST["city"] = RANDOM.integers(0, 30, ROWS).astype(float)
HONEST["id"] = np.arange(ROWS, dtype=float)
HONEST["visits"] = np.where(RANDOM.random(ROWS) < 0.3, np.nan, RANDOM.integers(0, 9, ROWS))


def flipped(share):
    return np.where(RANDOM.random(ROWS) < share, 1 - LABELS, LABELS).astype(float)


def find(columns, labels=LABELS, scores=SIGNAL, **options):
    options = {"classification": True, **options}
    return leaks.find(columns, labels, scores, **options)


def names(found):
    return [leak.column for leak in found]


def test_honest_columns_are_none_however_strong():
    assert find(HONEST) == []


def test_many_columns_that_are_as_strong_are_an_easy_problem():
    measurements = {f"measurement {n}": LABELS * 4 + RANDOM.normal(0, 1.5, ROWS) for n in range(5)}

    assert find({**HONEST, **measurements}) == []


LEAKS = {
    "a copy": lambda: LABELS.astype(float),
    "the other way round": lambda: 1.0 - LABELS,
    "a copy with noise": lambda: flipped(0.04),
    "categories that mean one class each": lambda: LABELS * 3.0 + RANDOM.integers(0, 3, ROWS),
    "a number that lies beyond a bound": lambda: LABELS * 9 + RANDOM.normal(size=ROWS),
    "an island of one class": lambda: np.where(
        LABELS == 1, RANDOM.uniform(4, 5, ROWS), RANDOM.uniform(0, 9, ROWS) // 1 % 3
    ),
    "missing unless it happened": lambda: np.where(LABELS == 1, 1.0, np.nan),
}


@pytest.mark.parametrize("how", LEAKS)
def test_a_column_that_tells_the_label_is_found_and_it_alone(how):
    found = find({**HONEST, "leak": LEAKS[how]()})

    assert names(found) == ["leak"]
    assert found[0].sign == "alone"
    assert found[0].score > 0.85


def test_what_is_filled_in_for_most_of_the_positive_rows_and_no_other_is_found():
    filled = np.where((LABELS == 1) & (RANDOM.random(ROWS) < 0.7), 1.0, np.nan)

    [leak] = find({**HONEST, "date of default": filled})

    assert (leak.column, leak.sign) == ("date of default", "pure")
    assert leak.score == pytest.approx(0.7, abs=0.05)


def test_a_group_that_never_is_positive_is_honest():
    child = np.where((LABELS == 0) & (RANDOM.random(ROWS) < 0.7), 1.0, 0.0)

    assert find({**HONEST, "child": child}) == []


def test_two_copies_do_not_hide_each_other():
    found = find({**HONEST, "one": flipped(0.03), "two": flipped(0.03)})

    assert set(names(found)) == {"one", "two"}


def test_two_columns_that_tell_the_label_only_together_are_found_by_what_the_model_rests_on():
    one = RANDOM.integers(0, 2, ROWS)
    other = one ^ LABELS
    columns = {**HONEST, "one": one.astype(float), "other": other.astype(float)}

    def score_without(column, rows, others):
        left = one[others] if column == "one" else one[rows]
        right = other[others] if column == "other" else other[rows]
        return (left ^ right) + 0.001 * CAUSES[rows, 0]

    scores = LABELS + 0.001 * CAUSES[:, 0]
    found = find(columns, scores=scores, score_without=score_without)

    assert set(names(found)) == {"one", "other"}
    assert {leak.sign for leak in found} == {"rests on it"}


WAGES = np.exp(SIGNAL / 2 + 6)


@pytest.mark.parametrize(
    ("leak", "is_one"),
    [
        (WAGES, True),
        (WAGES / 4.33, True),
        (-np.log(WAGES), True),
        (np.round(WAGES, -2), True),
        (WAGES * RANDOM.lognormal(0, 0.05, ROWS), True),
        (np.digitize(WAGES, np.quantile(WAGES, np.linspace(0, 1, 20))).astype(float), True),
        (WAGES * RANDOM.lognormal(0, 0.9, ROWS), False),
    ],
)
def test_a_number_is_leaked_in_any_unit(leak, is_one):
    columns = {**HONEST, "leak": leak}

    found = find(columns, labels=WAGES, scores=WAGES, classification=False)

    assert names(found) == (["leak"] if is_one else [])


@pytest.mark.parametrize("labels", [LABELS[:20], np.zeros(100, np.int8)])
def test_too_few_rows_or_one_class_show_nothing(labels):
    column = {"copy": labels.astype(float)}

    assert find(column, labels=labels, scores=labels.astype(float)) == []
