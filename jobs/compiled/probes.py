"""Rows that tell two models apart: every code of every column, and numbers around its own."""

from __future__ import annotations

import math

from preprocessing.tables import Tables

LEAST = 64
"""Rows, at least; more where a column has more codes."""


def codes_of(tables: Tables) -> list[int | None]:
    """Of each column of the ordinal encoding, how many codes it has; None: it holds numbers."""
    return [
        *[None] * len(tables.numeric),
        *[table.bins + 1 for table in tables.binned.values()],
        *[len(table.values) + 2 for table in tables.categorical.values()],
    ]


def probes(tables: Tables) -> list[list[float]]:
    """Rows of the ordinal encoding, the same ones each time, in which every code stands.

    Column after column takes its values in turn, each at a pace of its own, so that the rows
    mix them: the codes, the ones for missing and for other included; for numbers the mean,
    multiples of the scale around it, 0, and none.
    """
    choices: list[list[float]] = [
        [
            *(table.mean + step * table.scale for step in (-3.0, -1.0, -0.3, 0.0, 0.3, 1.0, 3.0)),
            *(0.0, math.nan),
        ]
        for table in tables.numeric.values()
    ]
    for codes in codes_of(tables)[len(choices) :]:
        assert codes is not None, "only numeric columns hold numbers"
        choices.append([float(code) for code in range(codes)])
    count = max(LEAST, *map(len, choices))
    paces = [_pace(column, len(values)) for column, values in enumerate(choices)]
    return [
        [
            values[(row * pace + 3 * column) % len(values)]
            for column, (values, pace) in enumerate(zip(choices, paces, strict=True))
        ]
        for row in range(count)
    ]


def _pace(column: int, count: int) -> int:
    """Steps of a column from row to row: another for each, and one that leads to every value."""
    pace = 1 + column % 7
    while math.gcd(pace, count) > 1:
        pace += 1
    return pace
