"""What a word without quotes means, and which words YAML's readers take for different things.

YAML 1.1 (PyYAML, Ansible, CloudFormation) and YAML 1.2 (most others) disagree on these words, and
people on both: `no` is False or "no", 1:00:00 is 3600 or "1:00:00", 010 is 8 or 10. A word that
they would not all read alike is refused, with how to write either meaning. What is left:

    null                       nothing
    true false                 booleans
    0 -1 300                   whole numbers: decimal, no leading zero, no _
    0.06 -1.5 1e-3 2.5e+10     numbers
    any other word             text
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_BOOLEANS = {
    **dict.fromkeys(("y", "yes", "on", "true"), "true"),
    **dict.fromkeys(("n", "no", "off", "false"), "false"),
}
_NULLS = frozenset({"~", "null"})
_NOT_FINITE = re.compile(r"[-+]?\.?(inf|infinity|nan)", re.IGNORECASE)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?")
_OTHER_BASE = re.compile(r"[-+]?0([xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+(\.[0-9_]*)?([eE][-+]?[0-9]+)?")
_ODD_NUMBER = re.compile(r"[-+]?(\.[0-9][0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?")
# The largest whole number that every JSON reader keeps is 2**53; that of YAML 1.1 readers, 2**63.
_LARGEST_WHOLE = 2**53


class Trap(NamedTuple):
    """Why a word is refused, in words that follow the word itself."""

    reason: str


def read_word(word: str) -> bool | int | float | str | Trap | None:
    """The value of a scalar written without quotes.

    >>> read_word("300"), read_word("1e-3"), read_word("1.4-2"), read_word("false")
    (300, 0.001, '1.4-2', False)
    >>> read_word("no").reason
    "is a boolean to some readers and text to others; write false, or 'no' for the text"
    """
    if word == "null":
        return None
    if word in {"true", "false"}:
        return word == "true"
    if _NUMBER.fullmatch(word):
        return _read_number(word)
    if trap := _trap(word):
        reason, instead = trap
        either = f"{instead}, or " if instead else ""
        return Trap(f"{reason}; write {either}{quoted(word)} for the text")
    return word


def quoted(text: str) -> str:
    """`text` as YAML text in quotes."""
    return "'" + text.replace("'", "''") + "'"


def _read_number(word: str) -> int | float | Trap:
    if _WHOLE.fullmatch(word):
        # Its digits are counted first: int() refuses thousands of them with an error of its own.
        if len(word) > 17 or abs(int(word)) > _LARGEST_WHOLE:
            return Trap(
                f"is beyond 2^53, where numbers lose digits; write {_shown(word)} for the text"
            )
        return int(word)
    number = float(word)
    if not math.isfinite(number):
        return Trap(f"is larger than a number can be; write {_shown(word)} for the text")
    return number


def _trap(word: str) -> tuple[str, str] | None:
    """Why no value can be given to the word, and what may be meant; None if all read it as text."""
    small = word.lower()
    if small in _BOOLEANS:
        return "is a boolean to some readers and text to others", _BOOLEANS[small]
    if small in _NULLS:
        return "is nothing to some readers and text to others", "null"
    if word == "":
        return "is empty", "null for nothing"
    if _NOT_FINITE.fullmatch(word):
        return "is not a finite number", ""
    if _DATE.fullmatch(word):
        return "is a date to some readers and text to others", ""
    if _BASE_60.fullmatch(word):
        seconds = _base_60(word)
        return f"is {seconds} in base 60 to some readers and text to others", seconds
    if _OTHER_BASE.fullmatch(word):
        return "is a number in another base to some readers", "it in decimal"
    if _LEADING_ZERO.fullmatch(word):
        return "is octal to some readers and decimal to others", "it without leading zeros"
    if _ODD_NUMBER.fullmatch(word):
        return "is a number to some readers and text to others", _plain_number(word)
    if word in {"=", "<<"}:
        return "means something else to some readers", ""
    return None


def _plain_number(word: str) -> str:
    """1_000, +5, .5 and 5. as everyone writes them."""
    sign = "-" if word.startswith("-") else ""
    digits = word.lstrip("+-").replace("_", "")
    digits = f"0{digits}" if digits.startswith(".") else digits
    return sign + re.sub(r"\.(?![0-9])", ".0", digits)


def _base_60(word: str) -> str:
    """What a reader of YAML 1.1 makes of 1:00:00."""
    total = 0.0
    for part in word.lstrip("+-").replace("_", "").split(":"):
        total = total * 60 + float(part)
    return f"{'-' if word.startswith('-') else ''}{total:.10g}"


def _shown(word: str) -> str:
    return quoted(word if len(word) <= 40 else word[:40] + "…")
