"""Files to batches of text, with every row's number.

CSV: comma separated, UTF-8, a header, RFC 4180 quotes (a quote opens a field only directly after
the comma; quoted line breaks are fine), blank lines are no rows. Parquet: any columns. Spaces
around values and names are no part of them.

Reading is single-threaded on purpose: only then does pyarrow say which row was ragged, and
it is as fast (measured); the threads are better spent on the batches that have been read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

from preprocessing.columns import check_header
from preprocessing.errors import DataError
from preprocessing.rejects import Reject

SUFFIXES = (".csv", ".parquet")
# Bytes of CSV, or rows of Parquet, in a batch: a megabyte or so, whatever the length of the file.
BLOCK_BYTES = 1 << 20
BATCH_ROWS = 1 << 14
# A ragged row is shown up to this many characters.
SHOWN = 200


@dataclass(frozen=True)
class RawBatch:
    """Rows as they were read.

    Attributes:
        rows: shape (rows,), int64, ascending: the rows' numbers.
        columns: each wanted column, `rows` long: binary (CSV) or of the file's own type (Parquet).
        ragged: rows between these that have the wrong number of fields.
    """

    rows: npt.NDArray[np.int64]
    columns: dict[str, pa.Array]
    ragged: list[Reject]


@dataclass
class Source:
    """The files of a folder, read in the order of their names; counts what it reads.

    Attributes:
        paths: the files.
        rows: data rows that have been read, ragged ones included.
        files: name (below the folder) and rows of each file that was read to its end, in order.
        block_bytes: of CSV in a batch; no result depends on it.
        folder: what the files were found in; None for a single file.
    """

    paths: list[Path]
    rows: int = 0
    files: list[tuple[str, int]] = field(default_factory=list)
    block_bytes: int = BLOCK_BYTES
    folder: Path | None = None

    @classmethod
    def find(cls, folder: Path) -> Source:
        """The CSV and Parquet files below `folder`; names that begin with . or _ are passed over.

        Raises:
            DataError: no such folder, no file in it, or one of another kind.
        """
        if folder.is_file():
            return cls([folder])
        if not folder.is_dir():
            raise DataError(f"{folder}: no such folder")
        inside = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
        names = sorted(p.as_posix() for p in inside if not any(n[0] in "._" for n in p.parts))
        for name in names:
            if not name.lower().endswith(SUFFIXES):
                raise DataError(f"{folder / name}: neither .csv nor .parquet; take it away")
        if not names:
            raise DataError(f"{folder}: no .csv or .parquet file")
        return cls([folder / name for name in names], folder=folder)

    def header(self) -> list[str]:
        """The names of the first file's columns."""
        return _header(self.paths[0])

    def batches(self, wanted: Sequence[str]) -> Iterator[RawBatch]:
        """Every row of every file; can be called again, and then starts again.

        Raises:
            DataError: a file lacks a wanted column, has one twice, or cannot be read.
        """
        self.rows, self.files = 0, []
        for path in self.paths:
            check_header(wanted, _header(path), str(path))
        for path in self.paths:
            before = self.rows
            yield from self._parquet(path, wanted) if _is_parquet(path) else self._csv(path, wanted)
            name = path.name if self.folder is None else path.relative_to(self.folder).as_posix()
            self.files.append((name, self.rows - before))

    def _csv(self, path: Path, wanted: Sequence[str]) -> Iterator[RawBatch]:
        ragged: list[csv.InvalidRow] = []

        def skip(row: csv.InvalidRow) -> str:
            ragged.append(row)
            return "skip"

        raw = {name.strip(): name for name in _csv_names(path)}
        before = self.rows
        with _csv_errors(path), self._open(path, skip, [raw[name] for name in wanted]) as reader:
            for batch in reader:
                count = batch.num_rows
                # The header is row 1 of pyarrow, which counts blank lines no more than we do.
                bad = np.array([before + row.number - 1 for row in ragged], np.int64)
                rows = _number(self.rows + 1, count, bad)
                passed = int(np.searchsorted(bad, rows[-1])) if count else 0
                rejects = [
                    _ragged(n, row)
                    for n, row in zip(bad[:passed].tolist(), ragged[:passed], strict=True)
                ]
                del ragged[:passed]
                self.rows = int(rows[-1]) if count else self.rows
                columns = {name: batch.column(raw[name]) for name in wanted}
                yield RawBatch(rows, columns, rejects)
        last = [_ragged(before + row.number - 1, row) for row in ragged]
        self.rows += len(last)
        if last:
            nothing = {name: pa.array([], pa.binary()) for name in wanted}
            yield RawBatch(np.array([], np.int64), nothing, last)

    def _open(self, path: Path, skip: object, wanted: list[str]) -> csv.CSVStreamingReader:
        return _open_csv(path, skip, wanted, self.block_bytes)

    def _parquet(self, path: Path, wanted: Sequence[str]) -> Iterator[RawBatch]:
        with _open_parquet(path) as file:
            raw = {name.strip(): name for name in file.schema_arrow.names}
            columns = [raw[name] for name in wanted]
            for batch in file.iter_batches(BATCH_ROWS, columns=columns):
                rows = np.arange(self.rows + 1, self.rows + 1 + batch.num_rows)
                self.rows += batch.num_rows
                yield RawBatch(rows, {name: batch.column(raw[name]) for name in wanted}, [])


