"""Columns made from columns: the same in training, in files to be predicted and in requests."""

import pytest

from preprocessing import document
from preprocessing.columns import resolve
from preprocessing.derive import Derivation, DeriveError
from preprocessing.deriving import parse_and_derive, try_derivation
from preprocessing.errors import DataError, DocumentError
from preprocessing.features import Features
from preprocessing.fitting import Fit
from preprocessing.row_codes import RowCodes, RowError
from preprocessing.rows import raw_rows, transform_rows
from tests.preprocessing.made import codes, rejects, write

DERIVE = """\
import numpy as np

READS = {"hired": "number", "left": "number", "city": "text"}

def derive(columns):
    years = columns["left"] - columns["hired"]
    south = [city and ("no", "yes")[city in ("Ulm", "Bonn")] for city in columns["city"]]
    return {"years": years, "south": np.array(south, object)}
"""
STAFF = """\
id,hired,left,city,pay,y
a,2001,2011,Ulm,3,no
b,2010,2012,Kiel,4,yes
c,1999,,Bonn,5,no
d,2000,2020,?,6,yes
"""
FEATURES = Features(
    "y", "yes", "id", numeric=("pay", "years"), categorical=("south",), derive="d.py"
)


def derivation(folder, text=DERIVE):
    (folder / "derive.py").write_text(text)
    return Derivation.load(folder / "derive.py")


def fitted(folder, text=DERIVE, staff=STAFF, features=FEATURES):
    source = write(folder / "staff", staff=staff)
    derive = try_derivation(derivation(folder, text), source)
    columns = resolve(features, source.header(), "staff.csv", derive.reads, derive.columns)
    batches = (
        parse_and_derive(raw, columns, derivation=derive) for raw in source.batches(columns.names)
    )
    learner = Fit(features, columns, derive)
    for batch in batches:
        learner.add(batch)
    return learner.tables(), source


def test_derived_columns_are_learnt_from_and_coded_like_any_other(tmp_path):
    tables, source = fitted(tmp_path)

    assert (tables.numeric["years"].count, tables.numeric["years"].missing) == (3, 1)
    assert tables.numeric["years"].mean == pytest.approx(32 / 3)
    assert tables.categorical["south"].values == ("no", "yes")
    table = codes(tables, source)
    assert table.column("years").to_pylist() == [10.0, 2.0, None, 20.0]
    assert table.column("south").to_pylist() == [1, 0, 1, 2]
    assert table.column_names == ["_row", "_id", "pay", "years", "south", "_label"]


def test_a_column_that_only_derive_reads_is_no_feature_and_needs_no_other_role(tmp_path):
    tables, _ = fitted(
        tmp_path, features=Features("y", "yes", "id", derive="d.py", numeric=("years",))
    )

    assert tables.columns(labelled=False).names == ("id", "pay", "hired", "left", "city")
    assert list(tables.categorical) == ["pay", "south"]


def test_requests_are_derived_from_as_files_are(tmp_path):
    tables, source = fitted(tmp_path)
    rows = [row for _, row in raw_rows(source, tables.columns(labelled=False).names)]

    batch, none = transform_rows(tables, rows)

    assert none == []
    assert batch.to_pydict() == codes(tables, source, labelled=False).to_pydict()
    assert RowCodes(tables)(rows[0]) == [3.0, 10.0, 1.0]


def test_a_row_whose_value_derive_cannot_be_given_is_rejected_with_the_reason(tmp_path):
    tables, _ = fitted(tmp_path)
    source = write(tmp_path / "new", new=STAFF.replace("2010", "soon"))

    (reject,) = rejects(tables, source, labelled=False)

    assert (reject.row, reject.id, reject.sentence) == (2, "b", "hired is 'soon': not a number")


def test_the_file_is_bound_to_the_tables_by_its_digest(tmp_path):
    tables, _ = fitted(tmp_path)
    (tmp_path / "preprocessor.json").write_text(document.to_text(tables))

    again, _ = document.load(tmp_path / "preprocessor.json")

    assert again == tables
    assert document.to_text(again) == document.to_text(tables)
    (tmp_path / "derive.py").write_text(DERIVE + "\n# a change\n")
    with pytest.raises(DocumentError, match="beside it is not the one that it was fitted"):
        document.load(tmp_path / "preprocessor.json")
    (tmp_path / "derive.py").unlink()
    with pytest.raises(DocumentError, match="which it was fitted with, is not beside it"):
        document.load(tmp_path / "preprocessor.json")


RAISES = DERIVE.replace(
    "    years =",
    "    [int(city[0] != 'X') or 1 / 0 for city in columns['city'] if city]\n    years =",
)


