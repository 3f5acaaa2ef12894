"""Parsed rows to codes, through the fitted tables; codes are what is stored between jobs.

A batch of codes has the columns `_row` (int64), `_id` (string, with an id column), the numeric
features (float64, null where missing), the binned ones (int16), the categorical ones (uint8) and
`_label` (int8, if labels are read). It says nothing yet about how a model wants them: see
`encoding`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from preprocessing.features import ID, LABEL, ROW
from preprocessing.parallel import ordered_map
from preprocessing.parsing import Batch, Categories, parse
from preprocessing.reading import RawBatch, Source
from preprocessing.rejects import Reject
from preprocessing.tables import Binned, Categorical, Tables


def schema(tables: Tables, *, labelled: bool) -> pa.Schema:
    """The columns of a batch of codes."""
    fields = [(ROW, pa.int64())]
    fields += [(ID, pa.string())] if tables.features.id is not None else []
    fields += [(name, pa.float64()) for name in tables.numeric]
    fields += [(name, pa.int16()) for name in tables.binned]
    fields += [(name, pa.uint8()) for name in tables.categorical]
    fields += [(LABEL, pa.int8())] if labelled else []
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
        arrays.append(pa.array(_label(tables, batch.label)))
    return pa.record_batch(arrays, schema=schema(tables, labelled=batch.label is not None))


def transform_files(
    tables: Tables, source: Source, *, labelled: bool
) -> Iterator[tuple[pa.RecordBatch, list[Reject]]]:
    """Every row of `source`, in order: batches of codes, with the rows that were rejected.

    Raises:
        DataError: a file lacks a column or cannot be read.
    """
    columns = tables.columns(labelled=labelled)
    labels = tables.label.values

    def work(raw: RawBatch) -> tuple[pa.RecordBatch, list[Reject]]:
        batch = parse(raw, columns, labels)
        return transform(tables, batch), batch.rejects

    yield from ordered_map(work, source.batches(columns.names))


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
    positive = [value == tables.label.positive for value in label.values.to_pylist()]
    return np.array(positive, np.int8)[label.indices]
