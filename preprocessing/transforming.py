"""Parsed rows to codes, through the fitted tables; codes are what is stored between jobs.

A batch of codes has the columns `_row` (int64), `_id` (string, with an id column), the numeric
features (float64, null where missing), the binned ones (int16), the categorical ones (uint8) and,
if labels are read, `_label` (int8; float64 in a regression). It says nothing yet about how a model
wants them: see `encoding`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from preprocessing.deriving import parse_and_derive
from preprocessing.features import ID, LABEL, ROW
from preprocessing.parallel import ordered_map
from preprocessing.parsing import Batch, Categories
from preprocessing.reading import RawBatch, Source
from preprocessing.rejects import Reject
from preprocessing.tables import Binned, Categorical, Label, Tables


def schema(tables: Tables, *, labelled: bool) -> pa.Schema:
    """The columns of a batch of codes."""
    fields = [(ROW, pa.int64())]
    fields += [(ID, pa.string())] if tables.features.id is not None else []
    fields += [(name, pa.float64()) for name in tables.numeric]
    fields += [(name, pa.int16()) for name in tables.binned]
    fields += [(name, pa.uint8()) for name in tables.categorical]
    label_type = pa.int8() if tables.task == "classification" else pa.float64()
    fields += [(LABEL, label_type)] if labelled else []
    return pa.schema(fields)


def transform(tables: Tables, batch: Batch) -> pa.RecordBatch:
    """The codes of a batch; `_label` is there if the batch has labels."""
    arrays: list[pa.Array] = [pa.array(batch.rows)]
    arrays += [] if batch.ids is None else [batch.ids]
    # from_pandas: NaN is a missing value.
    arrays += [pa.array(batch.numbers[name], from_pandas=True) for name in tables.numeric]
    arrays += [pa.array(_bin(t, batch.numbers[name])) for name, t in tables.binned.items()]
    arrays += [pa.array(_code(t, batch.categories[n])) for n, t in tables.categorical.items()]
    if batch.label is not None:
        label = batch.label
        arrays.append(pa.array(_label(tables, label) if isinstance(label, Categories) else label))
    return pa.record_batch(arrays, schema=schema(tables, labelled=batch.label is not None))


def transform_files(
    tables: Tables, source: Source, *, labelled: bool
) -> Iterator[tuple[pa.RecordBatch, list[Reject]]]:
    """Every row of `source`, in order: batches of codes, with the rows that were rejected.

    Raises:
        DataError: a file lacks a column or cannot be read.
    """

    def work(raw: RawBatch) -> tuple[pa.RecordBatch, list[Reject]]:
        return transform_raw(tables, raw, labelled=labelled)

    yield from ordered_map(work, source.batches(tables.columns(labelled=labelled).names))


def transform_raw(
    tables: Tables, raw: RawBatch, *, labelled: bool
) -> tuple[pa.RecordBatch, list[Reject]]:
    """The codes of a batch of rows as they were read, and the rows that were rejected.

    A row for which derive raises an exception is rejected where it has no label: the others can
    still be predicted. Among labelled rows it is an error: no model is made of some of them.

    Raises:
        DataError: derive cannot be used.
    """
    batch = parse_and_derive(
        raw,
        tables.columns(labelled=labelled),
        tables.label.values if isinstance(tables.label, Label) else None,
        tables.derivation,
        reject_raising=not labelled,
    )
    return transform(tables, batch), batch.rejects


def _bin(table: Binned, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """The bin of each value; NaN has the one after the last."""
    bins = np.searchsorted(np.array(table.edges[1:-1]), values, side="right")
    return np.where(np.isnan(values), table.bins, bins).astype(np.int16)


def _code(table: Categorical, categories: Categories) -> npt.NDArray[np.uint8]:
    """The code of each row's category."""
    codes = pc.index_in(categories.values, value_set=pa.array(table.values, pa.string()))
    codes = pc.if_else(
        categories.values.is_null(), table.missing_code, codes.fill_null(table.other_code)
    )
    return np.asarray(codes.to_numpy(zero_copy_only=False).astype(np.uint8)[categories.indices])


def _label(tables: Tables, label: Categories) -> npt.NDArray[np.int8]:
    assert isinstance(tables.label, Label), "a label of two classes"
    positive = [value == tables.label.positive for value in label.values.to_pylist()]
    return np.array(positive, np.int8)[label.indices]
