"""The same metrics for groups of rows: whether a model is as good for some as it is for others.

A group is a value of a column of the raw data, which need not be a column that the model sees.
A column of numbers makes groups by its bins, where it is binned, or else by its quartiles.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from jobs.evaluation import bootstrap
from jobs.evaluation.bootstrap import number
from jobs.evaluation.measures import Measure, better

# So many values of a column have a group of their own; those of the fewest rows share one.
VALUES = 30
OTHER, MISSING = "other values", "missing"


class Groups(NamedTuple):
    """The groups that a column makes.

    Attributes:
        names: what a person reads.
        indices: shape (rows,): which of `names` each row is in.
    """

    names: tuple[str, ...]
    indices: np.ndarray


@dataclass(frozen=True)
class Settings:
    """How groups are measured.

    Attributes:
        min_rows: a group of fewer is counted and not measured.
        confidence, resamples: of the intervals.
    """

    min_rows: int
    confidence: float
    resamples: int


def group(
    values: pa.StringArray, edges: tuple[float, ...] | None = None, *, categories: bool = False
) -> Groups:
    """The groups of a column.

    Args:
        values: shape (rows,): texts, null where missing.
        edges: ascending: numbers are grouped between them, however few there are.
        categories: the values are names, even if all of them look like numbers.

    >>> group(pa.array(["b", "a", "b", None]))
    Groups(names=('a', 'b', 'missing'), indices=array([1, 0, 1, 2]))
    """
    missing = np.asarray(values.is_null().to_numpy(zero_copy_only=False), bool)
    distinct = values.dictionary_encode()
    few = len(distinct.dictionary) <= VALUES
    numbers = None if categories or (few and edges is None) else _numbers(values)
    if numbers is None:
        return _by_value(distinct, missing)
    if edges is None:
        edges = tuple(np.unique(np.quantile(numbers[~missing], [0.25, 0.5, 0.75])).tolist())
    bounds = ["", *(f"{edge:g}" for edge in edges), ""]
    names = [_range(low, high) for low, high in itertools.pairwise(bounds)]
    indices = np.searchsorted(np.array(edges), numbers, side="right")
    return _only_used([*names, MISSING], np.where(missing, len(names), indices))


def measure(
    groups: Mapping[str, Groups],
    kind: Measure,
    metric: str,
    labels: np.ndarray,
    scores: np.ndarray,
    settings: Settings,
) -> list[dict[str, Any]]:
    """What each group of each column comes to, and the widest gaps between groups.

    Args:
        groups: by column.
        metric: by which the worst group is told.
    """
    return [
        _measure_column(column, each, kind, metric, labels, scores, settings)
        for column, each in groups.items()
    ]


def worst(slices: list[dict[str, Any]], metric: str, whole: float | None) -> dict[str, Any] | None:
    """The group with the worst metric of all columns; None if no group has one."""
    found: dict[str, Any] | None = None
    for each in slices:
        for line in each["groups"]:
            value = None if line["metrics"] is None else line["metrics"][metric]
            if value is None or (found and better(metric, value, than=found["value"]) >= 0):
                continue
            found = {
                "column": each["column"],
                "group": line["group"],
                "rows": line["rows"],
                "metric": metric,
                "value": value,
                "interval": line["intervals"][metric],
                "whole": whole,
            }
    return found


def _measure_column(
    column: str,
    groups: Groups,
    kind: Measure,
    metric: str,
    labels: np.ndarray,
    scores: np.ndarray,
    settings: Settings,
) -> dict[str, Any]:
    places = [np.flatnonzero(groups.indices == index) for index in range(len(groups.names))]
    measured = {
        index: kind.weighted(labels[rows], scores[rows])
        for index, rows in enumerate(places)
        if len(rows) >= settings.min_rows
    }
    values = {index: weighted(np.ones(len(places[index]))) for index, weighted in measured.items()}
    sampled: dict[int, list[np.ndarray]] = {index: [] for index in measured}
    if measured:
        for weights in bootstrap.resamples(len(labels), settings.resamples):
            for index, weighted in measured.items():
                sampled[index].append(weighted(weights[places[index]]))
    arrays = {index: np.array(rows) for index, rows in sampled.items()}
    lines = []
    for index, name in enumerate(groups.names):
        line: dict[str, Any] = {"group": name, "rows": len(places[index])}
        if index in measured:
            given = map(number, values[index].tolist())
            line["metrics"] = dict(zip(kind.names, given, strict=True))
            line["intervals"] = bootstrap.intervals(arrays[index], kind.names, settings.confidence)
        else:
            line["metrics"] = line["intervals"] = None
        lines.append(line)
    gaps = _gaps(groups.names, kind, values, arrays, settings.confidence)
    return {"column": column, "metric": metric, "groups": lines, "gaps": gaps}


def _gaps(
    names: tuple[str, ...],
    kind: Measure,
    values: Mapping[int, np.ndarray],
    sampled: Mapping[int, np.ndarray],
    confidence: float,
) -> dict[str, Any]:
    """Of each metric the two groups that are furthest apart, and by how much.

    The gap in selection_rate is what fairness calls the demographic parity difference, that in
    recall the equal opportunity difference. The interval is that of these two groups; that they
    were picked as the furthest apart, it does not know.
    """
    gaps: dict[str, Any] = {}
    for place, name in enumerate(kind.names):
        known = {index: row[place] for index, row in values.items() if np.isfinite(row[place])}
        if len(known) < 2:
            continue
        low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        interval = None
        if len(sampled[low]):
            differences = sampled[high][:, place] - sampled[low][:, place]
            interval = bootstrap.interval(differences, confidence)
        gaps[name] = {
            "lowest": names[low],
            "highest": names[high],
            "difference": float(known[high] - known[low]),
            "interval": interval,
        }
    return gaps


def _numbers(values: pa.StringArray) -> np.ndarray | None:
    """The values as numbers, NaN where missing; None if one is no number, or all are missing."""
    if values.null_count == len(values):
        return None
    try:
        return np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        return None


def _by_value(distinct: pa.DictionaryArray, missing: np.ndarray) -> Groups:
    texts = distinct.dictionary.to_pylist()
    codes = np.asarray(distinct.indices.fill_null(0).to_numpy(zero_copy_only=False))
    rows = np.bincount(codes[~missing], minlength=len(texts)) if texts else np.array([], int)
    largest = sorted(range(len(texts)), key=lambda code: (-rows[code], texts[code]))[:VALUES]
    kept = sorted(largest, key=lambda code: _in_order(texts[code]))
    place = np.full(max(len(texts), 1), len(kept))
    place[kept] = np.arange(len(kept))
    names = [texts[code] for code in kept]
    indices = np.where(missing, len(names) + 1, place[codes])
    return _only_used([*names, OTHER, MISSING], indices)


def _in_order(text: str) -> tuple[float, str]:
    """Numbers by size, then texts.

    >>> sorted(["b", "10", "9", "a"], key=_in_order)
    ['9', '10', 'a', 'b']
    """
    try:
        number = float(text)
    except ValueError:
        return math.inf, text
    return (number, text) if math.isfinite(number) else (math.inf, text)


def _only_used(names: list[str], indices: np.ndarray) -> Groups:
    used = np.unique(indices)
    return Groups(tuple(names[index] for index in used), np.searchsorted(used, indices))


def _range(low: str, high: str) -> str:
    """The words for the numbers between two bounds: from the first on, below the second.

    >>> _range("", "30"), _range("30", "42"), _range("42", "")
    ('below 30', '30 to below 42', '42 and above')
    """
    if low and high:
        return f"{low} to below {high}"
    if low:
        return f"{low} and above"
    return f"below {high}" if high else "all numbers"
