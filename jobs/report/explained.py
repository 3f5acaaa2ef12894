"""What the model goes by, for all rows and row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from jobs.charts import lists
from jobs.charts.lists import Line
from jobs.page import card, cards

# Columns that a picture shows; the rest is one line.
SHOWN, SHOWN_OF_ROW = 20, 10


def section(explanation: Mapping[str, Any] | None) -> str:
    """Importances of the columns, and why some rows got their scores."""
    if explanation is None:
        return ""
    return cards(_importances(explanation), *_effects(explanation), _rows(explanation))


def _importances(explanation: Mapping[str, Any]) -> str:
    found = explanation["importances"]
    lines = [
        Line(each["column"], each["value"], f"{each['value']:.4g}", each["interval"])
        for each in found[:SHOWN]
    ]
    rest = len(found) - len(lines)
    more = f" {rest} more columns matter less than these." if rest > 0 else ""
    picture = lists.bars("Importance of each column", lines)
    return card("What it goes by", picture, escape(explanation["meaning"]) + more, wide=True)


def _effects(explanation: Mapping[str, Any]) -> list[str]:
    """What each value of the most important columns does to the score, on average."""
    return [
        card(
            each["column"],
            lists.bars(
                f"Effect of {each['column']}",
                [
                    Line(
                        v["value"], v["effect"], f"{v['rows']:,} row{'' if v['rows'] == 1 else 's'}"
                    )
                    for v in each["values"]
                ],
            ),
            f"Mean effect on {escape(explanation['unit'])} of rows with each value.",
            wide=True,
        )
        for each in explanation.get("effects", [])
    ]


def _rows(explanation: Mapping[str, Any]) -> str:
    rows: Sequence[Mapping[str, Any]] = explanation["rows"]
    if not rows:
        return ""
    note = (
        f"{len(rows)} of the test rows, from the highest score to the lowest. "
        f"{explanation['of_row']} Open one to see why."
    )
    content = "".join(
        _row(row, explanation, place == 0) for place, row in enumerate(reversed(rows))
    )
    return card("Row by row", content, note, wide=True)


def _row(row: Mapping[str, Any], explanation: Mapping[str, Any], is_open: bool) -> str:
    effects = row["effects"]
    lines = [
        Line(f"{e['column']} = {e['value']}", e["effect"], f"{e['effect']:+.3g}")
        for e in effects[:SHOWN_OF_ROW]
    ]
    rest = sum(e["effect"] for e in effects[SHOWN_OF_ROW:])
    title = f"Why row {row['row']} got its score"
    if explanation["additive"]:
        if len(effects) > SHOWN_OF_ROW:
            words = f"{len(effects) - SHOWN_OF_ROW} other columns"
            lines.append(Line(words, rest, f"{rest:+.3g}"))
        picture = lists.steps(title, row["base"], lines)
        words = (
            f"From {row['base']:.4g}, what the model says of an average row, to "
            f"{row['output']:.4g} ({escape(explanation['unit'])})."
        )
    else:
        picture = lists.bars(title, lines)
        words = f"What the {escape(explanation['unit'])} would lose without each value."
    # A predicted number is its own score.
    is_number = isinstance(row["prediction"], float)
    score = "" if is_number else f'<span class="number">{row["score"]:.4g}</span>'
    return (
        f"<details{' open' if is_open else ''}><summary>Row {row['row']:,}: predicted "
        f"<b>{_value(row['prediction'])}</b>, actually <b>{_value(row['label'])}</b>"
        f"{score}</summary>"
        f'<p class="note">{words}</p>{picture}</details>'
    )


def _value(value: object) -> str:
    """A class, or a number in as many digits as tell something.

    >>> _value(1324.748428320651), _value("a < b")
    ('1,324.75', 'a &lt; b')
    """
    return f"{value:,.6g}" if isinstance(value, float) else escape(str(value))
