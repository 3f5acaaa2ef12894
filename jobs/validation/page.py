"""The tests of the data as one page: what is broken first, then what the data are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from jobs import page
from jobs.validation.outcomes import counted, percent, shown_sample, shown_value

Json = Mapping[str, Any]


def build_page_of(report: Json) -> str:
    """The HTML page of a report, as report.json holds it."""
    parts = report["parts"]
    sizes = " and ".join(f"{counted(part['rows'], f'{name} row')}" for name, part in parts.items())
    held = sum(outcome["held"] for outcome in report["expectations"])
    return page.build_page(
        "Tests of the data",
        f"<b>{escape(sizes)}</b>, held to {counted(len(report['expectations']), 'expectation')}; "
        f"{held:,} of them hold.",
        {
            "broken": ("What is broken", _violations(report["violations"])),
            "columns": ("Columns", _columns(report)),
            "expectations": ("Every expectation", _expectations(report["expectations"])),
            "files": ("Files", _files(parts)),
        },
        _verdict(report),
    )


def _verdict(report: Json) -> str:
    errors, warnings = report["errors"], report["warnings"]
    if errors:
        told = f"{counted(errors, 'broken expectation')}: training does not begin"
        if warnings:
            told += f"; and {counted(warnings, 'warning')}"
        return page.verdict("bad", "Refused", told)
    if warnings:
        return page.verdict("fair", "Passed", f"with {counted(warnings, 'warning')}")
    return page.verdict("good", "Passed", "every expectation holds")


def _violations(violations: Sequence[Json]) -> str:
    return page.cards(*(_violation(violation) for violation in violations))


def _violation(violation: Json) -> str:
    column, severity = violation["column"], violation["severity"]
    title = violation["part"] if column is None else f"{column} ({violation['part']})"
    kind = "bad" if severity == "error" else "fair"
    text = (
        f'<div class="verdict {kind}"><strong>{escape(severity)}</strong>'
        f"<span>expected: {escape(violation['expectation'])}</span></div>"
        f"<p>Found: {escape(violation['found'])}.</p>"
    )
    if violation["first_rows"]:
        rows = ", ".join(f"{row:,}" for row in violation["first_rows"])
        more = ", …" if (violation["rows"] or 0) > len(violation["first_rows"]) else ""
        text += f"<p class=note>In rows {rows}{more}</p>{_samples(violation)}"
    return page.card(title, text)


def _samples(violation: Json) -> str:
    column = violation["column"]
    lines = [
        (f"{sample['row']:,}", f"<code>{escape(shown_sample(sample, column))}</code>")
        for sample in violation["samples"]
    ]
    return _table(("row", "what stands there"), lines, numbers={0})


def _columns(report: Json) -> str:
    """One table a part, a line for each column."""
    tables = []
    for name, columns in report["columns"].items():
        rows = report["parts"][name]["rows"]
        broken = {v["column"] for v in report["violations"] if v["part"] == name}
        lines = [_column(facts, rows, facts["column"] in broken) for facts in columns]
        heads = (
            "column",
            "holds",
            "missing",
            "different",
            "from",
            "half are below",
            "to",
            "mostly",
        )
        tables.append(
            page.card(
                f"{name.capitalize()}: {counted(rows)}",
                _table(heads, lines, numbers={2, 3, 4, 5, 6}),
                "A dot marks a column of which something is expected that it is not.",
                wide=True,
            )
        )
    return page.cards(*tables)


def _column(facts: Json, rows: int, broken: bool) -> tuple[str, ...]:
    held = max(rows, 1)
    name = escape(facts["column"]) + (" <b aria-label='broken'>●</b>" if broken else "")
    kind = {"integer": "whole numbers", "number": "numbers"}.get(facts["type"], "text")
    if facts["unread"]:
        kind += f"<small>and {facts['unread']:,} that are not</small>"
    limits = [facts.get(key) for key in ("minimum", "median", "maximum")]
    common = facts.get("common") or []
    return (
        name,
        kind,
        percent(facts["missing"] / held),
        f"{facts['distinct']:,}",
        *("" if limit is None else escape(shown_value(limit)) for limit in limits),
        "<br>".join(f"{escape(shown_value(v))} {percent(n / held)}" for v, n in common[:3]),
    )


def _expectations(outcomes: Sequence[Json]) -> str:
    """Folded, since it is long: by what it is about, each with how it came out."""
    names = list(dict.fromkeys((o["part"], o["column"]) for o in outcomes))
    parts = []
    for part in dict.fromkeys(part for part, _ in names):
        mine = [o for o in outcomes if o["part"] == part]
        lines = [
            (
                "" if o["column"] is None else escape(o["column"]),
                escape(o["expectation"]),
                "holds" if o["held"] else f"<b>{escape(o['severity'])}</b>",
            )
            for o in mine
        ]
        held = sum(o["held"] for o in mine)
        table = _table(("column", "expected", "came out"), lines)
        summary = f"{part.capitalize()}: {held:,} of {counted(len(mine), 'expectation')} hold"
        parts.append(f"<details><summary>{escape(summary)}</summary>{table}</details>")
    return page.cards(f'<div class="card wide">{"".join(parts)}</div>')


def _files(parts: Json) -> str:
    lines = [
        (escape(name), escape(file["name"]), f"{file['first_row']:,}", f"{file['rows']:,}")
        for name, part in parts.items()
        for file in part["files"]
    ]
    table = _table(("part", "file", "first row", "rows"), lines, numbers={2, 3})
    note = "Rows are numbered from 1 through the files of a part, in the order of their names."
    return page.cards(page.card("Where the rows are", table, note, wide=True))


def _table(
    heads: Sequence[str], lines: Iterable[Sequence[str]], numbers: set[int] | None = None
) -> str:
    """A table that scrolls in itself.

    Args:
        lines: HTML by cell.
        numbers: the places of the columns that hold numbers.
    """
    classes = [" class=number" if place in (numbers or ()) else "" for place in range(len(heads))]
    head = "".join(
        f"<th scope=col{c}>{escape(h)}</th>" for c, h in zip(classes, heads, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f"<td{c}>{v}</td>" for c, v in zip(classes, line, strict=True)) + "</tr>"
        for line in lines
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
