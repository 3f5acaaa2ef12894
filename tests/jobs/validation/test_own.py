"""The project's own pandera schema: what it is given, and what is told of what it refuses."""

import textwrap

import pytest

from jobs.validation.own import OwnSchema
from preprocessing.errors import DataError
from tests.jobs.made import write_rows
from tests.jobs.validation.made import HEADER, changed, customers, read, said

LINES = customers(20)


def judge(folder, source, lines, header=HEADER):
    """The outcomes of a schema, and what is broken in a line each."""
    path = folder / "validation.py"
    path.write_text("import pandera.pandas as pa\n" + textwrap.dedent(source))
    own = OwnSchema(path)
    outcomes = list(own.judge(read(write_rows(folder / "rows", lines, header), *own.numbers)))
    broken = [outcome.to_json() for outcome in outcomes if not outcome.held]
    return outcomes, said({"violations": broken})


SCHEMA = """
    SCHEMA = pa.DataFrameSchema(
        {
            "age": pa.Column(int, pa.Check.in_range(18, 100)),
            "visits": pa.Column(float, pa.Check(lambda visits: visits > 0, error="some visits")),
            "city": pa.Column(str, pa.Check.isin(["Bonn", "Köln", "Ulm"], raise_warning=True)),
        },
        checks=pa.Check(lambda rows: rows["visits"] < rows["age"] + 9, error="visits before age"),
    )
"""


def test_numbers_are_numbers_and_text_is_text_to_it(tmp_path):
    outcomes, broken = judge(tmp_path, SCHEMA, LINES)

    assert broken == []
    assert [outcome.expectation for outcome in outcomes] == [
        "rows that SCHEMA of validation.py takes"
    ]


def test_a_failed_check_is_told_with_its_rows(tmp_path):
    lines = changed(changed(LINES, 3, "visits", "-1"), 5, "visits", "-2")

    [outcome], broken = judge(tmp_path, SCHEMA, lines)

    assert broken == ["training visits: some visits (validation.py)"]
    assert outcome.sentence.endswith("2 rows (10 %) are not so (row 3: -1, row 5: -2)")
    assert (outcome.severity, outcome.first_rows) == ("error", (3, 5))


def test_a_check_of_whole_rows_is_told_with_the_rows(tmp_path):
    [outcome], broken = judge(tmp_path, SCHEMA, changed(LINES, 4, "visits", "99"))

    assert broken == ["training: visits before age (validation.py)"]
    assert outcome.first_rows == (4,)
    assert "age=22, visits=99.0" in outcome.sentence


def test_a_check_that_only_warns_is_a_warning(tmp_path):
    [outcome], _ = judge(tmp_path, SCHEMA, changed(LINES, 4, "city", "Paris"))

    assert (outcome.severity, outcome.first_rows) == ("warning", (4,))


def test_a_missing_value_and_a_missing_column_are_told(tmp_path):
    missing, _ = judge(tmp_path, SCHEMA, changed(LINES, 4, "age", ""))
    absent, _ = judge(tmp_path, SCHEMA, LINES, HEADER.replace("city", "town"))

    assert any(outcome.first_rows == (4,) for outcome in missing)
    assert [outcome.sentence for outcome in absent] == [
        "training: expected column in dataframe (validation.py); column 'city' not in dataframe. "
        "Columns in dataframe: ['customer', 'age', 'visits', 'town', 'bought']"
    ]


def test_a_model_of_pandera_is_a_schema_as_well(tmp_path):
    source = """
        class SCHEMA(pa.DataFrameModel):
            age: float = pa.Field(ge=18, le=30)
    """

    [outcome], _ = judge(tmp_path, source, LINES)

    assert outcome.first_rows == tuple(range(13, 21))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("SCHEMA = 1", "must define SCHEMA, a pandera DataFrameSchema or DataFrameModel; it has a"),
        ("OTHER = 1", "it has none"),
        ("1 / 0", "validation.py cannot be run: ZeroDivisionError: division by zero"),
        ("SCHEMA = (", "validation.py cannot be run: SyntaxError"),
    ],
)
def test_a_file_without_a_schema_is_refused(tmp_path, source, words):
    with pytest.raises(DataError) as error:
        judge(tmp_path, source, LINES)

    assert words in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        OwnSchema(tmp_path / "validation.py")
