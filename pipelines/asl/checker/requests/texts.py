"""Texts in a request: which are known as they stand, and which a pattern of the service accepts."""

from __future__ import annotations

import re
from functools import lru_cache

_PLACEHOLDER = re.compile(
    r"\$\{|\{\{|\{%|<[^<>]+>|\[\[|%[A-Z_]+%|@@|\*\*|\.\.\.|…|"
    r"REPLACE|PLACEHOLDER|CHANGE.?ME|TODO|TBD|INSERT|YOUR|EXAMPLE|"
    r"(?i:your[-_ ])|(?i:replace.?(?:me|with|this))|(?i:account[-_ ]?(?:id|number))|"
    r"\b(?:REGION|ACCOUNT|PARTITION)\b|:region:|:account:|(?<![xX])[xX]{3,12}(?![xX])|__"
)
_JAVA_CLASSES = {
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\p{Alpha}": "a-zA-Z",
    r"\p{Digit}": "0-9",
    r"\p{L}": r"\w",
    r"\p{M}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": r"\s",
    r"\p{S}": r"$+<=>^`|~",
    r"\p{P}": r"!-#%-*,-/:;?@\[-\]_{}",
}
"""Character classes of Java's that Python's `re` has not, as what stands within brackets."""


@lru_cache(maxsize=8192)
def is_placeholder(text: str) -> bool:
    """Whether something else will stand here: `${Name}`, `<role-arn>`, `REPLACE_ME`.

    >>> is_placeholder("arn:aws:iam::ACCOUNT_ID:role/x"), is_placeholder("a role's name")
    (True, False)
    """
    return _PLACEHOLDER.search(text) is not None


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
    compiled = _compile(pattern)
    return compiled is None or compiled.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str] | None:
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None
