"""The first rows of a table."""

import pytest

from pipelines.data.first_rows import first_rows
from pipelines.errors import InputError


def test_as_many_as_are_wanted_and_no_more(tmp_path):
    (tmp_path / "a.csv").write_text("age,job\n1,baker\n2,\n3,x\n")

    assert first_rows(tmp_path / "a.csv", 2) == [
        {"age": "1", "job": "baker"},
        {"age": "2", "job": ""},
    ]
    assert len(first_rows(tmp_path / "a.csv", 9)) == 3


def test_a_row_is_never_cut_where_the_reading_ends(tmp_path):
    line = "x" * 1000
    (tmp_path / "a.csv").write_text("word\n" + f"{line}\n" * 400)

    assert {row["word"] for row in first_rows(tmp_path / "a.csv", 1000)} == {line}


@pytest.mark.parametrize(
    ("text", "said"), [("", "no rows"), ("age\n", "no rows"), ("age\n1,2\n", "row 1 has more")]
)
def test_what_is_no_table_is_refused(tmp_path, text, said):
    (tmp_path / "a.csv").write_text(text)

    with pytest.raises(InputError, match=said):
        first_rows(tmp_path / "a.csv", 3)
