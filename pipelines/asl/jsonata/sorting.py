"""Sorting as JSONata does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.asl.jsonata.budget import Budget


def merge_sort(budget: Budget, items: Any, after: Callable[[Any, Any], bool]) -> list[Any]:
    """The items in order: `after` tells whether its first argument belongs after the second.

    Merged just as JSONata does it, so that a comparison that is no order gives the same result.
    """
    budget.spend(1)
    if not isinstance(items, list) or len(items) <= 1:
        return list(items) if isinstance(items, list) else [items]
    middle = len(items) // 2
    left = merge_sort(budget, items[:middle], after)
    right = merge_sort(budget, items[middle:], after)
    merged, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if after(left[i], right[j]):
            merged.append(right[j])
            j += 1
        else:
            merged.append(left[i])
            i += 1
    return merged + left[i:] + right[j:]
