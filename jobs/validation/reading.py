"""Files to a table, with every row's number and what could not be read.

The rows are read as Preprocess reads them, by the same code: a value that it would reject is one
here, for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from preprocessing.columns import Columns, check_header
from preprocessing.errors import DataError
from preprocessing.parallel import ordered_map
from preprocessing.parsing import Batch, parse
from preprocessing.reading import RawBatch, Source
from preprocessing.rejects import Reject

if TYPE_CHECKING:
    import pandas as pd

# Bytes of CSV in a batch: larger than for Preprocess, since every column is parsed by itself.
BLOCK_BYTES = 8 << 20


@dataclass(frozen=True)
class FileFacts:
    """A file that was read.

    Attributes:
        header: the names of its columns.
        first_row: the number of its first row; the files before it hold the rows before.
        problem: why it could not be read to its end, or "".
    """

    name: str
    header: tuple[str, ...]
    first_row: int = 1
    rows: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Part:
    """Training or test data, all of them.

    Attributes:
        name: "training" or "test".
        frame: a row each, by its number (1 is the first): float64 for numbers, categories for
            text, missing where nothing stands or what stands there cannot be read. It has the
            columns that every file has.
        faults: by column, the values that cannot be read.
        ragged: the rows with the wrong number of fields; they are not in the frame.
        files: in the order of their names.
    """

    name: str
    frame: pd.DataFrame
    faults: dict[str, list[Reject]]
    ragged: list[Reject] = field(default_factory=list)
    files: list[FileFacts] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows the files hold, ragged ones included."""
        return len(self.frame) + len(self.ragged)

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read to its end."""
        return not any(file.problem for file in self.files)

    def only(self, name: str, chosen: Callable[[np.ndarray], np.ndarray]) -> Part:
        """Some of the rows as a part of their own; `chosen` takes numbers, and gives a mask."""

        def some(rejects: list[Reject]) -> list[Reject]:
            mask = chosen(np.array([reject.row for reject in rejects], np.int64))
            return [reject for reject, is_in in zip(rejects, mask.tolist(), strict=True) if is_in]

        mask = chosen(self.frame.index.to_numpy())
        faults = {column: some(rejects) for column, rejects in self.faults.items()}
        return Part(name, self.frame[mask], faults, some(self.ragged), self.files)


def read_part(name: str, folder: Path, is_number: Callable[[str], bool]) -> Part:
    """Read every file of a folder, as `read_files` does.

    Raises:
        DataError: no such folder, no file in it, or one of another kind.
    """
    return read_files(name, Source.find(folder).paths, is_number)


def read_files(name: str, paths: Sequence[Path], is_number: Callable[[str], bool]) -> Part:
    """Read files, every column of them.

    A file that cannot be read is no error here, but one of the facts.

    Args:
        is_number: whether a column, by its name, is to hold numbers; it is text otherwise.
    """
    headers = [_header(path) for path in paths]
    readable = [header for header, problem in headers if not problem]
    columns = (
        [c for c in readable[0] if all(c in header for header in readable)] if readable else []
    )
    table = _Table(columns, is_number)
    for path, (header, problem) in zip(paths, headers, strict=True):
        if problem:
            table.files.append(FileFacts(path.name, header, table.next_row, 0, problem))
        else:
            table.add(path, header)
    return table.part(name)


class _Table:
    """Columns that grow file by file, batch by batch."""

    def __init__(self, columns: list[str], is_number: Callable[[str], bool]) -> None:
        self._numeric = {column: is_number(column) for column in columns}
        self._chunks: dict[str, list[Any]] = {column: [] for column in columns}
        self._rows: list[np.ndarray] = []
        self.faults: dict[str, list[Reject]] = {}
        self.ragged: list[Reject] = []
        self.files: list[FileFacts] = []
        self.next_row = 1

    def add(self, path: Path, header: tuple[str, ...]) -> None:
        source = Source([path], block_bytes=BLOCK_BYTES)
        before, problem = self.next_row - 1, ""
        batches = source.batches([*self._numeric])
        try:
            for raw, columns in ordered_map(self._parse, _numbered(batches, before)):
                self._rows.append(raw.rows)
                self.ragged += raw.ragged
                for column, (chunk, faults) in columns.items():
                    self._chunks[column].append(chunk)
                    if faults:
                        self.faults.setdefault(column, []).extend(faults)
        except DataError as error:
            problem = str(error)
        self.files.append(FileFacts(path.name, header, before + 1, source.rows, problem))
        self.next_row = before + source.rows + 1

    def part(self, name: str) -> Part:
        import pandas as pd

        rows = np.concatenate([np.array([], np.int64), *self._rows])
        columns = {column: self._column(column) for column in self._numeric}
        frame = pd.DataFrame(columns, index=pd.Index(rows, name="row"), copy=False)
        return Part(name, frame, self.faults, self.ragged, self.files)

    def _parse(self, raw: RawBatch) -> tuple[RawBatch, dict[str, tuple[Any, list[Reject]]]]:
        return raw, {
            column: parse_numbers(raw, column) if numeric else _texts(raw, column)
            for column, numeric in self._numeric.items()
        }

    def _column(self, column: str) -> Any:
        import pandas as pd

        chunks = self._chunks.pop(column)
        if self._numeric[column]:
            return np.concatenate([np.array([], np.float64), *chunks])
        texts = pa.chunked_array(chunks, pa.dictionary(pa.int32(), pa.string()))
        whole = texts.unify_dictionaries().combine_chunks()
        if isinstance(whole, pa.ChunkedArray):  # of no chunks
            return pd.Categorical([], categories=pd.Index([], dtype=str))
        codes = np.asarray(whole.indices.fill_null(-1))
        known = pd.Index(whole.dictionary.to_pylist(), dtype=str)
        return pd.Categorical.from_codes(codes, known)


def _header(path: Path) -> tuple[tuple[str, ...], str]:
    """The names of a file's columns, and why it cannot be read, if it cannot."""
    try:
        names = tuple(Source([path]).header())
    except DataError as error:
        return (), str(error)
    try:
        check_header((), names, path.name)
    except DataError as error:
        return names, str(error)
    return names, ""


