"""Text to values, one batch at a time; rows with a value that cannot be parsed are taken out.

The rules, for every column alike:

- Spaces around a value are no part of it.
- `MISSING` lists what stands for a missing value. A number may be missing, a category too (it then
  has a code of its own); the label may not, where there has to be one.
- A number is decimal (`-1.5`, `+3`, `2e6`) and finite.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from preprocessing.columns import Columns
from preprocessing.reading import SHOWN, RawBatch
from preprocessing.rejects import Reject

MISSING = ("", "?", "NA", "N/A", "NaN", "nan", "NULL", "null")
_MISSING = pa.array(MISSING)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
# The rows of a column that cannot be parsed, and the reason for one such value.
Faults = tuple[Mask, Callable[[str], str]]


@dataclass(frozen=True)
class Categories:
    """A column of categories.

    Attributes:
        values: distinct texts as they stood in the file (but for spaces around them); null where
            missing. Two of them may be equal.
        indices: shape (rows,), int32: which of `values` each row has.
    """

    values: pa.StringArray
    indices: npt.NDArray[np.int32]

    def only(self, chosen: Mask) -> Categories:
        """The chosen rows, shape (rows,), bool."""
        return Categories(self.values, self.indices[chosen])


@dataclass(frozen=True)
class Batch:
    """Rows that could be parsed.

    Attributes:
        rows: shape (rows,), int64, ascending: the rows' numbers.
        ids: the id column, if there is one.
        numbers: each column of numbers, shape (rows,), float64; NaN where missing.
        categories: each column of categories.
        label: the label column, if it is read: categories, or numbers in a regression.
        rejects: the rows between these that could not be parsed, ascending.
        reads: the columns that `derive` reads: numbers, or texts with None where missing.
    """

    rows: npt.NDArray[np.int64]
    ids: pa.StringArray | None
    numbers: dict[str, Floats]
    categories: dict[str, Categories]
    label: Categories | Floats | None
    rejects: list[Reject]
    reads: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    def only(self, chosen: Mask) -> Batch:
        """The chosen rows, shape (rows,), bool; without the rejects."""
        return Batch(
            self.rows[chosen],
            None if self.ids is None else self.ids.filter(pa.array(chosen)),
            {name: values[chosen] for name, values in self.numbers.items()},
            {name: column.only(chosen) for name, column in self.categories.items()},
            self.label.only(chosen)
            if isinstance(self.label, Categories)
            else None
            if self.label is None
            else self.label[chosen],
            [],
            {name: values[chosen] for name, values in self.reads.items()},
        )


def parse(raw: RawBatch, columns: Columns, labels: Collection[str] | None = None) -> Batch:
    """Parse the columns that `columns` names.

    Args:
        raw: the rows as they were read.
        columns: the columns by role; without a label column, no label is read.
        labels: the label's values; any other is rejected. None: all are taken.
    """
    numbers: dict[str, Floats] = {}
    categories: dict[str, Categories] = {}
    faults: dict[str, Faults] = {}
    reads: dict[str, npt.NDArray[Any]] = {}
    for name in columns.numbers:
        if name not in columns.derived:
            numbers[name], fault = _numbers(raw.columns[name])
            _add(faults, name, fault)
    for name in columns.categorical:
        if name not in columns.derived:
            categories[name], fault = categories_of(raw.columns[name])
            _add(faults, name, fault)
    for name, kind in columns.reads:
        # It may be a feature as well, of the same kind or the other.
        if kind == "number":
            reads[name], fault = _numbers(raw.columns[name])
        else:
            texts, fault = categories_of(raw.columns[name])
            reads[name] = _to_numpy(texts.values)[texts.indices]
        _add(faults, name, fault)
    label: Categories | Floats | None = None
    if columns.label is not None:
        label, fault = (
            _number_label(raw.columns[columns.label])
            if columns.task == "regression"
            else _class_label(raw.columns[columns.label], labels)
        )
        _add(faults, columns.label, fault)
    ids = None
    if columns.id is not None:
        ids, bad = texts_of(raw.columns[columns.id])
        _add(faults, columns.id, None if bad is None else (bad, _not_utf_8))

    rejects = _rejects(raw, ids, faults)
    batch = Batch(raw.rows, ids, numbers, categories, label, rejects, reads)
    if not faults:
        return batch
    good = ~np.logical_or.reduce([bad for bad, _ in faults.values()])
    return replace(batch.only(good), rejects=rejects)


def _add(faults: dict[str, Faults], name: str, fault: Faults | None) -> None:
    """Note what is wrong with a column, which may be read as a number and as a text, too."""
    if fault is not None:
        mask, reason = fault
        faults[name] = (mask | faults[name][0] if name in faults else mask), reason


def _numbers(column: pa.Array) -> tuple[Floats, Faults | None]:
    """A column of numbers, NaN where missing or faulty.

    The likely case first: a column without spaces and missing values is cast as it is.
    """
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values = _to_numpy(column.cast(pa.float64(), safe=False))
        infinite = np.isinf(values)
        return values, (infinite, _not_a_number) if infinite.any() else None
    texts, bad = texts_of(column)
    clean = _cast(texts) if texts.null_count == 0 else None
    if clean is not None and np.isfinite(clean).all():
        return clean, None
    trimmed = without_missing(texts)
    values = np.concatenate([np.array([], np.float64), *_cast_pieces(trimmed)])
    faulty = ~(np.isfinite(values) | _to_numpy(trimmed.is_null()))
    if bad is not None:
        faulty |= bad
    return values, (faulty, _not_a_number) if faulty.any() else None


def _cast_pieces(texts: pa.StringArray) -> Iterator[Floats]:
    """Text to float64, null and what is no number to NaN: halves, until one can be cast whole."""
    values = _cast(texts)
    if values is not None:
        yield values
    elif len(texts) <= 32:
        yield np.array([math.nan if text is None else _number(text) for text in texts.to_pylist()])
    else:
        half = len(texts) // 2
        yield from _cast_pieces(texts.slice(0, half))
        yield from _cast_pieces(texts.slice(half))


def _number(text: str) -> float:
    """The number that `text` writes; NaN if it writes none."""
    return float(text) if NUMBER.fullmatch(text) else math.nan


def _not_a_number(text: str) -> str:
    return "not a finite number" if NUMBER.fullmatch(text) or "inf" in text else "not a number"


def _cast(texts: pa.StringArray) -> Floats | None:
    """Text to float64, null to NaN; None if there is a text that pyarrow takes for no number."""
    try:
        return _to_numpy(texts.cast(pa.float64()))
    except pa.ArrowInvalid:
        return None


def _not_utf_8(text: str) -> str:
    return "not UTF-8"


def categories_of(column: pa.Array) -> tuple[Categories, Faults | None]:
    """A column of categories, missing where there is none or a faulty one."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.dictionary_encode()
    if encoded.indices.null_count:
        # Parquet has nulls: they share the code of an empty text, which is missing too.
        null = pa.scalar("" if pa.types.is_string(column.type) else None, column.type)
        if not null.is_valid:
            return categories_of(column.cast(pa.string()).fill_null(""))
        encoded = column.fill_null(null).dictionary_encode()
    texts, bad = texts_of(encoded.dictionary)
    indices = _to_numpy(encoded.indices)
    faulty = None if bad is None else (bad[indices], _not_utf_8)
    return Categories(without_missing(texts), indices), faulty


