"""Curves in the unit square, and the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.charts.frame import Frame, cut, svg

Points = Sequence[tuple[float, float]]


def curve(
    title: str,
    x_label: str,
    y_label: str,
    points: Points,
    baseline: Points,
    mark: tuple[float, float] | None = None,
) -> str:
    """A curve in the unit square, over a dashed baseline (what guessing would reach).

    Args:
        title: what a screen reader says.
        x_label: the horizontal axis.
        y_label: the vertical axis.
        points: from 0 to 1 on both axes, by rising x.
        baseline: two points.
        mark: a point to mark: where the model's threshold lies.
    """
    frame = Frame()
    area = [(points[0][0], 0.0), *points, (points[-1][0], 0.0)]
    parts = [
        frame.axes(x_label, y_label),
        f'<polyline class="baseline" points="{frame.path(baseline)}"/>',
        f'<polygon class="area" points="{frame.path(area)}"/>',
        f'<polyline class="curve" points="{frame.path(points)}"/>',
    ]
    if mark is not None:
        x, y = frame.at(mark)
        parts.append(f'<circle class="mark" cx="{x}" cy="{y}" r="5"/>')
    return frame.svg(title, "".join(parts))


def dotted_curve(title: str, x_label: str, y_label: str, points: Points, sizes: list[int]) -> str:
    """A curve whose points are seen, over the diagonal; a point says how many rows it stands for.

    Args:
        points: from 0 to 1 on both axes, by rising x.
        sizes: rows of each point.
    """
    frame = Frame()
    parts = [
        frame.axes(x_label, y_label),
        f'<polyline class="baseline" points="{frame.path([(0, 0), (1, 1)])}"/>',
        f'<polyline class="curve" points="{frame.path(points)}"/>',
    ]
    for point, rows in zip(points, sizes, strict=True):
        x, y = frame.at(point)
        words = f"{rows:,} rows: score {point[0]:.3f}, share {point[1]:.3f}"
        parts.append(
            f'<circle class="mark" cx="{x}" cy="{y}" r="4"><title>{words}</title></circle>'
        )
    return frame.svg(title, "".join(parts))


def confusion_matrix(title: str, counts: list[list[int]], names: tuple[str, str]) -> str:
    """Four cells: rows are the labels, columns the predictions; shaded by their share of the row.

    Args:
        title: what a screen reader says.
        counts: [[true 0, false 1], [false 0, true 1]].
        names: the label's texts for 0 and 1.
    """
    cell_width, cell_height, left, top = 150, 104, 120, 52
    parts = [
        f'<text class="axis" x="{left + cell_width}" y="14" text-anchor="middle">predicted</text>',
        f'<text class="axis" transform="translate(12 {top + cell_height}) rotate(-90)" '
        'text-anchor="middle">actually</text>',
    ]
    for i, name in enumerate(names):
        x, y = left + cell_width * (i + 0.5), top + cell_height * (i + 0.5)
        parts.append(f'<text x="{x}" y="38" text-anchor="middle">{cut(name)}</text>')
        parts.append(f'<text x="{left - 12}" y="{y + 5}" text-anchor="end">{cut(name)}</text>')
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            share = count / sum(row) if sum(row) else 0.0
            x, y = left + cell_width * j, top + cell_height * i
            middle = x + cell_width / 2
            kind = "right" if i == j else "wrong"
            parts.append(
                f'<rect class="{kind}" x="{x + 2}" y="{y + 2}" width="{cell_width - 4}" '
                f'height="{cell_height - 4}" rx="6" fill-opacity="{0.10 + 0.45 * share:.3f}"/>'
                f'<text class="count" x="{middle}" y="{y + 50}" text-anchor="middle">{count:,}'
                f'</text><text class="share" x="{middle}" y="{y + 74}" text-anchor="middle">'
                f"{share:.1%} of the row</text>"
            )
    return svg(title, left + 2 * cell_width + 8, top + 2 * cell_height + 8, "".join(parts))