def test_a_row_on_which_derive_raises_is_rejected_and_the_others_are_predicted(tmp_path):
    tables, _ = fitted(tmp_path, RAISES)
    source = write(tmp_path / "new", new=STAFF.replace("Kiel", "Xanten"))

    (reject,) = rejects(tables, source, labelled=False)

    assert (reject.row, reject.sentence) == (
        2, "derive.py: derive raised ZeroDivisionError: division by zero",
    )  # fmt: skip
    assert codes(tables, source, labelled=False).column("_row").to_pylist() == [1, 3, 4]
    with pytest.raises(RowError, match="ZeroDivisionError"):
        RowCodes(tables)({"hired": 1, "left": 2, "city": "Xanten", "pay": 1})
    # No model is made or measured of a part of the rows.
    with pytest.raises(DeriveError, match="ZeroDivisionError"):
        codes(tables, source, labelled=True)


def test_a_derived_number_that_is_not_finite_is_a_reason_to_reject_the_row(tmp_path):
    features = Features("y", "yes", drop=("id", "hired", "left", "city"), numeric=("rate", "pay"))
    tables, _ = fitted(tmp_path, body("return {'rate': 1 / pay}"), features=features)
    source = write(tmp_path / "new", new=STAFF.replace(",5,no", ",0,no"))

    (reject,) = rejects(tables, source)

    assert (reject.row, reject.sentence) == (3, "rate is 'inf': not a finite number")


def body(lines):
    head = 'import numpy as np\nREADS = {"pay": "number"}\ndef derive(columns):\n'
    return f'{head}    pay = columns["pay"]\n    {lines}\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def derive(columns): return {}", "derive.py needs READS, the columns that derive reads"),
        ('READS = {"pay": "int"}\ndef derive(c): pass', "derive.py needs READS"),
        ('READS = {"pay": "number"}', "derive.py needs a function derive(columns)"),
        ("import nothing_of_this_name", "derive.py cannot be run: ModuleNotFoundError"),
        ("READS = (", "derive.py cannot be run: SyntaxError"),
        (body("return pay"), "derive returned ndarray, not a dict of columns"),
        (body("return {}"), "derive returned no column"),
        (body("return {'years': pay[:1]}"), "derive returned 'years' as (1,), not an array of 4"),
        (body("return {'years': 3}"), "derive returned 'years' as int, not an array of 4 values"),
        (body("return {'years': pay.astype('M8[s]')}"), "neither all numbers (NaN where missing)"),
        (body("pay[0] = 1"), "derive raised ValueError: assignment destination is read-only"),
        (
            body("return {'years': pay - pay.mean()}"),
            "derive does not treat each row by itself: 'years' is -1.5 among 4 rows and 0.0 alone "
            "(of pay ",
        ),
        (body("return {'years': np.sort(pay)[::-1]}"), "does not treat each row by itself"),
        (body("return {'years': np.random.rand(len(pay))}"), "does not treat each row by itself"),
        (body("return {f'n{len(pay)}': pay}"), "does not treat each row by itself"),
    ],
)  # fmt: skip
def test_a_derive_that_cannot_be_relied_on_is_refused_before_anything_is_learnt(
    tmp_path, text, message
):
    with pytest.raises(DeriveError) as error:
        fitted(tmp_path, text)

    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "features", "message"),
    [
        (body("return {'pay': pay}"), {}, "derive makes 'pay', a column that staff.csv has, too"),
        (body("return {'y': pay}"), {}, "derive makes 'y', a column that"),
        (
            body("return {'rate': pay}"),
            {},
            "derive makes 'rate' as a number; name it in numeric or",
        ),
        (
            body("return {'rate': pay.astype(str)}"),
            {"numeric": ("rate",)},
            "derive makes 'rate' as a text; name it in categorical",
        ),
        (
            'READS = {"y": "text"}\ndef derive(c): return {"z": c["y"]}',
            {},
            "derive reads 'y', the label, which is not there when one predicts",
        ),
        (
            'READS = {"paid": "number"}\ndef derive(c): return c',
            {},
            "no column 'paid' (did you mea",
        ),
    ],
)
def test_what_derive_reads_and_makes_has_to_fit_the_data_and_the_features(
    tmp_path, text, features, message
):
    with pytest.raises(DataError) as error:
        fitted(tmp_path, text, features=Features("y", "yes", derive="d.py", **features))

    assert message in str(error.value)


def test_columns_that_change_with_the_rows_are_refused_later_too(tmp_path):
    more = "return {'years': pay, **({'south': pay.astype(str)} if (pay > 90).any() else {})}"
    features = Features("y", "yes", derive="d.py", numeric=("years",))
    tables, _ = fitted(tmp_path, body(more), features=features)

    with pytest.raises(DeriveError, match="the columns that it makes must not depend on the rows"):
        codes(tables, write(tmp_path / "new", new=STAFF.replace(",6,", ",99,")))
