"""How often each category of a column occurs, in one pass and bounded memory."""

from __future__ import annotations

import numpy as np

from preprocessing.errors import DataError
from preprocessing.parsing import Categories

# So many different values are counted in a column; one with more is an id or a text.
COUNTED = 100_000


class Vocabulary:
    """Counts a column's categories.

    Attributes:
        counts: each category with its rows, in no particular order.
        missing: rows without one.
    """

    def __init__(self, column: str) -> None:
        self._column = column
        self.counts: dict[str, int] = {}
        self.missing = 0

    def add(self, categories: Categories) -> None:
        """Count a batch.

        Raises:
            DataError: the column has more than `COUNTED` different values.
        """
        counts = np.bincount(categories.indices, minlength=len(categories.values))
        for value, count in zip(categories.values.to_pylist(), counts.tolist(), strict=True):
            if value is None:
                self.missing += count
            elif count:
                self.counts[value] = self.counts.get(value, 0) + count
        if len(self.counts) > COUNTED:
            raise DataError(
                f"column {self._column!r} has more than {COUNTED:,} different values: is it an id, "
                "a text or a number? Name it in the features as id, drop, numeric or binned"
            )

    def most_frequent(self, limit: int) -> dict[str, int]:
        """The `limit` most frequent categories (of equals, the first by code point), sorted."""
        ranked = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        return dict(sorted(ranked[:limit]))
