"""Codes through the fitted tables; and encoded, they are what scikit-learn's transformers make."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from preprocessing import encoding
from preprocessing.features import Features
from preprocessing.parsing import MISSING
from preprocessing.reading import Source
from tests.preprocessing.made import FEATURES, PEOPLE, codes, fit_source, rejects, write
from tests.preprocessing.parity import assert_equals_scikit_learn

NEW = """\
sex,pay,age,income
M,28,22,low
X,?,30.9,high
?,-1e3,31,low
F,0,?,low
"""


def test_codes_of_rows_seen_and_not_seen(tmp_path):
    tables = fit_source(FEATURES, write(tmp_path / "train", people=PEOPLE))

    table = codes(tables, write(tmp_path / "test", new=NEW))

    assert table.to_pydict() == {
        "_row": [1, 2, 3, 4],
        "pay": [28.0, None, -1e3, 0.0],
        "age": [0, 0, 1, 2],
        "sex": [1, 3, 2, 0],
        "_label": [0, 1, 0, 0],
    }


def test_a_label_that_is_not_wanted_is_not_even_read(tmp_path):
    tables = fit_source(FEATURES, write(tmp_path / "train", people=PEOPLE))
    source = write(tmp_path / "people", new=NEW.replace("high", "unheard of"))

    assert "_label" not in codes(tables, source, labelled=False).column_names
    assert rejects(tables, source, labelled=False) == []
    assert [reject.row for reject in rejects(tables, source)] == [2]


def test_rows_keep_their_numbers_and_ids_around_those_that_are_rejected(tmp_path):
    features = Features("y", "1", "id", numeric=("x",))
    tables = fit_source(features, write(tmp_path / "a", a="id,x,y\nu,1,0\nv,2,1\n"))
    source = write(tmp_path / "b", b="id,x,y\np,1,0\nq,oops,1\nragged\nr,?,1\n")

    table = codes(tables, source)

    assert table.column("_row").to_pylist() == [1, 4]
    assert table.column("_id").to_pylist() == ["p", "r"]
    assert [(r.row, r.id) for r in rejects(tables, source)] == [(2, "q"), (3, None)]


def test_batches_do_not_matter(tmp_path):
    tables = fit_source(FEATURES, write(tmp_path / "train", people=PEOPLE))
    path = write(tmp_path / "many", many=PEOPLE + "45,20.5,M,high\nx\n" * 500).paths[0]

    small, large = Source([path], block_bytes=100), Source([path])

    assert codes(tables, small).combine_chunks() == codes(tables, large).combine_chunks()
    assert rejects(tables, small) == rejects(tables, large)


def test_parquet_and_csv_are_transformed_alike(tmp_path):
    from pyarrow import csv
    from pyarrow import parquet as pq

    tables = fit_source(FEATURES, write(tmp_path / "train", people=PEOPLE))
    source = write(tmp_path / "csv", new=NEW)
    nulls = csv.ConvertOptions(null_values=["?"], strings_can_be_null=True)
    typed = csv.read_csv(source.paths[0], convert_options=nulls)
    assert typed.schema.field("pay").type == pa.float64()
    (tmp_path / "parquet").mkdir()
    pq.write_table(typed, tmp_path / "parquet" / "new.parquet")

    other = codes(tables, Source.find(tmp_path / "parquet"))

    assert other.to_pydict() == codes(tables, source).to_pydict()


number = st.one_of(st.sampled_from(MISSING), st.floats(-1e9, 1e9).map(repr), st.integers().map(str))
category = st.one_of(st.sampled_from(MISSING), st.text("ab é", max_size=3))
row = st.tuples(number, number, category, category)
rows = st.lists(row, min_size=2, max_size=40)


def content(rows):
    lines = [f"n,b,c,d,y\n{','.join(rows[0])},yes\n", *(f"{','.join(r)},no\n" for r in rows[1:])]
    return "".join(lines)


@given(rows, rows)
def test_on_made_data_every_value_is_scikit_learns(tmp_path_factory, training, other):
    folder = tmp_path_factory.mktemp("made")
    features = Features("y", "yes", numeric=("n",), binned=(("b", 4),))
    tables = fit_source(features, write(folder / "training", x=content(training)))

    for source in (write(folder / "training"), write(folder / "other", x=content(other))):
        for batch in codes(tables, source, labelled=False).to_batches():
            assert_equals_scikit_learn(tables, source, batch)


def test_the_names_of_the_one_hot_columns_say_what_they_hold(tmp_path):
    tables = fit_source(FEATURES, write(tmp_path, people=PEOPLE))

    assert encoding.onehot_names(tables) == [
        "pay",
        "age: [-inf, 31)",
        "age: [31, inf)",
        "age: missing",
        "sex: 'F'",
        "sex: 'M'",
        "sex: missing",
        "sex: other",
    ]
    assert encoding.ordinal_names(tables) == ["pay", "age", "sex"]
    assert encoding.ordinal_categorical(tables) == [False, False, True]


def test_the_encodings_of_a_few_people(tmp_path):
    source = write(tmp_path, people=PEOPLE)
    tables = fit_source(FEATURES, source)
    (batch,) = codes(tables, source).to_batches()

    ordinal = encoding.ordinal(tables, batch)
    onehot = encoding.onehot(tables, batch)

    np.testing.assert_array_equal(ordinal[3:], [[np.nan, 0, 1], [50.5, 1, 2]])
    assert onehot.width == 8
    np.testing.assert_array_equal(onehot.dense()[3], [0, 1, 0, 0, 0, 1, 0, 0])
