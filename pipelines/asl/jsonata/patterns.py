"""JSONata's regular expressions, which are JavaScript's, on Python's package `regex`.

That package knows look-behind of any length as JavaScript does, and ends a search that takes too
long: a pattern such as ``(a+)+$`` must not hang an execution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.jsonata.failures import Exhausted
from pipelines.asl.jsonata.messages import TIMEOUT

SECONDS = 2.0
"""How long one search may take."""

_PIECES = re.compile(r"\\.|\[\^\]|\[\]|\[|\]|\$|.", re.DOTALL)


class InvalidPattern(AslSyntaxError):
    """A regular expression that is none."""


@dataclass(frozen=True)
class Pattern:
    """A regular expression: `source` as it is written between the slashes."""

    source: str
    ignore_case: bool = False
    multiline: bool = False

    def matches(self, text: str) -> Iterator[Any]:
        """Its matches one after the other, as `regex.Match`.

        Raises:
            Exhausted: a search takes too long.
        """
        start = 0
        while start <= len(text):
            try:
                found = self._compiled.search(text, start, timeout=SECONDS)
            except TimeoutError:
                raise Exhausted(TIMEOUT) from None
            if found is None:
                return
            yield found
            start = max(found.end(), start + 1)

    def validate(self) -> Pattern:
        """Itself.

        Raises:
            InvalidPattern: it is no regular expression.
        """
        self._compiled  # noqa: B018 - compiles it
        return self

    @cached_property
    def _compiled(self) -> Any:
        import regex

        flags = regex.VERSION0
        flags |= regex.IGNORECASE if self.ignore_case else regex.ASCII
        flags |= regex.MULTILINE if self.multiline else 0
        try:
            return regex.compile(translate(self.source, self.multiline), flags)
        except (regex.error, RecursionError, OverflowError) as error:
            raise InvalidPattern(f"Invalid regular expression: /{self.source}/: {error}") from None


def translate(source: str, multiline: bool = False) -> str:
    r"""JavaScript's regular expression in Python's words.

    >>> translate(r"^a$|[$]|[^]|\/\$"), translate("a$", multiline=True)
    ('^a\\Z|[$]|[\\s\\S]|\\/\\$', 'a$')
    """
    result, in_class = [], False
    for piece in _PIECES.findall(source):
        if in_class:
            in_class = piece != "]"
            # Within a class Python warns of what may become a set operation.
            result.append("\\[" if piece == "[" else piece)
        elif piece == "[^]":
            result.append(r"[\s\S]")
        elif piece == "[]":
            result.append("(?!)")
        else:
            in_class = piece == "["
            # Python's $ also stands before a newline that ends the text.
            result.append(r"\Z" if piece == "$" and not multiline else piece)
    return "".join(result)
