"""One line for each of several things: bars, dots with intervals, steps up and down."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from jobs.charts.frame import cut, short, svg, ticks

# In pixels: a line's height, the room for names before it and for numbers behind it.
LINE, NAMES, NUMBERS, WIDTH = 26, 270, 100, 450
TOP, BOTTOM = 6, 26
# What there is room for of a name, in the widest of the page's fonts.
LETTERS = 34


class Line(NamedTuple):
    """One line.

    Attributes:
        value: None: there is nothing to draw, and `words` say why.
        interval: around the value, if there is one.
        words: what stands behind it.
    """

    name: str
    value: float | None
    words: str
    interval: tuple[float, float] | None = None


def bars(title: str, lines: Sequence[Line]) -> str:
    """Bars from 0, with a whisker over each that has an interval; negative ones to the left."""
    low, high = _range(lines, include=0.0)
    parts = [_grid(low, high, len(lines))]
    for place, line in enumerate(lines):
        y = _middle(place)
        parts.append(_names(line, y))
        if line.value is not None:
            start, end = sorted((_x(0.0, low, high), _x(line.value, low, high)))
            parts.append(
                f'<rect class="bar" x="{start:g}" y="{y - 8}" width="{max(end - start, 1):g}" '
                f'height="16" rx="2"/>'
            )
            parts.append(_whisker(line, y, low, high))
    return _picture(title, parts, len(lines))


def dots(title: str, lines: Sequence[Line], reference: float | None = None) -> str:
    """Dots with whiskers, and a dashed line at a reference, such as the value of all rows."""
    low, high = _range(lines, include=reference)
    parts = [_grid(low, high, len(lines))]
    if reference is not None:
        x = _x(reference, low, high)
        parts.append(
            f'<line class="baseline" x1="{x:g}" y1="{TOP}" x2="{x:g}" '
            f'y2="{TOP + LINE * len(lines)}"/>'
        )
    for place, line in enumerate(lines):
        y = _middle(place)
        parts.append(_names(line, y))
        parts.append(_whisker(line, y, low, high))
        if line.value is not None:
            x = _x(line.value, low, high)
            parts.append(f'<circle class="dot" cx="{x:g}" cy="{y}" r="4.5"/>')
    return _picture(title, parts, len(lines))


def steps(title: str, start: float, lines: Sequence[Line]) -> str:
    """From `start`, each line's value a step up or down from where the one before it ended."""
    ends = [start]
    for line in lines:
        ends.append(ends[-1] + (line.value or 0.0))
    low, high = _padded(min(ends), max(ends))
    parts = [_grid(low, high, len(lines))]
    for place, line in enumerate(lines):
        y = _middle(place)
        before, after = _x(ends[place], low, high), _x(ends[place + 1], low, high)
        kind = "up" if after >= before else "down"
        parts.append(_names(line, y))
        parts.append(
            f'<rect class="{kind}" x="{min(before, after):g}" y="{y - 8}" '
            f'width="{max(abs(after - before), 1):g}" height="16" rx="2"/>'
        )
        if place + 1 < len(lines):
            parts.append(
                f'<line class="grid" x1="{after:g}" y1="{y + 8}" x2="{after:g}" '
                f'y2="{y + LINE - 8}"/>'
            )
    return _picture(title, parts, len(lines))


def _picture(title: str, parts: Sequence[str], lines: int) -> str:
    height = TOP + LINE * lines + BOTTOM
    picture = svg(title, NAMES + WIDTH + NUMBERS, height, "".join(parts), "broad")
    return f'<div class="scroll" tabindex="0">{picture}</div>'


def _middle(place: int) -> float:
    return TOP + LINE * place + LINE / 2


def _x(value: float, low: float, high: float) -> float:
    return round(NAMES + WIDTH * (value - low) / (high - low), 2)


def _range(lines: Sequence[Line], include: float | None) -> tuple[float, float]:
    """The values that the lines reach, and a little more; where 0 is the end, it is the edge."""
    values = [] if include is None else [include]
    for line in lines:
        values += [] if line.value is None else [line.value]
        values += [] if line.interval is None else [*line.interval]
    least, most = min(values, default=0.0), max(values, default=1.0)
    low, high = _padded(least, most)
    if include == 0.0 and least < most:
        return (0.0 if least == 0 else low), (0.0 if most == 0 else high)
    return low, high


def _padded(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * 0.04 or abs(high) * 0.04 or 0.5
    return low - room, high + room


def _grid(low: float, high: float, lines: int) -> str:
    bottom = TOP + LINE * lines
    return "".join(
        f'<line class="grid" x1="{x:g}" y1="{TOP}" x2="{x:g}" y2="{bottom}"/>'
        f'<text class="tick" x="{x:g}" y="{bottom + 17}" text-anchor="middle">{short(tick)}</text>'
        for tick, x in ((tick, _x(tick, low, high)) for tick in ticks(low, high))
    )


def _names(line: Line, y: float) -> str:
    return (
        f'<text x="{NAMES - 12}" y="{y + 4.5}" text-anchor="end">{cut(line.name, LETTERS)}'
        f"<title>{escape(line.name)}</title></text>"
        f'<text class="tick" x="{NAMES + WIDTH + 10}" y="{y + 4.5}">{escape(line.words)}</text>'
    )


def _whisker(line: Line, y: float, low: float, high: float) -> str:
    if line.interval is None:
        return ""
    start, end = (_x(value, low, high) for value in line.interval)
    return f'<line class="whisker" x1="{start:g}" y1="{y}" x2="{end:g}" y2="{y}"/>'
