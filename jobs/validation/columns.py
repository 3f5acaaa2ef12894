"""What stands in each column, in numbers: for the report, and to propose expectations from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jobs.validation.reading import Part

if TYPE_CHECKING:
    import pandas as pd

# So many of the most common values are told.
COMMON = 5


def describe(part: Part) -> list[dict[str, Any]]:
    """Facts of each column, in the order of the files.

    Each is `{"column", "type": "number"|"integer"|"text", "missing", "unread", "distinct"}`, and
    of numbers `minimum`, `median` and `maximum` (null if there is none), of texts `common`: the
    most common values as `[value, rows]`, the most common first, and of these the one seen first.
    """
    described = []
    for column, values in part.frame.items():
        unread = len(part.faults.get(column, ()))
        facts: dict[str, Any] = {"column": column}
        facts |= of_texts(values) if values.dtype == "category" else of_numbers(values)
        facts |= {"missing": int(values.isna().sum()) - unread, "unread": unread}
        described.append(facts)
    return described


def of_numbers(values: pd.Series) -> dict[str, Any]:
    """Facts of a column of numbers, float64."""
    numbers = values.to_numpy()
    present = numbers[~np.isnan(numbers)]
    some = len(present) > 0
    return {
        "type": "integer" if some and (present % 1 == 0).all() else "number",
        "distinct": len(np.unique(present)),
        "minimum": float(present.min()) if some else None,
        "median": float(np.median(present)) if some else None,
        "maximum": float(present.max()) if some else None,
    }


def of_texts(values: pd.Series) -> dict[str, Any]:
    """Facts of a column of categories."""
    counts = np.bincount(values.cat.codes[values.notna()], minlength=len(values.cat.categories))
    most = np.argsort(-counts, kind="stable")[:COMMON]
    there = [(str(values.cat.categories[place]), int(counts[place])) for place in most]
    return {
        "type": "text",
        "distinct": int((counts > 0).sum()),
        "common": [[text, count] for text, count in there if count],
    }
