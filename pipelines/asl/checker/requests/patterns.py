"""The patterns of services' models, which Java reads, as Python's `re` reads them.

Only what is certain counts: a character beyond ASCII is of every class of Unicode's but the
control characters, so that no text is refused because of it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import lru_cache
from unicodedata import category

_CLASS = r"\\[pP](?:\{\w+\}|\w)"
_CODE = r"\\x\{[0-9A-Fa-f]+\}"
_PART = re.compile(
    rf"\[(?P<negated>\^?)(?P<within>\]?(?:\\.|[^\]\\])*)\]|{_CLASS}|{_CODE}|\\.|\$\{{\d+,?\d*\}}",
    re.DOTALL,
)
"""What of a pattern is written otherwise: brackets, classes, codes, several ends."""
_WITHIN = re.compile(rf"(?P<several>{_CLASS}|\\[dDsSwW])(?P<hyphen>-?)|{_CODE}|\\.|&&|[\[|~]")
"""And so within brackets."""
_PAIRS = r"\uD800\uDC00-\uDBFF\uDFFF"
"""The characters beyond U+FFFF, by their first and last pair of UTF-16."""
_POSIX: dict[str, str] = {
    "ASCII": "".join(map(chr, range(128))),
    "Alnum": string.ascii_letters + string.digits,
    "Alpha": string.ascii_letters,
    "Blank": " \t",
    "Cntrl": "".join(map(chr, (*range(32), 127))),
    "Digit": string.digits,
    "Graph": string.ascii_letters + string.digits + string.punctuation,
    "Lower": string.ascii_lowercase,
    "Print": string.ascii_letters + string.digits + string.punctuation + " ",
    "Punct": string.punctuation,
    "Space": " \t\n\x0b\f\r",
    "Upper": string.ascii_uppercase,
    "XDigit": string.hexdigits,
}
"""Classes that have only characters of ASCII."""


class Unreadable(Exception):
    """The pattern has something of Java's for which Python has nothing."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern, to be matched against a whole text; None: it cannot be read.

    >>> compiled(r"([\\p{L}\\p{N}]*)${1,128}").fullmatch("Zürich 1") is None
    True
    """
    try:
        return re.compile(_PART.sub(_part, pattern.replace(_PAIRS, r"\U00010000-\U0010FFFF")))
    except (Unreadable, re.error):
        return None


def _part(match: re.Match[str]) -> str:
    token = match[0]
    if match["within"] is not None:
        is_negated = bool(match["negated"])
        inner = _WITHIN.sub(lambda found: _within(found, is_negated), match["within"])
        return f"[{match['negated']}{inner}]"
    if token.startswith("${"):  # an end that is there several times is an end
        return "$"
    if token == r"\z":
        return r"\Z"
    return f"[{_class(token, False)}]" if token[:2] in (r"\p", r"\P") else _character(token)


def _within(match: re.Match[str], is_negated: bool) -> str:
    token = match["several"]
    if token is not None:
        characters = _class(token, is_negated) if token[:2] in (r"\p", r"\P") else token
        # To Java, a hyphen behind a class is a hyphen.
        return characters + (r"\-" if match["hyphen"] else "")
    if match[0] == "&&":
        raise Unreadable
    return _character(match[0]) if match[0].startswith("\\") else f"\\{match[0]}"


def _character(token: str) -> str:
    r"""What stands behind a backslash, with the codes of ``\x{60}`` as their character."""
    return re.escape(chr(int(token[3:-1], 16))) if token.startswith(r"\x{") else token


def _class(token: str, is_negated: bool) -> str:
    r"""What ``\p{Name}`` has, as it stands within brackets, which may be negated."""
    name = token[2:].strip("{}")
    if name == "all":
        return r"\x00-\U0010ffff"
    known = _POSIX.get(name) or "".join(filter(_test(name), map(chr, range(128))))
    is_control = name.startswith("C") and name not in _POSIX
    if token[1] == "P":
        known = "".join(each for each in map(chr, range(128)) if each not in known)
        return re.escape(known) + (r"\xa0" if is_control else r"\x80") + r"-\U0010ffff"
    if is_control:
        return re.escape(known) + r"\x80-\x9f"
    # A negated class leaves out only what it certainly does.
    is_any_beyond = name not in _POSIX and not is_negated
    return re.escape(known) + (r"\x80-\U0010ffff" if is_any_beyond else "")


def _test(name: str) -> Callable[[str], bool]:
    """Whether a character of ASCII is of a category of Unicode's: `L`, `Lu`.

    Raises:
        Unreadable: there is none of that name.
    """
    if name == "LD":
        return str.isalnum
    if name[0] not in "LMNPSZC" or len(name) > 2:
        raise Unreadable
    return lambda character: category(character).startswith(name)
