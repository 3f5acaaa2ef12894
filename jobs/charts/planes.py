"""Points and bars over axes of any unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from jobs.charts.frame import Frame, short


def scatter(title: str, x_label: str, y_label: str, points: Sequence[tuple[float, float]]) -> str:
    """Points over the diagonal; both axes have the same range, that of nearly all points.

    The outermost hundredth may lie beyond: one odd row does not squeeze all others into a corner.
    """
    values = sorted(value for point in points for value in point)
    low, high = values[len(values) // 200], values[-1 - len(values) // 200]
    if low == high:
        low, high = low - 0.5, high + 0.5
    frame = Frame((low, high), (low, high))
    inside = [p for p in points if low <= p[0] <= high and low <= p[1] <= high]
    parts = [
        frame.axes(x_label, y_label),
        f'<polyline class="baseline" points="{frame.path([(low, low), (high, high)])}"/>',
    ]
    for point in inside:
        x, y = frame.at(point)
        parts.append(f'<circle class="faint" cx="{x:g}" cy="{y:g}" r="2.6"/>')
    return frame.svg(title, "".join(parts))


def histogram(
    title: str,
    x_label: str,
    y_label: str,
    edges: Sequence[float],
    series: Sequence[tuple[str, Sequence[float]]],
    *,
    powers: bool = False,
) -> str:
    """Bars between edges; those of a second series lie over the first.

    Args:
        edges: ascending, one more than there are bars.
        series: class of the page's CSS and heights.
        powers: heights by powers of ten: few rows are seen beside many.
    """

    def up(height: float) -> float:
        return math.log10(max(height, 0.6) / 0.6) if powers else height

    highest = up(max(max(heights) for _, heights in series)) or 1.0
    marks = [(up(10.0**n), short(10.0**n)) for n in range(12) if up(10.0**n) <= highest]
    frame = Frame((edges[0], edges[-1]), (0.0, highest * 1.05), height=220)
    parts = [frame.axes(x_label, y_label, marks if powers else None)]
    for kind, heights in series:
        for (low, high), height in zip(pairwise(edges), heights, strict=True):
            if height:
                x, y = frame.at((low, up(height)))
                right, bottom = frame.at((high, 0.0))
                parts.append(
                    f'<rect class="{kind}" x="{x + 0.5:g}" y="{y:g}" '
                    f'width="{max(right - x - 1, 0.5):g}" height="{bottom - y:g}"/>'
                )
    return frame.svg(title, "".join(parts))
