"""Rows of the test data that a model has seen: exactly those, whatever they hold."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from jobs.validation.expectations import Expectations
from jobs.validation.rows import judge_shared, shared
from preprocessing.features import Features
from tests.jobs.made import write_rows
from tests.jobs.validation.made import FEATURES, HEADER, customers, everywhere, read

TEXTS = st.sampled_from(["a", "b", "ab", "", None])
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 1e300, float("nan")])
ROWS = st.lists(st.tuples(TEXTS, NUMBERS, TEXTS), max_size=12)


def frame(rows):
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pd.DataFrame(
        {
            "x": _texts(columns[0]),
            "y": pd.Series(list(columns[1]), dtype=float),
            "z": _texts(columns[2]),
        }
    )


def _texts(values):
    known = pd.Index(sorted({value for value in values if value is not None}), dtype=str)
    return pd.Categorical(list(values), categories=known)


@given(ROWS, ROWS)
def test_a_row_is_shared_if_every_value_is(training, test):
    def key(row):  # zero has no sign, and what is missing is the same as what is missing
        return tuple(repr(0.0 if value == 0 else value) for value in row)

    known = {key(row) for row in training}
    expected = [key(row) in known for row in test]

    assert shared(frame(training), frame(test)).tolist() == expected


def judge(folder, training, test, features):
    parts = [
        read(write_rows(folder / name, lines, HEADER), "age", "visits")
        for name, lines in (("training", training), ("test", test))
    ]
    document = Features.from_json({**FEATURES, **features})
    outcomes = judge_shared(*parts, document, Expectations(max_shared_share=0.4))
    return [outcome for outcome in outcomes if outcome.column is None]


def test_a_share_that_is_allowed_is_no_violation(tmp_path):
    rows = customers(20)

    [few] = judge(tmp_path, rows[:10], rows[6:16], {})
    [many] = judge(tmp_path, rows[:10], rows[5:15], {})

    assert few.held
    assert many.first_rows == (1, 2, 3, 4, 5)
    assert "5 rows (50 %) do (row 1: age=24" in many.sentence


def test_the_label_and_the_id_do_not_make_a_row_another(tmp_path):
    rows = customers(10)
    others = [line.replace("c", "d", 1) for line in everywhere(rows, "bought", "yes")]

    [outcome] = judge(tmp_path, rows, others, {})

    assert outcome.rows == 10


def test_a_dropped_column_that_numbers_the_rows_does_not_either(tmp_path):
    rows = customers(10)
    others = [line.replace(",", ",9", 1) for line in rows]  # another age, where age is dropped
    constant = [everywhere(lines, "age", value) for lines, value in ((rows, "1"), (others, "2"))]
    dropped = {"numeric": ["visits"], "drop": ["age"]}

    [numbered] = judge(tmp_path, rows, others, dropped)
    [measured] = judge(tmp_path, *constant, dropped)

    assert numbered.rows == 10
    assert measured.held
