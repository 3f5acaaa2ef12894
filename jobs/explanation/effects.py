"""What each value of a column does to the score, on average, from the effects of many rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from jobs.evaluation import slices
from jobs.explanation.columns import Columns

# Values of a column of categories that are shown, those of the most rows.
SHOWN = 12


def by_value(
    columns: Columns, column: str, matrix: np.ndarray, effects: np.ndarray
) -> list[dict[str, Any]]:
    """The mean effect of each value: of a category, a bin, or a fifth of the numbers.

    Args:
        column: its name.
        matrix: ordinal, shape (rows, columns).
        effects: shape (rows, columns).

    Numbers and bins are in their order, categories from the one that lowers the score the most.
    """
    place = columns.names.index(column)
    values, own = matrix[:, place], effects[:, place]
    tables = columns.model.tables
    if column in tables.numeric:
        known = values[~np.isnan(values)]
        fifths = np.quantile(known, [0.2, 0.4, 0.6, 0.8]) if len(known) else known
        edges = tuple(np.unique(fifths).tolist())
        groups = slices.group(pa.array(values, from_pandas=True).cast(pa.string()), edges)
        names, indices = groups.names, groups.indices
    else:
        _, first, indices = np.unique(values, return_index=True, return_inverse=True)
        names = tuple(row[place] for row in columns.words(matrix[first]))
    rows = np.bincount(indices, minlength=len(names))
    means = np.bincount(indices, own, len(names)) / rows
    lines: list[dict[str, Any]] = [
        {"value": name, "effect": float(mean), "rows": int(count)}
        for name, mean, count in zip(names, means, rows, strict=True)
    ]
    if column not in tables.categorical:
        return lines
    commonest = sorted(lines, key=lambda line: (-line["rows"], line["value"]))[:SHOWN]
    return sorted(commonest, key=lambda line: (line["effect"], line["value"]))
