"""Rows in memory: what a request brings to an endpoint, and what a file holds, as mappings.

A value is a text, a number or None. It means what it means in a file: None, an empty text and the
other texts of `parsing.MISSING` are missing values, and a number for a column of categories is the
text that a file would have for it, `3` for 3.0 as well. What a file cannot hold (a boolean, a list,
a mapping) is rejected, since nobody knows which text the training data had for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from preprocessing.errors import nearest
from preprocessing.parsing import texts_of, without_missing
from preprocessing.reading import SHOWN, RawBatch, Source
from preprocessing.rejects import Reject
from preprocessing.tables import Tables
from preprocessing.transforming import transform_raw

# No float64 is as large; Python does not even write an integer of some thousand digits.
_BEYOND = 10**309


def transform_rows(
    tables: Tables, rows: Sequence[Mapping[str, object]]
) -> tuple[pa.RecordBatch, list[Reject]]:
    """The codes of rows that are in memory, by the same way as rows of files.

    Columns that the tables do not know are ignored; the label and the id are not needed.

    Returns:
        The codes of the good rows, whose `_row` is the position in `rows`, from 1 on; and for each
        other row why there are none.

    Raises:
        DataError: derive cannot be used at all.
    """
    wanted = tables.columns(labelled=False)
    good: list[int] = []
    rejects: list[Reject] = []
    texts: dict[str, list[str | None]] = {name: [] for name in wanted.names}
    for number, row in enumerate(rows, 1):
        read: dict[str, str | None] = {}
        for name in wanted.names:
            if name == wanted.id:
                read[name] = _id(name, row)
                continue
            if name not in row:
                reason = f"no column {name!r}{nearest(name, [c for c in row if c not in texts])}"
                rejects.append(Reject(number, _id(wanted.id, row), "", "", reason))
                break
            text, reason = plain_text(row[name])
            if reason:
                shown = ascii(row[name])[:SHOWN]
                rejects.append(Reject(number, _id(wanted.id, row), name, shown, reason))
                break
            read[name] = text
        else:
            good.append(number)
            for name, text in read.items():
                texts[name].append(text)
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    raw = RawBatch(np.array(good, np.int64), columns, [])
    codes, others = transform_raw(tables, raw, labelled=False)
    return codes, sorted([*rejects, *others])


def raw_rows(source: Source, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The rows of files as mappings, with their numbers: texts, None where a value is missing.

    Ragged rows are left out, and so are rows with a value of `columns` that is not UTF-8.

    Raises:
        DataError: a file lacks a column or cannot be read.
    """
    for raw in source.batches(columns):
        texts, bad = [], np.zeros(len(raw.rows), bool)
        for name in columns:
            values, faulty = texts_of(raw.columns[name])
            texts.append(without_missing(values).to_pylist())
            if faulty is not None:
                bad |= faulty
        for number, is_bad, *values in zip(raw.rows.tolist(), bad.tolist(), *texts, strict=True):
            if not is_bad:
                yield number, dict(zip(columns, values, strict=True))


def plain_text(value: Any) -> tuple[str | None, str]:
    """The text that a file would have for a value; or why there is none.

    >>> plain_text(3.0), plain_text("a "), plain_text(None), plain_text(True)[1][:9]
    (('3', ''), ('a ', ''), (None, ''), 'a boolean')
    """
    if value is None:
        return None, ""
    if isinstance(value, str):
        return (value, "") if _is_unicode(value) else (None, "not UTF-8")
    if isinstance(value, bool | np.bool_):
        return None, "a boolean; write it as the text that stands in the training data"
    if isinstance(value, int | np.integer):
        whole = int(value)
        return (str(whole), "") if abs(whole) < _BEYOND else (None, "not a finite number")
    if isinstance(value, float | np.floating):
        return _number_text(float(value)), ""
    return None, "neither text, number nor null"


def _number_text(value: float) -> str | None:
    if math.isnan(value):
        return None
    # Text to number and back is exact; Arrow writes whole numbers without a fraction, as it does
    # for a Parquet column of numbers that is read as categories.
    text: str = pa.scalar(value, pa.float64()).cast(pa.string()).as_py()
    return text


def _is_unicode(text: str) -> bool:
    """Whether a text is more than halves of characters, which JSON can hold and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _id(column: str | None, row: Mapping[str, object]) -> str | None:
    text, _ = plain_text(None if column is None else row.get(column))
    return text