def _numbered(batches: Iterator[RawBatch], before: int) -> Iterator[RawBatch]:
    """Batches of one file with the numbers that their rows have among all files."""
    for raw in batches:
        ragged = [reject._replace(row=reject.row + before) for reject in raw.ragged]
        yield RawBatch(raw.rows + before, raw.columns, ragged)


def parse_numbers(raw: RawBatch, column: str) -> tuple[np.ndarray, list[Reject]]:
    """A column as numbers, shape (rows,), NaN where missing; and what is none."""
    batch = _alone(raw, column, Columns(None, None, (column,), (), ()))
    values = batch.numbers[column]
    if batch.rejects:
        whole = np.full(len(raw.rows), np.nan)
        whole[np.searchsorted(raw.rows, batch.rows)] = values
        values = whole
    return values, batch.rejects


def _texts(raw: RawBatch, column: str) -> tuple[pa.DictionaryArray, list[Reject]]:
    batch = _alone(raw, column, Columns(None, None, (), (), (column,)))
    categories = batch.categories[column]
    indices = pa.array(categories.indices)
    if batch.rejects:
        whole = np.full(len(raw.rows), -1, np.int32)
        whole[np.searchsorted(raw.rows, batch.rows)] = categories.indices
        indices = pa.array(whole, mask=whole < 0)
    # Two of the values may be equal, and one be missing: encoded anew, each is there once.
    once = categories.values.dictionary_encode()
    encoded = pa.DictionaryArray.from_arrays(once.indices.take(indices), once.dictionary)
    return encoded, batch.rejects


def _alone(raw: RawBatch, column: str, columns: Columns) -> Batch:
    """One column parsed by itself, so that no other one takes its rows out."""
    return parse(RawBatch(raw.rows, {column: raw.columns[column]}, []), columns)
