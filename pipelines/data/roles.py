"""Which part each column may play for a model: the proposed section `features`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.environment.written import write_scalar
from pipelines.errors import InputError

Facts = Mapping[str, Any]
# Whole numbers of at most so many values are rather classes than amounts.
_FEW_NUMBERS = 5
# Fewer rows do not tell a column that names the row from any other one.
_ENOUGH_ROWS = 20
_NAMES_ROWS = re.compile(
    r"(?i)\b(id|uuid|guid|key|index|row|row ?names?)\b|(?<=[a-z])I[dD]\b|_(id|key)$"
)
_NAMES_CODES = re.compile(r"(?i)\b(code|recode|zip|postcode|class)\b|_(code|zip)$")
# The longest name that the configuration takes.
_LONGEST_NAME = 256


class Role(NamedTuple):
    """A key of `features`, and why."""

    key: str
    reason: str = ""


def features_section(columns: Mapping[str, Facts], label: str, rows: int) -> Iterator[str]:
    """The lines of the section.

    Raises:
        InputError: the label can be none.
    """
    positive = positive_class(columns[label])
    roles = _roles(columns, label, rows)
    yield "features:"
    if positive is None:
        yield f"  label: {{column: {_word(label)}}}  # a number: without `positive`, a regression"
    else:
        share = percent(dict(columns[label]["values"])[positive] / rows)
        yield f"  label: {{column: {_word(label)}, positive: {_word(positive)}}}  # {share} of rows"
    for name in _of(roles, "id"):
        yield f"  id: {write_scalar(name)}  # {roles[name].reason}"
    for key in ("drop", "numeric"):
        names = _of(roles, key)
        if names:
            yield f"  {key}:"
        for name in names:
            reason = f"  # {roles[name].reason}" if roles[name].reason else ""
            yield f"    - {write_scalar(name)}{reason}"
    yield "  categorical: the rest"
    for name in _of(roles, "categorical"):
        reason = f"  ({roles[name].reason})" if roles[name].reason else ""
        yield f"  # - {name}{reason}"


def positive_class(label: Facts) -> str | None:
    """The class that is taken for the positive one: 1 of 0 and 1, or the rarer.

    None: the label is a number.

    Raises:
        InputError: neither.
    """
    texts = [str(text) for text, _ in label["values"] or []]
    if len(texts) == 2:
        return texts[1] if label["type"] == "text" else max(texts, key=float)
    if label["type"] != "text" and label["distinct"] > 2:
        return None
    many = label["distinct"]
    raise InputError(
        f"{label['name']} has {many:,} different value{'' if many == 1 else 's'}, and is no label",
        hint="A label is of two classes, or a number.",
    )


def is_nameable(name: str) -> bool:
    """Whether the configuration can name the column."""
    return name.isprintable() and 0 < len(name) <= _LONGEST_NAME


def in_comment(text: str) -> str:
    """A text in a comment, in one line whatever it holds."""
    shown = text if len(text) <= 40 else text[:40] + "…"
    return repr(shown) if shown.isprintable() else ascii(shown)


def percent(share: float) -> str:
    """
    >>> percent(0.0310449), percent(1)
    ('3.1 %', '100 %')
    """
    return f"{100 * share:.3g} %" if share >= 0.0995 else f"{100 * share:.2g} %"


def _roles(columns: Mapping[str, Facts], label: str, rows: int) -> dict[str, Role]:
    roles: dict[str, Role] = {}
    for name, column in columns.items():
        if name != label and is_nameable(name):
            role = _role(column, rows)
            if role.key == "id" and "id" in {other.key for other in roles.values()}:
                role = Role("drop", role.reason)
            roles[name] = role
    return roles


def _role(column: Facts, rows: int) -> Role:
    name, distinct = column["name"], column["distinct"]
    if column["missing"] == rows:
        return Role("drop", "nothing in any row")
    if distinct == 1 and not column["missing"]:
        return Role("drop", "the same in every row")
    if rows >= _ENOUGH_ROWS and column["type"] != "number":
        if distinct == rows and (_NAMES_ROWS.search(name) or _counts_rows(column, rows)):
            return Role("id", "another value in every row, and so named or numbered")
        if column["type"] == "text" and distinct > rows / 2:
            return Role("drop", f"{distinct:,} different texts are no categories")
    if column["type"] == "text":
        return Role("categorical")
    if column["type"] == "integer" and distinct <= _FEW_NUMBERS:
        return Role("categorical", f"{distinct} whole numbers; numeric, if they are amounts")
    if column["type"] == "integer" and _NAMES_CODES.search(name):
        return Role("categorical", "so named; numeric, if it is an amount")
    return Role("numeric")


def _counts_rows(column: Facts, rows: int) -> bool:
    """Whether different whole numbers are those of rows, of which half or fewer have been left out.

    >>> _counts_rows({"type": "integer", "minimum": 1, "maximum": 3749}, 3000)
    True
    """
    return column["type"] == "integer" and bool(column["maximum"] - column["minimum"] < 2 * rows)


def _of(roles: Mapping[str, Role], key: str) -> list[str]:
    return [name for name, role in roles.items() if role.key == key]


def _word(text: str) -> str:
    """A value in braces."""
    return write_scalar(text, in_list=True)
