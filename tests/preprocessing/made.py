"""Made data: files, what is in them, and the steps from one to the other in a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from preprocessing.columns import Columns, resolve
from preprocessing.features import Features
from preprocessing.fitting import fit
from preprocessing.parsing import Batch, parse
from preprocessing.reading import RawBatch, Source
from preprocessing.rejects import Reject
from preprocessing.tables import Tables
from preprocessing.transforming import transform_files

PEOPLE = """\
age, pay, sex, income
31, 10.5, F, low
45, 20.5, M, high
?, 30.5, F, low
22, , M, low
60, 50.5, ?, high
"""
FEATURES = Features("income", "high", numeric=("pay",), binned=(("age", 2),))


def write(folder: Path, **files: str | bytes) -> Source:
    """Files `<name>.csv` in a folder, ready to be read."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(data)
    return Source.find(folder)


def fit_source(features: Features, source: Source) -> Tables:
    """The tables that a source teaches."""
    columns = resolve(features, source.header(), "made")
    return fit(features, columns, (parse(raw, columns) for raw in source.batches(columns.names)))


def codes(tables: Tables, source: Source, *, labelled: bool = True) -> pa.Table:
    """All codes of a source."""
    return pa.Table.from_batches([b for b, _ in transform_files(tables, source, labelled=labelled)])


def rejects(tables: Tables, source: Source, *, labelled: bool = True) -> list[Reject]:
    """All rejected rows of a source."""
    return [r for _, some in transform_files(tables, source, labelled=labelled) for r in some]


def parse_columns(
    columns: Columns, values: Mapping[str, Iterable[Any]], labels: tuple[str, ...] | None = None
) -> Batch:
    """Parse columns of values as one batch whose rows begin at 1."""
    arrays = {name: pa.array(column) for name, column in values.items()}
    count = len(next(iter(arrays.values())))
    return parse(RawBatch(np.arange(1, count + 1), arrays, []), columns, labels)
