"""The same metrics by group: whether the model is as good for some as it is for others."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from jobs.charts import lists
from jobs.charts.lists import Line
from jobs.page import card, cards
from jobs.report.words import MEANINGS, between, name, shown

# What a table of groups has beside the metric in question.
BESIDE = {
    "classification": ("positive_share", "selection_rate", "recall", "precision"),
    "regression": ("mean_label", "bias", "mae", "r2"),
}
# Of these a gap between groups has a name of its own.
FAIRNESS = {
    "selection_rate": "demographic parity difference",
    "recall": "equal opportunity difference",
    "false_positive_rate": "predictive equality difference",
}


def section(evaluation: Mapping[str, Any]) -> str:
    """A card for each column, and the worst group of all."""
    worst = evaluation["worst_slice"]
    words = ""
    if worst is not None:
        metric = worst["metric"]
        words = (
            f'<p class="lead">The model is weakest for <b>{escape(worst["column"])}: '
            f"{escape(worst['group'])}</b> ({worst['rows']:,} rows): {name(metric)} "
            f"{shown(metric, worst['value'])}, and {shown(metric, worst['whole'])} on all rows.</p>"
        )
    return words + cards(*(_column(each, evaluation) for each in evaluation["slices"]))


def _column(each: Mapping[str, Any], evaluation: Mapping[str, Any]) -> str:
    metric = each["metric"]
    lines = [
        Line(
            line["group"],
            None if line["metrics"] is None else line["metrics"][metric],
            _rows(line["rows"]) if line["metrics"] else f"{_rows(line['rows'])}: too few",
            None if line["intervals"] is None else line["intervals"][metric],
        )
        for line in each["groups"]
    ]
    whole = evaluation["metrics"][metric]
    picture = lists.dots(f"{name(metric)} by {each['column']}", lines, reference=whole)
    note = f"{name(metric)} with intervals; the dashed line is all rows, {shown(metric, whole)}."
    return card(each["column"], picture + _table(each, evaluation) + _gaps(each), note, wide=True)


def _rows(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")


def _table(each: Mapping[str, Any], evaluation: Mapping[str, Any]) -> str:
    shown_metrics = [
        each["metric"],
        *(m for m in BESIDE[evaluation["task"]] if m != each["metric"]),
    ]
    heads = "".join(
        f'<th scope=col class=number title="{escape(MEANINGS[m][1])}">{name(m)}</th>'
        for m in shown_metrics
    )
    lines = []
    for line in each["groups"]:
        cells = "".join(
            f"<td class=number>{_value(m, line)}</td>" if line["metrics"] else "<td></td>"
            for m in shown_metrics
        )
        lines.append(
            f"<tr><th scope=row>{escape(line['group'])}</th>"
            f"<td class=number>{line['rows']:,}</td>{cells}</tr>"
        )
    return (
        f'<details><summary>All numbers</summary><div class="scroll"><table><thead><tr>'
        f"<th scope=col>{escape(each['column'])}</th><th scope=col class=number>Rows</th>{heads}"
        f"</tr></thead><tbody>{''.join(lines)}</tbody></table></div></details>"
    )


def _value(metric: str, line: Mapping[str, Any]) -> str:
    interval = between(metric, line["intervals"][metric])
    small = f"<small>{interval}</small>" if interval else ""
    return shown(metric, line["metrics"][metric]) + small


def _gaps(each: Mapping[str, Any]) -> str:
    """The gaps that fairness has names for, in a list."""
    items = "".join(
        f"<li>{name(metric)}: {shown(metric, gap['difference'])} between "
        f"{escape(gap['lowest'])} and {escape(gap['highest'])} ({words}"
        f"{_gap_interval(metric, gap)})</li>"
        for metric, words in FAIRNESS.items()
        if (gap := each["gaps"].get(metric)) is not None
    )
    return f"<details><summary>Gaps</summary><ul>{items}</ul></details>" if items else ""


def _gap_interval(metric: str, gap: Mapping[str, Any]) -> str:
    interval = between(metric, gap["interval"])
    return f"; interval {interval}" if interval else ""
