"""Facts of columns to a proposal: the sections `validation` and `features`, as YAML with reasons.

What was seen is not what is right: a bound is proposed with slack, a list of values only where it
seems to be complete, and every line says what it was made from, for a person to judge.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.data.roles import features_section, in_comment, is_nameable, percent
from pipelines.environment.written import write_scalar

Facts = Mapping[str, Any]
# As many values as a list is still read with.
MOST_VALUES = 50
_WIDTH = 100
# What is smaller is not rounded: its power of ten has no inverse.
_SMALLEST = 1e-290
# From here on whole numbers lose digits, and the configuration takes them as 1.0e+16 only.
_EXACT = 2**53


def propose(facts: Facts, label: str | None = None) -> str:
    """The sections, to be pasted into config/base.yaml.

    Args:
        facts: as `python -m jobs.profile` prints them.
        label: the column to be predicted; without it there is no section `features`.

    Raises:
        InputError: the label is neither of two classes nor a number.
    """
    columns = {column["name"]: column for column in facts["columns"]}
    lines = [*_head(facts, label), *_validation(facts, columns, label)]
    if label is not None:
        lines += ["", *features_section(columns, label, facts["rows"])]
    return "\n".join(lines) + "\n"


def _head(facts: Facts, label: str | None) -> Iterator[str]:
    files = ", ".join(in_comment(name) for name in facts["files"])
    yield f"# Proposed from {facts['rows']:,} rows of {files}."
    yield "# What was seen is not what is right: look at every line before you rely on it."
    yield "# With `validation`, `steps` needs machines for its job, such as"
    yield "#   validate_data: {instance_type: ml.m5.large, volume_gb: 30, max_runtime_s: 900}"
    if label is None:
        yield "# --label COLUMN would propose the section `features`, too."


def _validation(facts: Facts, columns: Mapping[str, Facts], label: str | None) -> Iterator[str]:
    rows = facts["rows"]
    yield "validation:"
    yield f"  min_rows: {_least(rows)}  # of training and of test data: a tenth of these"
    if label is not None and (minority := _minority(columns[label])) is not None:
        share = minority / rows
        least = _rounded(share / 2, up=False)
        yield f"  min_minority_share: {least}  # half of the {percent(share)} that there are"
    twins = facts["twins"] / rows
    most = min(max(0.01, _rounded(twins * 1.5, up=True)), 1)
    yield f"  max_shared_share: {most}  # {percent(twins)} of these rows are like another one"
    if facts["ragged"]:
        ragged = facts["ragged"] / (rows + facts["ragged"])
        most = min(max(0.01, _rounded(ragged * 1.5, up=True)), 1)
        words = f"{facts['ragged']:,} rows have the wrong number of fields"
        yield f"  max_rejected_share: {most}  # {words}"
    yield "  columns:"
    for column in columns.values():
        yield from _column(column, rows, is_label=column["name"] == label)


def _minority(label: Facts) -> int | None:
    """The rows of the rarer class, if there are two."""
    counts = [count for _, count in label["values"] or []]
    return min(counts) if len(counts) == 2 else None


def _column(column: Facts, rows: int, *, is_label: bool) -> Iterator[str]:
    name = column["name"]
    if not is_nameable(name):
        yield f"    # a column that the configuration cannot name: {in_comment(name)}"
        return
    yield f"    # {_seen(column, rows)}"
    head = f"    {write_scalar(name)}:"
    fields = dict(_expected(column, rows, is_label=is_label))
    texts = _closed_list(column, rows, is_label=is_label)
    if texts is None:
        yield f"{head} {_braces({'type': column['type'], **fields})}"
        return
    words = [write_scalar(text, in_list=True) for text in texts]
    line = f"{head} {_braces({'values': '[' + ', '.join(words) + ']', **fields})}"
    if len(line) <= _WIDTH:
        yield line
        return
    yield head
    yield from (f"      {key}: {value}" for key, value in fields.items())
    yield from _list_lines(words)


def _braces(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def _list_lines(words: list[str]) -> Iterator[str]:
    """The values in brackets, as many to a line as there is room for."""
    line = "      values: ["
    for place, word in enumerate(words):
        item = word + ("]" if place == len(words) - 1 else ",")
        if len(line) + 1 + len(item) > _WIDTH:
            yield line
            line = " " * 8 + item
        else:
            line += item if line.endswith("[") else f" {item}"
    yield line


def _expected(column: Facts, rows: int, *, is_label: bool) -> Iterator[tuple[str, str]]:
    """Keys and words of an expectation, beside its type or values."""
    if column["type"] != "text" and not (is_label and column["distinct"] == 2):
        least, most = _bounds(column["minimum"], column["maximum"])
        whole = column["type"] == "integer"
        if math.isfinite(least):
            yield "minimum", _number(math.floor(least) if whole else least)
        if math.isfinite(most):
            yield "maximum", _number(math.ceil(most) if whole else most)
    if not is_label:
        yield "missing", str(_missing(column["missing"] / rows))


def _closed_list(column: Facts, rows: int, *, is_label: bool) -> list[str] | None:
    """The values, if what was seen seems to be all of them.

    The chance that the next row holds a value never seen before is about the share of rows whose
    value was seen once (Good and Turing's estimate): with none of these, the list is complete.
    """
    values = column["values"]
    classes = is_label and values is not None and len(values) == 2
    if values is None or (column["type"] != "text" and not classes):
        return None
    few = 2 <= len(values) <= MOST_VALUES and (column["once"] == 0 or classes)
    texts = [text for text, _ in values]
    return sorted(texts) if few and all(text.isprintable() for text in texts) else None


def _least(rows: int) -> int:
    return max(1, int(_rounded(rows / 10, up=False)))


def _bounds(least: float, most: float) -> tuple[float, float]:
    """Wider than what was seen by a quarter, in round numbers; what is never negative stays so.

    >>> _bounds(0, 90), _bounds(94, 95), _bounds(-3.2, 7)
    ((0, 120), (93, 96), (-5.8, 9.6))
    """
    slack = (most - least) / 4 or abs(most) / 4 or 1.0
    low = least - slack if least < 0 or least > most / 2 else 0
    return _rounded(low, up=False), _rounded(most + slack, up=True)


def _missing(share: float) -> float:
    """The largest share that is allowed, given what was seen: half as many more, or one per cent.

    >>> _missing(0), _missing(0.034), _missing(0.9)
    (0.01, 0.06, 1.0)
    """
    return min(1.0, max(0.01, math.ceil(share * 150) / 100))


def _rounded(value: float, *, up: bool) -> float:
    """To two digits that count, away from what was seen.

    >>> _rounded(112.5, up=True), _rounded(99761.5, up=False), _rounded(0.03103, up=False)
    (120, 99000, 0.031)
    """
    if not _SMALLEST < abs(value) < math.inf:
        return value
    unit = math.floor(math.log10(abs(value))) - 1
    scale = 10.0 ** abs(unit)
    steps = value / scale if unit >= 0 else value * scale
    whole = math.ceil(steps) if up else math.floor(steps)
    # Divided, 0.031 is 0.031.
    return whole * round(scale) if unit >= 0 else whole / scale


def _number(value: float) -> str:
    """A number as YAML that every reader takes for one."""
    text = repr(float(value) if abs(value) > _EXACT else value)
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    point = "" if "." in mantissa else ".0"
    sign = "" if exponent.startswith(("-", "+")) else "+"
    return f"{mantissa}{point}e{sign}{exponent}"


def _seen(column: Facts, rows: int) -> str:
    """What a column is, in a comment."""
    kind = {"integer": "whole numbers", "number": "numbers"}.get(column["type"], "text")
    parts = []
    if column["missing"] == rows:
        return "nothing in any row"
    if column["distinct"] == 1:
        parts.append(f"always {in_comment(column['values'][0][0])}")
    elif kind == "text":
        parts.append(f"{column['distinct']:,} different texts")
        if column["codes"]:
            parts.append("codes rather than numbers: zeros before, or many digits")
    else:
        span = f"from {column['minimum']:,.12g} to {column['maximum']:,.12g}"
        parts.append(f"{kind} {span}, {column['distinct']:,} of them different")
        if column["strays"]:
            row, text = column["stray"][0]
            parts.append(f"but in {column['strays']:,} rows, as in row {row:,}: {in_comment(text)}")
    if column["missing"]:
        parts.append(f"{percent(column['missing'] / rows)} missing")
    return "; ".join(parts)
