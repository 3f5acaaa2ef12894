"""Axes, and from values to pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

# The room around the drawing area, in pixels, for the axes.
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 12, 46


@dataclass(frozen=True)
class Frame:
    """A drawing area.

    Attributes:
        x, y: the values at its edges, the lower first.
        width, height: in pixels, without the axes.
    """

    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    width: int = 300
    height: int = 300

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """From values, y upwards, to pixels, y downwards."""
        x = (point[0] - self.x[0]) / (self.x[1] - self.x[0])
        y = (point[1] - self.y[0]) / (self.y[1] - self.y[0])
        return round(LEFT + self.width * x, 2), round(TOP + self.height * (1 - y), 2)

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        """Points as the attribute of a line."""
        return " ".join(f"{x:g},{y:g}" for x, y in map(self.at, points))

    def axes(
        self, x_label: str, y_label: str, marks: Sequence[tuple[float, str]] | None = None
    ) -> str:
        """Grid, ticks and labels.

        Args:
            marks: values and words of the vertical ticks, unless they are round numbers.
        """
        bottom, middle = TOP + self.height, TOP + self.height / 2
        parts = []
        for tick in ticks(*self.x):
            x, _ = self.at((tick, self.y[0]))
            parts.append(
                f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom}"/>'
                f'<text class="tick" x="{x}" y="{bottom + 18}" text-anchor="middle">'
                f"{short(tick)}</text>"
            )
        for tick, words in marks or [(tick, short(tick)) for tick in ticks(*self.y)]:
            _, y = self.at((self.x[0], tick))
            parts.append(
                f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{LEFT + self.width}" y2="{y}"/>'
                f'<text class="tick" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{words}</text>'
            )
        parts.append(
            f'<text class="axis" x="{LEFT + self.width / 2}" y="{bottom + 38}" '
            f'text-anchor="middle">{escape(x_label)}</text>'
            f'<text class="axis" transform="translate(13 {middle}) rotate(-90)" '
            f'text-anchor="middle">{escape(y_label)}</text>'
        )
        return "".join(parts)

    def svg(self, title: str, content: str) -> str:
        """The whole picture."""
        return svg(title, LEFT + self.width + RIGHT, TOP + self.height + BOTTOM, content)


def svg(title: str, width: float, height: float, content: str, kind: str = "") -> str:
    """A picture; `title` is what a screen reader says."""
    name = f' class="{kind}"' if kind else ""
    return (
        f'<svg{name} viewBox="0 0 {width:g} {height:g}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{content}</svg>'
    )


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, about `most` of them.

    >>> ticks(0.0, 1.0), ticks(-130.0, 2300.0)
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 1000.0, 2000.0])
    """
    rough = (high - low) / (most - 1)
    if not math.isfinite(rough) or rough <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(place * step, 12) + 0.0 for place in range(first, last + 1)]


def short(value: float) -> str:
    """A number in few characters.

    >>> short(0.25), short(12500.0), short(3000000.0)
    ('0.25', '12.5k', '3M')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / min(size, 1e3 if letter == 'k' else size):.4g}{letter}"
    return f"{value:.4g}"


def cut(name: str, length: int = 14) -> str:
    """A name as markup, not longer than a picture has room for."""
    return escape(name if len(name) <= length else name[: length - 1] + "…")
