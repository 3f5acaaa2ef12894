"""What a function's signature, such as ``<s-n?:s>``, makes of the arguments of a call.

The library reads the signature; the arguments are checked here, as JSONata 2.0.6 checks them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jsonata import signature

from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.library import letter

_PLURALS = {
    "a": "arrays",
    "b": "booleans",
    "f": "functions",
    "n": "numbers",
    "o": "objects",
    "s": "strings",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        pattern: Matches the letters of the arguments that it takes.
        context: Matches the letter of a context that stands in for a missing argument.
        array: Whether it takes an array, and makes one of anything else.
        items: The letters of what the array may hold, if the signature says.
    """

    pattern: str
    context: str | None
    array: bool
    items: str | None


class Signature:
    """A signature, from its text or as the library has read it."""

    def __init__(self, read: str | signature.Signature) -> None:
        parsed = signature.Signature(read, "") if isinstance(read, str) else read
        self._parameters = [
            Parameter(
                each.regex,
                each.regex.removesuffix("?") if each.context else None,
                each.type == "a",
                each.subtype,
            )
            for each in parsed._params
        ]
        self._pattern = re.compile("".join(f"({each.pattern})" for each in self._parameters))

    def validate(self, arguments: Sequence[Any], context: Any) -> list[Any]:
        """The arguments, with the context where one is missing and an array where one is due.

        Raises:
            Failure: an argument is not what the signature says.
        """
        letters = "".join(map(letter, arguments))
        matched = self._pattern.fullmatch(letters)
        if matched is None:
            raise Failure("T0410", index=self._first_wrong(letters))
        taken: list[Any] = []
        waiting, position = iter(arguments), 0
        for parameter, found in zip(self._parameters, matched.groups(), strict=True):
            if not found:
                taken.append(self._missing(parameter, next(waiting, None), context, position + 1))
                position += parameter.context is None
                if parameter.context is not None:
                    waiting = iter(arguments[position:])
            for one in found or "":
                position += 1
                taken.append(self._checked(parameter, one, found, next(waiting), position))
        return taken

    def _first_wrong(self, letters: str) -> int:
        pattern, good = "", 0
        for each in self._parameters:
            pattern += each.pattern
            matched = re.match(pattern, letters)
            if matched is None:
                break
            good = matched.end()
        return good + 1

    def _missing(self, parameter: Parameter, argument: Any, context: Any, index: int) -> Any:
        if parameter.context is None:
            return argument
        if not re.match(parameter.context, letter(context)):
            raise Failure("T0411", index=index, value=context)
        return context

    def _checked(
        self, parameter: Parameter, one: str, found: str, argument: Any, index: int
    ) -> Any:
        if not parameter.array or one == "m":
            return argument
        if parameter.items is not None and not self._holds(parameter.items, one, found, argument):
            kind = _PLURALS.get(parameter.items, parameter.items)
            raise Failure("T0412", index=index, value=argument, type=kind)
        return argument if one == "a" else [argument]

    def _holds(self, items: str, one: str, found: str, argument: Any) -> bool:
        if one != "a":
            return found == items
        return all(letter(each) == items[0] for each in argument)
