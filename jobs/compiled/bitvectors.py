"""Trees as bit masks, after QuickScorer (Lucchese et al., SIGIR 2015).

Number a tree's leaves from left to right. A node whose condition fails sends the row to the right:
none of the leaves to its left can be reached. So each node has a mask, without these leaves; the
AND of the masks of all nodes that fail has as its lowest bit the leaf that is reached.

Which nodes of a column fail depends on where its value lies among their thresholds, or on its
code. That makes one row of a table, of a mask for each tree: a prediction is as many look-ups as
there are columns, and an AND, for all trees at once and whatever their depth.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from jobs.compiled.forest import LEAF, Floats, Forest, Tree, to_single

MAX_LEAVES = 64
# Above this, in bytes, the tables no longer fit where look-ups are fast.
MAX_BYTES = 64 << 20
_ALL = np.uint64(2**64 - 1)
Masks = npt.NDArray[np.uint64]


class Bitvectors:
    """A forest of small trees."""

    def __init__(self, forest: Forest) -> None:
        """Raises:
        ValueError: a tree has more than `MAX_LEAVES` leaves, or the tables would be too large.
        """
        if any(tree.leaves > MAX_LEAVES for tree in forest.trees):
            raise ValueError(f"a tree has more than {MAX_LEAVES} leaves")
        self._forest = forest
        trees = len(forest.trees)
        self._leaves = np.zeros((trees, MAX_LEAVES))
        nodes: dict[int, list[tuple[int, int, np.uint64]]] = {}
        for number, tree in enumerate(forest.trees):
            for node, mask in _masks(tree, self._leaves[number]):
                nodes.setdefault(int(tree.feature[node]), []).append((number, node, mask))
        self._features = sorted(nodes)
        thresholds = {
            feature: sorted({float(forest.trees[t].threshold[n]) for t, n, _ in nodes[feature]})
            for feature in self._features
            if forest.codes[feature] is None
        }
        heights = [_height(forest.codes[f], thresholds.get(f, ())) for f in self._features]
        if sum(heights) * trees * 8 > MAX_BYTES:
            raise ValueError("the masks would take too much memory")
        self._table: Masks = np.full((max(sum(heights), 1), max(trees, 1)), _ALL)
        self._positions: list[tuple[int, Callable[[float], int]]] = []
        start = 0
        for feature, height in zip(self._features, heights, strict=True):
            part = self._table[start : start + height]
            known = thresholds.get(feature)
            for number, node, mask in nodes[feature]:
                _clear(part[:, number], forest.trees[number], node, mask, known)
            place = _place_of_code(start, height)
            if known is not None:
                place = _place_of_number(start, known, single=forest.single)
            self._positions.append((feature, place))
            start += height
        self._numbers = np.arange(trees)

    def scores(self, rows: Sequence[Sequence[float]]) -> Floats:
        """The score of each row of the ordinal encoding, shape (rows,).

        Raises:
            IndexError: a code that the column does not have.
            ValueError: a number that is too large.
        """
        if not self._features:
            return self._forest.finish(np.full(len(rows), self._leaves[:, 0].sum()))
        sums = np.empty(len(rows))
        for number, row in enumerate(rows):
            places = [place(row[feature]) for feature, place in self._positions]
            reached: Masks = np.bitwise_and.reduce(self._table[places], axis=0)
            lowest = reached & (~reached + np.uint64(1))
            # A power of two up to 2**63 is exact as a float; its exponent is the leaf's number.
            leaf = np.frexp(lowest.astype(np.float64))[1] - 1
            sums[number] = self._leaves[self._numbers, leaf].sum()
        return self._forest.finish(sums)


def _masks(tree: Tree, leaves: Floats) -> list[tuple[int, np.uint64]]:
    """The mask of each inner node; fills `leaves` with the leaves' values, from left to right."""
    masks: list[tuple[int, np.uint64]] = []
    found = 0
    # A node is left behind when its left side is done: then all leaves since its start are there.
    waiting: list[tuple[int, int | None]] = [(0, None)]
    while waiting:
        node, first = waiting.pop()
        if tree.feature[node] == LEAF:
            leaves[found] = tree.value[node]
            found += 1
        elif first is None:
            waiting.append((node, found))
            waiting.append((int(tree.left[node]), None))
        else:
            unreachable = (1 << found) - (1 << first)
            masks.append((node, np.uint64(2**64 - 1 - unreachable)))
            waiting.append((int(tree.right[node]), None))
    return masks


def _height(codes: int | None, thresholds: Sequence[float]) -> int:
    """Rows of a column's table: one for each code; or one below, between and above thresholds,
    and one for a missing number.
    """
    return len(thresholds) + 2 if codes is None else codes


def _clear(
    column: Masks, tree: Tree, node: int, mask: np.uint64, thresholds: Sequence[float] | None
) -> None:
    """Put a node's mask where its condition fails."""
    if thresholds is None:
        left = tree.left_codes[node]
        assert left is not None
        column[~left] &= mask
        return
    column[bisect_left(thresholds, tree.threshold[node]) + 1 : -1] &= mask
    if not tree.missing_left[node]:
        column[-1] &= mask


def _place_of_code(start: int, height: int) -> Callable[[float], int]:
    def place(code: float) -> int:
        number = int(code)
        if not 0 <= number < height:
            raise IndexError(f"no code {number}")
        return start + number

    return place


def _place_of_number(
    start: int, thresholds: Sequence[float], *, single: bool
) -> Callable[[float], int]:
    missing = start + len(thresholds) + 1

    def place(number: float) -> int:
        if number != number:
            return missing
        return start + bisect_left(thresholds, to_single(number) if single else number)

    return place