def _number(first: int, count: int, bad: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The numbers of `count` rows from `first` on, of which those in `bad` (ascending) are not.

    >>> _number(1, 4, np.array([2, 3, 9])).tolist()
    [1, 4, 5, 6]
    """
    index = np.arange(count)
    skipped = np.searchsorted(bad - first - np.arange(len(bad)), index, side="right")
    return np.asarray(first + index + skipped, np.int64)


def _ragged(number: int, row: csv.InvalidRow) -> Reject:
    reason = f"{row.actual_columns} fields where the header has {row.expected_columns}"
    if row.text.count('"') % 2:
        reason += "; a quote in it is never closed"
    return Reject(number, None, "", row.text[:SHOWN], reason)


def _is_parquet(path: Path) -> bool:
    return path.name.lower().endswith(".parquet")


def _header(path: Path) -> list[str]:
    if _is_parquet(path):
        with _open_parquet(path) as file:
            return [name.strip() for name in file.schema_arrow.names]
    return [name.strip() for name in _csv_names(path)]


def _csv_names(path: Path) -> list[str]:
    with _csv_errors(path), _open_csv(path, lambda row: "skip") as reader:
        try:
            names: list[str] = reader.schema.names
        except UnicodeDecodeError as error:
            raise DataError(
                f"{path}: the header is not UTF-8; save the file as UTF-8, for example with "
                "`iconv -f latin1 -t utf-8`"
            ) from error
        return names


def _open_csv(
    path: Path, skip: object, wanted: Sequence[str] = (), block_bytes: int = BLOCK_BYTES
) -> csv.CSVStreamingReader:
    return csv.open_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False, block_size=block_bytes),
        parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=csv.ConvertOptions(
            include_columns=list(wanted),
            column_types=dict.fromkeys(wanted, pa.binary()),
            check_utf8=False,
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        ),
    )


def _open_parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet: {error}") from error


class _csv_errors:
    """Turns pyarrow's complaints about a whole file into one that names the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, pa.ArrowException):
            raise DataError(f"{self._path}: {error.strerror or error}") from error
        if isinstance(error, pa.ArrowInvalid):
            if "Empty CSV" in str(error):
                raise DataError(f"{self._path} is empty: not even a header") from error
            ragged = re.search(r"Row #(\d+): Expected", str(error))
            if ragged:
                # pyarrow could not even show the row to us: its text is not UTF-8.
                row = f"row {int(ragged[1]) - 1} of {self._path}"
                raise DataError(f"{row} is ragged and not UTF-8; save it as UTF-8") from error
            hint = " (a quote that is never closed?)" if "straddl" in str(error) else ""
            raise DataError(f"{self._path} cannot be read as CSV: {error}{hint}") from error
