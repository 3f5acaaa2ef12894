"""Text becomes values; what cannot is listed with its row, its column, its value and a reason."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocessing.columns import Columns
from preprocessing.parsing import MISSING
from tests.preprocessing.made import parse_columns

NUMBER = Columns(None, None, ("x",), (), ())
CATEGORY = Columns(None, None, (), (), ("x",))
LABEL = Columns("x", None, (), (), ())


def numbers(values):
    return parse_columns(NUMBER, {"x": values})


def faults(batch):
    return [(reject.row, reject.value, reject.reason) for reject in batch.rejects]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), (" -1.5 ", -1.5), ("+3", 3.0), ("2e6", 2e6), (".5", 0.5), ("5.", 5.0)],
)
def test_a_number_is_decimal(text, value):
    # Alone, and beside a value that sends the whole column down the slower way.
    assert numbers([text]).numbers["x"].tolist() == [value]
    assert numbers([text, "?", "x"]).numbers["x"][0] == value


@pytest.mark.parametrize("text", ["x", "1_000", "1,5", "0x1f", "1e", "--1", "1 2", "١"])
def test_what_is_no_number_is_rejected(text):
    assert faults(numbers(["1", text])) == [(2, text, "not a number")]


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e400"])
def test_a_number_has_to_be_finite(text):
    batch = numbers([text, "1"])

    assert [reject.row for reject in batch.rejects] == [1]
    assert batch.numbers["x"].tolist() == [1.0]


@pytest.mark.parametrize("text", [*MISSING, "  ", " ? "])
def test_a_missing_number_is_nan_and_no_fault(text):
    batch = numbers([text, "1"])

    assert batch.rejects == []
    assert math.isnan(batch.numbers["x"][0])


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)), st.randoms())
def test_every_float64_reads_back_as_itself_wherever_faults_are(values, random):
    texts = [str(value) for value in values] + ["oops", "?", "inf"] * 2
    order = random.sample(range(len(texts)), len(texts))

    batch = numbers([texts[i] for i in order])

    expected = [values[i] if i < len(values) else None for i in order]
    kept = batch.numbers["x"]
    assert kept[~np.isnan(kept)].tolist() == [value for value in expected if value is not None]
    assert [r.row for r in batch.rejects] == [
        row for row, i in enumerate(order, 1) if texts[i] in ("oops", "inf")
    ]


def test_a_number_of_parquet_is_taken_as_it_is():
    batch = numbers(pa.array([1, None, 3], pa.int32()))

    assert batch.rejects == []
    np.testing.assert_array_equal(batch.numbers["x"], [1.0, np.nan, 3.0])


@pytest.mark.parametrize("values", [["a", " a", "?"], pa.array(["a", "a", None])])
def test_spaces_are_no_part_of_a_category_and_missing_is_null(values):
    categories = parse_columns(CATEGORY, {"x": values}).categories["x"]

    assert categories.values.take(pa.array(categories.indices)).to_pylist() == ["a", "a", None]


def test_a_category_that_is_not_utf8_is_rejected():
    batch = parse_columns(CATEGORY, {"x": [b"a", b"\xff", b"b"]})

    assert faults(batch) == [(2, "�", "not UTF-8")]
    assert batch.rows.tolist() == [1, 3]


def test_a_label_may_not_be_missing_or_unknown():
    batch = parse_columns(LABEL, {"x": ["yes", "", "maybe", " no"]}, labels=("no", "yes"))

    assert faults(batch) == [
        (2, "", "a label is missing"),
        (3, "maybe", "an unknown label; the model knows 'no' and 'yes'"),
    ]
    assert batch.rows.tolist() == [1, 4]


def test_a_row_is_listed_once_with_the_leftmost_column_at_fault_and_its_id():
    columns = Columns("y", "id", ("a", "b"), (), ())
    values = {"b": ["x", "1"], "a": ["x", "2"], "id": ["first", "second"], "y": ["", "1"]}

    batch = parse_columns(columns, values)

    (reject,) = batch.rejects
    assert reject == (1, "first", "b", "x", "not a number")
    assert batch.ids.to_pylist() == ["second"]


def test_a_rejected_row_is_gone_from_every_column():
    columns = Columns("y", None, ("a",), (), ("c",))

    batch = parse_columns(columns, {"a": ["1", "x"], "c": ["p", "q"], "y": ["n", "y"]})

    assert len(batch.rows) == len(batch.numbers["a"]) == 1
    assert len(batch.categories["c"].indices) == len(batch.label.indices) == 1
