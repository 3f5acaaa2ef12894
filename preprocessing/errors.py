"""What this package raises when what it was given is wrong.

DataError              the data, the features or the preprocessor cannot be used
└── DocumentError      preprocessor.json is damaged, or not one that this code can read
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DataError(Exception):
    """What is wrong and where, in a sentence or two that say what to do next."""


class DocumentError(DataError):
    """preprocessor.json is damaged, was changed by hand, or has another version."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that was probably meant, or nothing.

    >>> nearest("incone", ["age", "income"])
    " (did you mean 'income'?)"
    >>> nearest("weight", ["age", "income"])
    ''
    """
    known = list(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(known)}
    match = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f" (did you mean {folded[match[0]]!r}?)" if match else ""
