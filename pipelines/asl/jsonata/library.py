"""The door to the library jsonata-python: its classes, and what its values are.

Importing this imports the library; whoever need not evaluate or parse does not import it.
"""

from __future__ import annotations

import sys
from typing import Any

from pipelines.asl.jsonata.patterns import Pattern

# It raises the whole process's limit on recursion, and needs no more than the usual one for what
# may be nested here.
_limit = sys.getrecursionlimit()
from jsonata import jexception, jsonata, parser, utils  # noqa: E402

sys.setrecursionlimit(_limit)

Jsonata = jsonata.Jsonata
Parser = parser.Parser
Symbol = parser.Parser.Symbol
LibraryError = jexception.JException
Sequence = utils.Utils.JList
"""The library's list, which knows whether it is a sequence."""
NULL = utils.Utils.NULL_VALUE
"""JSON's null; None is what JSONata calls undefined."""
NO_ARGUMENT = utils.Utils.NONE


def sequence(items: Any = ()) -> Any:
    """A sequence: a list that is one value if it has one, and nothing if it has none."""
    made = Sequence(items)
    made.sequence = True
    return made


def is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and bool(value.sequence)


def is_function(value: Any) -> bool:
    """Whether it can be called: a lambda, a built-in function, a regular expression."""
    return isinstance(value, Jsonata.JFunctionCallable | Pattern) or (
        isinstance(value, Symbol) and bool(value._jsonata_lambda)
    )


def letter(value: Any) -> str:
    """What a signature calls the value's type."""
    if value is None:
        return "m"
    if value is NULL:
        return "l"
    if is_function(value):
        return "f"
    return next((name for kind, name in _LETTERS if isinstance(value, kind)), "o")


_LETTERS = ((str, "s"), (bool, "b"), ((int, float), "n"), (list, "a"))
