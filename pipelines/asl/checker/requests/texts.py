"""Texts in a request: which are known as they stand, and which a pattern of the service accepts."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.asl.checker.requests.patterns import compiled

_SIGNS = (
    "${", "#{", "{{", "{%", "[[", "@@", "**", "...", "…", "__", ":region:", ":account:",
    "REPLACE", "PLACEHOLDER", "TODO", "TBD", "INSERT", "YOUR", "EXAMPLE",
)  # fmt: skip
"""A text with one of these is a placeholder."""
_HINTS = ("<", "%", "{", "xxx", "account", "change", "partition", "region", "replace", "your")
"""In small letters, a text has one of these for which _PLACEHOLDER is asked, which takes long."""
_PLACEHOLDER = re.compile(
    r"<[^<>]+>|%[A-Z_]+%|\{[A-Za-z_][\w.]*\}|CHANGE.?ME|"
    r"(?i:your[-_ ])|(?i:replace.?(?:me|with|this))|(?i:account[-_ ]?(?:id|number))|"
    r"\b(?:REGION|ACCOUNT|PARTITION)\b|(?<![xX])[xX]{3,12}(?![xX])"
)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]*_(?:ARN|BUCKET|ID|IMAGE|NAME|PATH|ROLE|UR[IL])")
"""What is to stand there, in capitals: SAGEMAKER_ROLE_ARN."""


@lru_cache(maxsize=8192)
def is_placeholder(text: str) -> bool:
    """Whether something else will stand here: `${Name}`, `<role-arn>`, `REPLACE_ME`, `ROLE_ARN`.

    >>> is_placeholder("arn:aws:iam::ACCOUNT_ID:role/x"), is_placeholder("a role's name")
    (True, False)
    """
    if any(map(text.__contains__, _SIGNS)) or _CAPITALS.fullmatch(text):
        return True
    may_be = any(map(text.lower().__contains__, _HINTS))
    return may_be and _PLACEHOLDER.search(text) is not None


@lru_cache(maxsize=8192)
def looks_like_an_expression(text: str) -> bool:
    """Whether a text is meant as a path or intrinsic function, which needs a key with ``.$``.

    >>> [looks_like_an_expression(text) for text in ("$.name", "$$.Execution.Id", "$5", "$LATEST")]
    [True, True, False, False]
    """
    return _EXPRESSION.match(text) is not None


_EXPRESSION = re.compile(r"\$\$?(\.[A-Za-z_*.\[]|\[)|States\.[A-Z][A-Za-z0-9]*\(.*\)$", re.DOTALL)


@lru_cache(maxsize=8192)
def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; a pattern that only Java can read passes everything."""
    readable = compiled(pattern)
    return readable is None or readable.fullmatch(text) is not None
