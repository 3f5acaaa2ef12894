"""The gate, the champion and what tells the label."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from jobs.charts import lists
from jobs.charts.lists import Line
from jobs.page import card, cards, verdict
from jobs.report.words import MEANINGS, between, name, shown

SIGNS = {
    "alone": "It tells the label by itself; {score:.3f} of 1 is how well.",
    "pure": "Some of its values have rows of the rarer class only: {score:.0%} of that class.",
    "rests on it": "The model is next to perfect, and loses {score:.0%} of its skill without it.",
}


def banner(evaluation: Mapping[str, Any]) -> str:
    """Whether the model passed, in a line; nothing without a gate, unless something leaks."""
    gate = evaluation["gate"]
    if gate is None:
        leaks = [leak["column"] for leak in evaluation["leaks"]]
        if not leaks:
            return ""
        return verdict("bad", "Look twice", f"{', '.join(leaks)}: see what tells the label.")
    reason = gate["reason"].split(": ", 1)[1]
    if not gate["passed"]:
        return verdict("bad", "Not passed", reason)
    if gate["close"]:
        return verdict("fair", "Passed, but close", reason)
    return verdict("good", "Passed", reason)


def section(evaluation: Mapping[str, Any]) -> str:
    """Each condition of the gate, the champion beside the new model, and what leaks."""
    return cards(_conditions(evaluation), _champion(evaluation), _leaks(evaluation))


def _conditions(evaluation: Mapping[str, Any]) -> str:
    gate = evaluation["gate"]
    if gate is None:
        return ""
    lines = "".join(
        f"<tr><td class=mark>{'✓ met' if condition['met'] else '✗ not met'}</td>"
        f"<td>{escape(condition['words'])}</td></tr>"
        for condition in gate["conditions"]
    )
    close = " It was a close call." if gate["close"] else ""
    note = f"What the model is held to before it may be registered.{close}"
    return card("Gate", f"<table>{lines}</table>", note, wide=True)


def _champion(evaluation: Mapping[str, Any]) -> str:
    champion = evaluation["champion"]
    if champion is None or champion["difference"] is None:
        return ""
    metric = champion["metric"]
    values = [
        Line("new model", champion["new_value"], shown(metric, champion["new_value"])),
        Line("champion", champion["value"], shown(metric, champion["value"])),
    ]
    interval = champion["interval"]
    words = f"{champion['difference']:+.4g}"
    difference = [Line("difference (up is better)", champion["difference"], words, interval)]
    note = (
        f"Both on the same {champion['rows']:,} test rows, each with its own preprocessor. The "
        "champion is the approved model with sha256 "
        f"<code>{escape(champion['model_sha256'][:12])}…</code>"
    )
    if interval is not None:
        note += f"; the difference lies between {interval[0]:+.4g} and {interval[1]:+.4g}"
    pictures = lists.dots(f"{name(metric)} of both models", values)
    pictures += lists.dots(f"Difference in {name(metric)}", difference, reference=0.0)
    return card(f"Champion: {name(metric)}", pictures, f"{note}.", wide=True)


def _leaks(evaluation: Mapping[str, Any]) -> str:
    leaks = evaluation["leaks"]
    if not leaks:
        return ""
    lines = "".join(
        f"<tr><th scope=row>{escape(leak['column'])}</th>"
        f"<td>{SIGNS[leak['sign']].format(**leak)}"
        f"{' Allowed by gate.allowed_leaks.' if leak['allowed'] else ''}</td></tr>"
        for leak in leaks
    )
    note = (
        "What is known only once the label is does not help with rows to predict. If such a "
        "column is known before, allow it; if not, drop it and train again."
    )
    return card("What tells the label", f"<table>{lines}</table>", note, wide=True)


def headline(metric: str, value: float | None, interval: Any, confidence: float | None) -> str:
    """A metric in large letters, with its interval."""
    label, meaning = MEANINGS[metric]
    small = ""
    if interval is not None and confidence is not None:
        small = f"<small>{confidence:.0%} interval {between(metric, interval)}</small>"
    return (
        f'<div class="headline" title="{escape(meaning)}"><span>{label}</span>'
        f"<strong>{shown(metric, value)}</strong>{small}</div>"
    )
