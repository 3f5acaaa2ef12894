"""Reads expressions, with the library's parser, into its trees."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pipelines.asl.jsonata.failures import JsonataSyntaxError
from pipelines.asl.jsonata.library import NULL, LibraryError, Parser, Symbol
from pipelines.asl.jsonata.messages import message
from pipelines.asl.jsonata.numbers import number
from pipelines.asl.jsonata.patterns import InvalidPattern, Pattern
from pipelines.asl.jsonata.signatures import Signature
from pipelines.asl.stack import with_room

MAX_EXPRESSION = 100_000
"""Characters that an expression may have."""

_LATER_OPERATORS = ("??", "?:")
"""Operators of JSONata 2.1 and 2.2, which the library knows and Step Functions' 2.0.6 does not."""


class TooDeep(JsonataSyntaxError):
    """An expression is nested more deeply than could be evaluated."""


def parse_symbols(expression: str) -> Any:
    """The library's tree of an expression, which is not to be changed.

    Raises:
        JsonataSyntaxError: it cannot be read.
    """
    found = _tree_or_error(expression)
    if isinstance(found, JsonataSyntaxError):
        raise found.with_traceback(None)
    return found


@lru_cache(maxsize=2048)
def _tree_or_error(expression: str) -> Any:
    """Either of them: to find that an expression is nested too deeply takes long."""
    try:
        return _tree(expression)
    except JsonataSyntaxError as error:
        return error


def _tree(expression: str) -> Any:
    if len(expression) > MAX_EXPRESSION:
        raise JsonataSyntaxError("", f"more than {MAX_EXPRESSION:,} characters", MAX_EXPRESSION)
    try:
        root = with_room(_read, expression)
        _settle(root)
    except LibraryError as error:
        raise _syntax_error(expression, error) from None
    except InvalidPattern as error:
        raise JsonataSyntaxError("", str(error), max(expression.find("/"), 0)) from None
    except RecursionError:
        raise TooDeep("", "the expression is nested too deeply", 0) from None
    except (LookupError, AttributeError, TypeError, ValueError, RuntimeError) as error:
        # Where the library's parser runs off the end of an expression, or meets no operator.
        raise _broken_off(expression, error) from None
    return root


def _read(expression: str) -> Any:
    return _parser().read(expression)


class _Parser(Parser):  # type: ignore[misc]
    """The library's parser, less the operators of later versions, for one expression after
    another: to make the table of its symbols takes longer than to read most expressions."""

    def __init__(self) -> None:
        super().__init__()
        for later in _LATER_OPERATORS:
            self.symbol_table[later].led = _refuse(later)
        self._end = self.symbol_table["(end)"]

    def read(self, expression: str) -> Any:
        """The tree of an expression; nothing is left of the one before."""
        self.node = None
        self.errors: list[Any] = []
        self.ancestry: list[Any] = []
        self.ancestor_label = self.ancestor_index = 0
        self.symbol_table["(end)"] = self._end.create()  # the one symbol that is used as it is
        return self.parse(expression, _compile)


_parsers = threading.local()


def _parser() -> _Parser:
    """The thread's own parser."""
    if not hasattr(_parsers, "own"):
        _parsers.own = _Parser()
    own: _Parser = _parsers.own
    return own


def _refuse(operator: str) -> Callable[[Any], Any]:
    def led(_left: Any) -> Any:
        # What version 2.0.6 says: after its ? nothing can begin with ? or :.
        raise LibraryError("S0211", 0, operator[1])

    return led


def _compile(source: str, flags: Any) -> Pattern:
    return Pattern(source, flags.case_insensitive, flags.multiline).validate()


def _settle(root: Any) -> None:
    """Make the literals what JavaScript makes of them."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.type == "number":
            node.value = number(node.value)
        elif node.type == "string" and not node.value.isascii():
            # Two escapes \uD83D\uDE00 are one character.
            units = node.value.encode("utf-16", "surrogatepass")
            node.value = units.decode("utf-16", "surrogatepass")
        elif node.type == "lambda" and node.signature is not None:
            node.signature = Signature(node.signature)
        waiting.extend(
            value
            for name, value in vars(node).items()
            if isinstance(value, (Symbol, list, tuple)) and name != "slot"
        )


def _syntax_error(expression: str, error: Any) -> JsonataSyntaxError:
    code, current, position = error.error, error.current, max(int(error.location), 0)
    if code == "S0301" and current is not None:
        code = "S0103"  # the library's code for an escape that there is not
    values = {"token": current, "value": NULL if code == "S0213" and current is None else current}
    if code == "S0202":
        values["token"] = "(end)" if error.expected is None else error.expected
    elif code == "S0208":
        values["value"] = expression.count(",", expression.rfind("(", 0, position), position) + 1
    elif code == "S0102":
        number = _NUMBER.match(expression, position)
        values["token"] = number[0] if number else current
    return JsonataSyntaxError(code, message(code, values), position)


_NUMBER = re.compile(r"[-0-9.eE+]+")


def _broken_off(expression: str, error: Exception) -> JsonataSyntaxError:
    if isinstance(error, KeyError) and error.args and error.args[0] in ("!", "~"):
        position = expression.find(error.args[0])
        return JsonataSyntaxError("S0204", message("S0204", {"token": error.args[0]}), position)
    for code in ("S0401", "S0402"):
        if str(error) == message(code, {}):
            return JsonataSyntaxError(code, str(error), 0)
    opened = expression.rfind("/*")
    if isinstance(error, IndexError) and opened >= 0 and "*/" not in expression[opened:]:
        return JsonataSyntaxError("S0106", message("S0106", {}), opened)
    return JsonataSyntaxError("S0207", message("S0207", {}), len(expression))