def _class_label(
    column: pa.Array, labels: Collection[str] | None
) -> tuple[Categories, Faults | None]:
    """A column of labels, each one of `labels`, or any."""
    label, _ = categories_of(column)
    values = label.values.to_pylist()
    faulty = [value is None or (labels is not None and value not in labels) for value in values]
    if not any(faulty):
        return label, None
    known = "" if labels is None else f"; the model knows {' and '.join(map(repr, labels))}"

    def reason(text: str) -> str:
        if "\N{REPLACEMENT CHARACTER}" in text:
            return _not_utf_8(text)
        return "a label is missing" if text in MISSING else f"an unknown label{known}"

    return label, (np.array(faulty)[label.indices], reason)


def _number_label(column: pa.Array) -> tuple[Floats, Faults | None]:
    """A column of labels that are numbers."""
    values, fault = _numbers(column)
    missing = np.isnan(values)
    if not missing.any() and fault is None:
        return values, None

    def reason(text: str) -> str:
        return "a label is missing" if text in MISSING else _not_a_number(text)

    return values, (missing if fault is None else missing | fault[0], reason)


def texts_of(column: pa.Array) -> tuple[pa.StringArray, Mask | None]:
    """A column as text; and which of its values are not UTF-8 (they become empty), if any."""
    try:
        return column.cast(pa.string()), None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        texts: list[str | None] = []
        for value in column.to_pylist():
            try:
                texts.append(value.decode() if isinstance(value, bytes) else _plain(value))
            except UnicodeDecodeError:
                texts.append(None)
        bad = np.array([text is None for text in texts])
        return pa.array([text or "" for text in texts], pa.string()), bad if bad.any() else None


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def without_missing(texts: pa.StringArray) -> pa.StringArray:
    """The texts without the spaces around them, null where they stand for a missing value."""
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.is_in(trimmed, value_set=_MISSING), pa.scalar(None, pa.string()), trimmed)


def _rejects(raw: RawBatch, ids: pa.StringArray | None, faults: dict[str, Faults]) -> list[Reject]:
    """One reject for each faulty row, naming the leftmost column at fault, and the ragged rows."""
    rejects = {reject.row: reject for reject in raw.ragged}
    for name in reversed([name for name in raw.columns if name in faults]):
        bad, reason = faults[name]
        for index in np.flatnonzero(bad).tolist():
            row = int(raw.rows[index])
            value = raw.columns[name][index].as_py()
            text = value.decode(errors="replace") if isinstance(value, bytes) else _plain(value)
            id = None if ids is None else ids[index].as_py()
            rejects[row] = Reject(row, id, name, text.strip()[:SHOWN], reason(text.strip()))
    return [rejects[row] for row in sorted(rejects)]


def _to_numpy(array: pa.Array) -> npt.NDArray[Any]:
    return np.asarray(array.to_numpy(zero_copy_only=False))
