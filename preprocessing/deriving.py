"""Parsing and deriving, one batch at a time: what fitting, transforming and serving begin with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from preprocessing.columns import Columns
from preprocessing.derive import Derivation, DeriveError
from preprocessing.errors import DataError
from preprocessing.parsing import Batch, Categories, categories_of, parse
from preprocessing.reading import RawBatch, Source
from preprocessing.rejects import Reject


def parse_and_derive(
    raw: RawBatch,
    columns: Columns,
    labels: Collection[str] | None = None,
    derivation: Derivation | None = None,
    *,
    reject_raising: bool = False,
) -> Batch:
    """Parse a batch, and add the columns that are derived.

    Args:
        raw, columns, labels: as in `parse`.
        derivation: what makes the derived columns, if any are.
        reject_raising: whether a row for which derive raises an exception is rejected with its
            reason; otherwise the exception is an error.

    Raises:
        DeriveError: derive cannot be used.
    """
    batch = parse(raw, columns, labels)
    if derivation is None:
        return batch
    raised: dict[int, str] = {}
    try:
        made = derivation(batch.reads)
    except DeriveError:
        if not reject_raising:
            raise
        raised = _raised(batch, derivation)
        good = np.array([index not in raised for index in range(len(batch.rows))], bool)
        rest = batch.only(good)
        rejects = [_reject(batch, index, "", "", why) for index, why in raised.items()]
        batch = replace(rest, rejects=sorted([*batch.rejects, *rejects]))
        made = derivation(batch.reads)
    return _with(batch, columns, made)


def try_derivation(derivation: Derivation, source: Source) -> Derivation:
    """`Derivation.tried` on the first rows of a source that can be parsed.

    Raises:
        DataError: there is none, or derive cannot be used.
    """
    reads = Columns(None, None, (), (), (), reads=tuple(derivation.reads.items()))
    for raw in source.batches(reads.names):
        batch = parse(raw, reads)
        if len(batch.rows):
            return derivation.tried(batch.reads)
    names = ", ".join(map(repr, reads.names))
    raise DataError(
        f"{source.paths[0]}: no row can be derived from: there is none in which {names} can be read"
    )


def _with(batch: Batch, columns: Columns, made: dict[str, npt.NDArray[Any]]) -> Batch:
    """The batch with the derived features, without the rows in which one is not finite."""
    numbers, categories = dict(batch.numbers), dict(batch.categories)
    faulty: dict[int, Reject] = {}
    for name in columns.derived:
        if name in columns.categorical:
            categories[name], _ = categories_of(pa.array(made[name], pa.string()))
        elif name in columns.numbers:
            numbers[name] = made[name]
            for index in np.flatnonzero(np.isinf(made[name])).tolist():
                value = str(made[name][index])
                faulty.setdefault(index, _reject(batch, index, name, value, "not a finite number"))
    ordered = {name: numbers[name] for name in columns.numbers}
    named: dict[str, Categories] = {name: categories[name] for name in columns.categorical}
    whole = replace(batch, numbers=ordered, categories=named, reads={})
    if not faulty:
        return whole
    good = np.ones(len(batch.rows), bool)
    good[[*faulty]] = False
    return replace(whole.only(good), rejects=sorted([*batch.rejects, *faulty.values()]))


def _raised(batch: Batch, derivation: Derivation) -> dict[int, str]:
    """The rows for which derive raises, by index, with the reason."""
    raised = {}
    for index in range(len(batch.rows)):
        try:
            derivation({name: values[index : index + 1] for name, values in batch.reads.items()})
        except DeriveError as error:
            raised[index] = str(error)
    return raised


def _reject(batch: Batch, index: int, column: str, value: str, reason: str) -> Reject:
    id = None if batch.ids is None else batch.ids[index].as_py()
    return Reject(int(batch.rows[index]), id, column, value, reason)
