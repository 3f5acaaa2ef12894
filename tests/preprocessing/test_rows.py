"""Rows in memory become the codes that the same rows become in a file, one at a time as well."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocessing import encoding
from preprocessing.features import Features
from preprocessing.parsing import MISSING
from preprocessing.row_codes import RowCodes, RowError
from preprocessing.rows import raw_rows, transform_rows
from tests.preprocessing.made import FEATURES, PEOPLE, codes, fit_source, write

ROW = {"age": "31", "pay": 10.5, "sex": "F"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return fit_source(FEATURES, write(tmp_path_factory.mktemp("rows"), people=PEOPLE))


def ordinal(tables, row):
    batch, rejects = transform_rows(tables, [row])
    return [r.sentence for r in rejects] or shown(encoding.ordinal(tables, batch)[0].tolist())


def shown(row):
    """Numbers as texts, exactly: so NaN is equal to NaN, and -0.0 is not 0.0."""
    return [repr(value) for value in row]


def test_the_rows_of_a_file_have_the_codes_that_the_file_has(tables, tmp_path):
    source = write(tmp_path, people=PEOPLE)
    rows = [row for _, row in raw_rows(source, ["sex", "pay", "age"])]

    batch, rejects = transform_rows(tables, rows)

    assert rejects == []
    assert rows[2:4] == [
        {"sex": "F", "pay": "30.5", "age": None},
        {"sex": "M", "pay": None, "age": "22"},
    ]
    assert batch.to_pydict() == codes(tables, source, labelled=False).to_pydict()


def test_the_rows_of_a_file_keep_their_numbers(tmp_path):
    source = write(tmp_path, people=b"a,b\n1,x\nragged\n3,\xff\n4,z\n")

    assert list(raw_rows(source, ["b", "a"])) == [
        (1, {"b": "x", "a": "1"}),
        (4, {"b": "z", "a": "4"}),
    ]


def test_a_row_is_the_same_among_others_and_whatever_else_it_has(tables):
    batch, _ = transform_rows(
        tables, [{**ROW, "colour": object()}, ROW, {**ROW, "age": "old"}, ROW]
    )

    assert batch.column("_row").to_pylist() == [1, 2, 4]
    assert [len(set(batch.column(n).to_pylist())) for n in ("age", "pay", "sex")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"age": "old"}, "age is 'old': not a number"),
        ({"age": float("inf")}, "age is 'inf': not a finite number"),
        ({"age": 10**400}, f"age is {str(10**400)[:200]!r}: not a finite number"),
        ({"sex": True}, "sex is 'True': a boolean; write it as the text that stands in the train"),
        ({"pay": [1]}, "pay is '[1]': neither text, number nor null"),
        ({"sex": "\ud800"}, r"sex is "),
    ],
)
def test_what_no_file_could_hold_is_rejected_with_the_column_and_the_value(
    tables, change, sentence
):
    (said,) = ordinal(tables, {**ROW, **change})

    assert said.startswith(sentence)
    with pytest.raises(RowError) as error:
        RowCodes(tables)({**ROW, **change})
    assert str(error.value) == said


def test_a_column_that_is_not_there_is_named_with_what_may_be_meant(tables):
    row = {"Sex": "F", "age": 1, "pay": 2}

    assert ordinal(tables, row) == ["no column 'sex' (did you mean 'Sex'?)"]


def test_neither_label_nor_id_is_needed(tmp_path):
    features = Features("y", "1", "id", numeric=("x",))
    tables = fit_source(features, write(tmp_path, a="id,x,y\nu,1,0\nv,2,1\n"))

    batch, rejects = transform_rows(tables, [{"x": 1}, {"x": 2, "id": 7}, {"x": "?", "id": [1]}])

    assert rejects == []
    assert batch.column("_id").to_pylist() == [None, "7", None]


def test_no_rows_are_no_codes(tables):
    batch, rejects = transform_rows(tables, [])

    assert (batch.num_rows, rejects) == (0, [])


number = st.one_of(
    st.none(),
    st.sampled_from([*MISSING, "old", " 7 ", "1e400", "٣", "+.5", "1e-7", "31"]),
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.floats().map(repr),
)
category = st.one_of(
    st.none(),
    st.sampled_from([*MISSING, "F", " M", "M\x1c", "\u2003F", "3", "Übung"]),
    st.integers(-3, 5),
    st.floats(),
    st.text(max_size=3),
)


@given(number, number, category)
def test_a_row_by_itself_has_the_very_bits_that_it_has_among_many(tmp_path_factory, age, pay, sex):
    people = PEOPLE.replace("22, , M", "22, , 3").replace("60, 50.5, ?", "60, 50.5, Übung")
    tables = fit_source(FEATURES, write(tmp_path_factory.mktemp("rows"), people=people))
    row = {"age": age, "pay": pay, "sex": sex}

    assert coded(tables, row) == ordinal(tables, row)


def coded(tables, row):
    """As `ordinal`, the other way."""
    try:
        return shown(RowCodes(tables)(row))
    except RowError as error:
        return [str(error)]


def test_a_json_document_of_rows_is_what_it_says(tables):
    row = json.loads('{"age": 31, "pay": null, "sex": "F", "note": {"any": "thing"}}')

    assert ordinal(tables, row) == ["nan", "1.0", "0.0"]
