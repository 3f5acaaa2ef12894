"""Whether a text of which parts are known can be what a service asks for."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from pipelines.asl.checker.flow.values.types import Pieces
from pipelines.asl.checker.requests.texts import is_placeholder, matches

_TOKEN = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\{\d*,?\d*\}|.", re.DOTALL)
_SYNTAX = frozenset("^$|()*+?")


def can_match(pattern: str, pieces: Pieces) -> bool:
    """Whether a text of these pieces can match the whole pattern; a pattern that cannot be read
    lets everything pass, and so does a text that only stands for another one.

    >>> can_match("[a-z-]+", ("job-", None)), can_match("[a-z-]+", ("job(", None))
    (True, False)
    """
    known = [piece for piece in pieces if piece is not None]
    if any(map(is_placeholder, known)):
        return True
    if None not in pieces:
        return matches(pattern, "".join(known))
    allowed = _characters(pattern)
    return allowed is None or all(allowed.fullmatch(piece) is not None for piece in known)


def can_be(texts: Collection[str], pieces: Pieces) -> bool:
    """Whether it can be one of these texts.

    >>> can_be(["ml.m5.large"], ("ml.", None)), can_be(["ml.m5.large"], (None, ".xlarge"))
    (True, False)
    """
    if any(piece is not None and is_placeholder(piece) for piece in pieces):
        return True
    form = "".join(".*" if piece is None else re.escape(piece) for piece in pieces)
    return any(re.fullmatch(form, text, re.DOTALL) for text in texts)


@lru_cache(maxsize=1024)
def _characters(pattern: str) -> re.Pattern[str] | None:
    """What runs of characters a matching text can have anywhere; None: any."""
    if "(?" in pattern or r"\p" in pattern:
        return None
    classes = []
    for token in _TOKEN.findall(pattern):
        if token in _SYNTAX or (token.startswith("{") and token != "{"):
            continue
        if token in (".", "[", r"\W", r"\S", r"\D") or token.startswith("[^"):
            return None
        classes.append(_within_brackets(token))
    try:
        return re.compile(f"[{''.join(classes)}]*") if classes else None
    except re.error:
        return None


def _within_brackets(token: str) -> str:
    if token.startswith("["):
        return token[1:-1]
    return token if token.startswith("\\") else re.escape(token)
