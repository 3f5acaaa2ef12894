"""Files become rows, and every row has the number that a person would count."""

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet as pq

from preprocessing.errors import DataError
from preprocessing.reading import Source
from tests.preprocessing.made import write


def read(source, wanted=("a", "b")):
    """What was read: (number, values) of each row, and (number, reason) of each ragged one."""
    rows, ragged = [], []
    for batch in source.batches(wanted):
        texts = [[v.decode() for v in batch.columns[name].to_pylist()] for name in wanted]
        rows += zip(batch.rows.tolist(), *texts, strict=True)
        ragged += [(reject.row, reject.reason) for reject in batch.ragged]
    return rows, ragged


def test_a_ragged_row_is_listed_with_its_number_and_text(tmp_path):
    source = write(tmp_path, x="a,b\n1,2\n3\n4,5,6\n7,8\n")

    (batch, *_) = source.batches(["a", "b"])

    assert batch.rows.tolist() == [1, 4]
    assert [(r.row, r.value, r.reason) for r in batch.ragged] == [
        (2, "3", "1 fields where the header has 2"),
        (3, "4,5,6", "3 fields where the header has 2"),
    ]


def test_a_line_break_in_quotes_does_not_begin_a_row(tmp_path):
    source = write(tmp_path, x='a,b\n"1\n\n1",2\n3\n4,"5\n"\n')

    rows, ragged = read(source)

    assert rows == [(1, "1\n\n1", "2"), (3, "4", "5\n")]
    assert [number for number, _ in ragged] == [2]


def test_blank_lines_are_no_rows(tmp_path):
    source = write(tmp_path, x="\na,b\n\n1,2\n\n\n3,4\n")

    assert read(source)[0] == [(1, "1", "2"), (2, "3", "4")]


def test_rows_are_counted_through_the_files_in_the_order_of_their_names(tmp_path):
    source = write(tmp_path, z="a,b\n5,6\n", m="b,a\n4,3\nragged\n", a="a,b\n1,2\n")

    rows, ragged = read(source)

    assert rows == [(1, "1", "2"), (2, "3", "4"), (4, "5", "6")]
    assert [number for number, _ in ragged] == [3]
    assert source.files == [("a.csv", 1), ("m.csv", 2), ("z.csv", 1)]


field = st.text(st.sampled_from('ab ,"\n\r;é'), max_size=6)
table = st.lists(st.lists(field, min_size=1, max_size=3), max_size=30)


@given(table, st.integers(64, 400))
def test_rows_and_numbers_are_those_of_pythons_own_csv_reader(tmp_path_factory, rows, block_bytes):
    text = io.StringIO()
    csv.writer(text).writerows([["a", "b"], *rows])
    source = write(tmp_path_factory.mktemp("csv"), x=text.getvalue())
    source.block_bytes = block_bytes

    read_rows, ragged = read(source)

    expected = [(n, *row) for n, row in enumerate(rows, 1) if len(row) == 2]
    assert read_rows == expected
    assert [n for n, _ in ragged] == [n for n, row in enumerate(rows, 1) if len(row) != 2]
    assert source.rows == len(rows)


def test_spaces_around_names_are_no_part_of_them(tmp_path):
    assert write(tmp_path, x=" a , b\n1,2\n").header() == ["a", "b"]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert write(tmp_path, x=b"\xef\xbb\xbfa,b\n1,2\n").header() == ["a", "b"]


def test_every_problem_of_a_header_is_in_one_message_with_the_nearest_names(tmp_path):
    source = write(tmp_path, x="age,incone,age\n1,2,3\n")

    with pytest.raises(DataError) as error:
        list(source.batches(["age", "income", "sex"]))

    assert str(error.value) == (
        f"{tmp_path}/x.csv: column 'age' stands 2 times; no column 'income' (did you mean "
        "'incone'?); no column 'sex'; the header has 'age', 'incone', 'age'"
    )


def test_every_file_is_checked_before_the_first_is_read(tmp_path):
    source = write(tmp_path, a="a,b\n1,2\n", b="a,c\n1,2\n")

    with pytest.raises(DataError, match=r"b\.csv: no column 'b'"):
        next(iter(source.batches(["a", "b"])))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty: not even a header"),
        (b'a,b\n"1,2\n' + b"3,4\n" * 2_000_000, "a quote that is never closed"),
    ],
)
def test_a_file_that_is_no_csv_is_named(tmp_path, content, reason):
    with pytest.raises(DataError, match=rf"x\.csv.*{reason}"):
        read(write(tmp_path, x=content))


@pytest.mark.parametrize("encoding", ["latin1", "utf-16"])
def test_a_header_that_is_not_utf8_is_said_with_what_to_do(tmp_path, encoding):
    source = write(tmp_path, x="größe,b\n1,2\n".encode(encoding))

    with pytest.raises(DataError) as error:
        source.header()

    assert str(error.value) == (
        f"{tmp_path}/x.csv: the header is not UTF-8; save the file as UTF-8, for example with "
        "`iconv -f latin1 -t utf-8`"
    )


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"")

    with pytest.raises(DataError, match=r"x\.xlsx: neither \.csv nor \.parquet"):
        Source.find(tmp_path)


def test_markers_and_hidden_files_are_passed_over(tmp_path):
    (tmp_path / "_SUCCESS").write_bytes(b"")
    (tmp_path / ".part.crc").write_bytes(b"")

    assert [path.name for path in write(tmp_path, x="a\n1\n").paths] == ["x.csv"]


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no \.csv or \.parquet file"):
        Source.find(tmp_path)


def test_parquet_is_read_as_it_is_typed(tmp_path):
    pq.write_table(pa.table({"a ": [1, None, 3], "b": ["x", "y", None]}), tmp_path / "x.parquet")

    (batch,) = Source.find(tmp_path).batches(["b", "a"])

    assert batch.rows.tolist() == [1, 2, 3]
    assert batch.columns["a"].to_pylist() == [1, None, 3]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ragged_row_that_is_not_utf8_stops_the_reading_with_its_number(tmp_path):
    source = write(tmp_path, x=b"a,b\n1,2\n\xff\n")

    with pytest.raises(DataError, match=r"row 2 of .*x\.csv is ragged and not UTF-8"):
        read(source)


def test_a_quote_that_is_never_closed_is_said_to_be_at_fault(tmp_path):
    source = write(tmp_path, x='a,b\n1,2\n"3,4\n5,6\n')

    assert read(source)[1] == [
        (2, "1 fields where the header has 2; a quote in it is never closed")
    ]
