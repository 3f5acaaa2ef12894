"""Trees of any size, walked all at once: one level of every tree is one step of numpy's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from jobs.compiled.forest import LEAF, Floats, Forest, Tree, to_single


class Stepping:
    """A forest, its trees one after the other in the same arrays."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        trees = forest.trees
        starts = [0, *accumulate(len(tree.feature) for tree in trees)][:-1]
        self._roots = np.array(starts, np.int64)
        self._feature = np.concatenate([tree.feature for tree in trees])
        self._threshold = np.concatenate([tree.threshold for tree in trees])
        self._missing_left = np.concatenate([tree.missing_left for tree in trees])
        self._value = np.concatenate([tree.value for tree in trees])
        nodes = len(self._feature)
        is_leaf = self._feature == LEAF
        pairs = zip(trees, starts, strict=True)
        # A leaf leads to itself: who has arrived stays.
        self._next = np.empty((2, nodes), np.int64)
        for tree, start in pairs:
            end = start + len(tree.feature)
            self._next[0, start:end] = tree.right + start
            self._next[1, start:end] = tree.left + start
        self._next[:, is_leaf] = np.flatnonzero(is_leaf)
        self._feature[is_leaf] = 0
        self._depth = max(map(_depth, trees))
        self._row_of = np.full(nodes, -1, np.int64)
        self._left_codes = self._all_left_codes(trees, starts)

    def scores(self, rows: Sequence[Sequence[float]]) -> Floats:
        """The score of each row of the ordinal encoding, shape (rows,).

        Raises:
            IndexError: a code that no column has.
            ValueError: a number that is too large.
        """
        sums = np.empty(len(rows))
        for number, row in enumerate(rows):
            sums[number] = self._value[self._arrived(np.array(row, np.float64))].sum()
        return self._forest.finish(sums)

    def _arrived(self, row: Floats) -> np.ndarray:
        """The leaf of each tree that a row arrives at."""
        if self._forest.single:
            row = np.array([to_single(number) for number in row.tolist()])
        missing = np.isnan(row)
        some_missing = bool(missing.any())
        nodes = self._roots
        for _ in range(self._depth):
            feature = self._feature[nodes]
            left = row[feature] <= self._threshold[nodes]
            if some_missing:
                left |= missing[feature] & self._missing_left[nodes]
            if len(self._left_codes):
                asked = self._row_of[nodes]
                of_code = np.flatnonzero(asked >= 0)
                codes = row[feature[of_code]].astype(np.int64)
                left[of_code] = self._left_codes[asked[of_code], codes]
            nodes = self._next[left.astype(np.int8), nodes]
        return nodes

    def _all_left_codes(self, trees: Sequence[Tree], starts: Sequence[int]) -> np.ndarray:
        """A row for each node that asks for a code; `_row_of` says which."""
        found = [
            (start + node, codes)
            for tree, start in zip(trees, starts, strict=True)
            for node, codes in enumerate(tree.left_codes)
            if codes is not None
        ]
        width = max((len(codes) for _, codes in found), default=0)
        table = np.zeros((len(found), width), bool)
        for number, (node, codes) in enumerate(found):
            table[number, : len(codes)] = codes
            self._row_of[node] = number
        return table


def _depth(tree: Tree) -> int:
    """Steps from the root to the lowest leaf."""
    depth, level = 0, np.array([0])
    while len(level := level[tree.feature[level] != LEAF]):
        level = np.concatenate([tree.left[level], tree.right[level]])
        depth += 1
    return depth
