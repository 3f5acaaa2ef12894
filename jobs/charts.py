"""Pictures as SVG text: no library draws in these containers. Colours come from the page's CSS."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

# The drawing area of a curve, in pixels, and the room around it for the axes.
SIDE, LEFT, RIGHT, TOP, BOTTOM = 300, 52, 14, 12, 46


def curve(
    title: str,
    x_label: str,
    y_label: str,
    points: Sequence[tuple[float, float]],
    baseline: Sequence[tuple[float, float]],
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
    width, height = LEFT + SIDE + RIGHT, TOP + SIDE + BOTTOM
    parts = [_axes(x_label, y_label)]
    parts.append(f'<polyline class="baseline" points="{_path(baseline)}"/>')
    area = [(points[0][0], 0.0), *points, (points[-1][0], 0.0)]
    parts.append(f'<polygon class="area" points="{_path(area)}"/>')
    parts.append(f'<polyline class="curve" points="{_path(points)}"/>')
    if mark is not None:
        (x, y) = _at(mark)
        parts.append(f'<circle class="mark" cx="{x}" cy="{y}" r="5"/>')
    return _svg(title, width, height, "".join(parts))


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
        parts.append(f'<text x="{x}" y="38" text-anchor="middle">{_short(name)}</text>')
        parts.append(f'<text x="{left - 12}" y="{y + 5}" text-anchor="end">{_short(name)}</text>')
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
    return _svg(title, left + 2 * cell_width + 8, top + 2 * cell_height + 8, "".join(parts))


def _axes(x_label: str, y_label: str) -> str:
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _at((tick, tick))
        parts.append(
            f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{TOP + SIDE}"/>'
            f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{LEFT + SIDE}" y2="{y}"/>'
            f'<text class="tick" x="{x}" y="{TOP + SIDE + 18}" text-anchor="middle">{tick:g}</text>'
            f'<text class="tick" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{tick:g}</text>'
        )
    middle = TOP + SIDE / 2
    parts.append(
        f'<text class="axis" x="{LEFT + SIDE / 2}" y="{TOP + SIDE + 38}" text-anchor="middle">'
        f"{escape(x_label)}</text>"
        f'<text class="axis" transform="translate(13 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(y_label)}</text>"
    )
    return "".join(parts)


def _svg(title: str, width: float, height: float, content: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{content}</svg>"
    )


def _at(point: tuple[float, float]) -> tuple[float, float]:
    """From the unit square, y upwards, to pixels, y downwards."""
    return round(LEFT + SIDE * point[0], 2), round(TOP + SIDE * (1 - point[1]), 2)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in map(_at, points))


def _short(name: str) -> str:
    return escape(name if len(name) <= 14 else name[:13] + "…")
