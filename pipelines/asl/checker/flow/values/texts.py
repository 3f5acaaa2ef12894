"""Whether a text of which parts are known can be what a service asks for."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from pipelines.asl.checker.flow.values.types import Pieces

_CATEGORIES = {
    "L": "a-zA-Z",
    "M": "",
    "N": "0-9",
    "P": r"!-/:-@\[-`{-~",
    "S": r"$+<=>^`|~",
    "Z": r"\s",
}
"""The ASCII characters of Unicode's categories, as Java's patterns name them; those beyond ASCII
count as part of each."""
_CATEGORY = re.compile(r"\\p\{?([A-Z])[a-z]?\}?")
_TOKEN = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\{\d*,?\d*\}|.", re.DOTALL)
_SYNTAX = frozenset("^$|()*+?")


def can_match(pattern: str, pieces: Pieces) -> bool:
    """Whether a text of these pieces can match the whole pattern; a pattern that cannot be read
    lets everything pass.

    >>> can_match("[a-z-]+", ("job-", None)), can_match("[a-z-]+", ("job(", None))
    (True, False)
    """
    if None not in pieces:
        compiled = _compiled(pattern)
        return compiled is None or compiled.fullmatch("".join(map(str, pieces))) is not None
    allowed = _characters(pattern)
    return allowed is None or all(
        allowed.fullmatch(piece) is not None for piece in pieces if piece is not None
    )


def can_be(texts: Collection[str], pieces: Pieces) -> bool:
    """Whether it can be one of these texts."""
    if None not in pieces:
        return "".join(map(str, pieces)) in texts
    form = re.compile(
        "".join(".*" if piece is None else re.escape(piece) for piece in pieces), re.DOTALL
    )
    return any(form.fullmatch(text) for text in texts)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(_translated(pattern))
    except (re.error, RecursionError, OverflowError):
        return None


def _translated(pattern: str) -> str:
    """Java's categories as Python has them."""
    pieces = []
    for token in _TOKEN.findall(pattern):
        if token.startswith("["):
            pieces.append(_CATEGORY.sub(lambda match: _category(match[1]), token))
        else:
            pieces.append(token)
    text = "".join(pieces)
    return _CATEGORY.sub(lambda match: f"[{_category(match[1])}]", text)


def _category(name: str) -> str:
    return _CATEGORIES.get(name, r"\x00-\x7f") + r"\x80-\U0010ffff"


@lru_cache(maxsize=1024)
def _characters(pattern: str) -> re.Pattern[str] | None:
    """What runs of characters a matching text can have anywhere; None: any."""
    classes = []
    for token in _TOKEN.findall(_translated(pattern)):
        if token in _SYNTAX or (token.startswith("{") and token != "{"):
            continue
        if token == "." or token.startswith("[^") or token in (r"\W", r"\S", r"\D"):
            return None
        if token.startswith("["):
            classes.append(token[1:-1])
        else:
            classes.append(token if token.startswith("\\") else re.escape(token))
    if "(?" in pattern or not classes:
        return None
    try:
        return re.compile(f"[{''.join(classes)}]*")
    except re.error:
        return None
