"""The arguments of intrinsic functions, as far as they are written out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.asl.checker.rules.fields import shown
from pipelines.asl.intrinsic_syntax import Argument, Call, Literal

ALGORITHMS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")
MAX_RANGE = 1000
"""Elements that States.ArrayRange can make."""

_Test = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_array(_value: Any) -> bool:
    return False  # no literal is an array, nor an object


_TEXT = ("a text", _is_text)
_NUMBER = ("a number", _is_number)  # AWS rounds what is no integer
_POSITIVE = ("a positive number", lambda value: _is_number(value) and value > 0)
_INDEX = ("an index from 0", lambda value: _is_number(value) and value >= 0)
_ARRAY = ("an array", _is_array)
_OBJECT = ("an object", _is_array)
_BOOLEAN = ("true or false", lambda value: isinstance(value, bool))
_ALGORITHM = (f"one of {', '.join(ALGORITHMS)}", lambda value: value in ALGORITHMS)
_ANY = ("anything", lambda value: True)

_WANTED: dict[str, tuple[tuple[str, _Test], ...]] = {
    "States.ArrayContains": (_ARRAY, _ANY),
    "States.ArrayGetItem": (_ARRAY, _INDEX),
    "States.ArrayLength": (_ARRAY,),
    "States.ArrayPartition": (_ARRAY, _POSITIVE),
    "States.ArrayRange": (_NUMBER, _NUMBER, _NUMBER),
    "States.ArrayUnique": (_ARRAY,),
    "States.Base64Decode": (_TEXT,),
    "States.Base64Encode": (_TEXT,),
    "States.Format": (_TEXT,),
    "States.Hash": (_ANY, _ALGORITHM),
    "States.JsonMerge": (_OBJECT, _OBJECT, _BOOLEAN),
    "States.MathAdd": (_NUMBER, _NUMBER),
    "States.MathRandom": (_NUMBER, _NUMBER, _NUMBER),
    "States.StringSplit": (_TEXT, _TEXT),
    "States.StringToJson": (_TEXT,),
}
"""What each function takes, in the order of its arguments."""
_PLACEHOLDER = re.compile(r"\\.|(\{\})|([{}])", re.DOTALL)
"""In the text of States.Format: an escape, a place for a value, or a brace that is neither."""


def unfit(call: Call) -> str:
    """Why a call cannot succeed, whatever its data are; empty if it can.

    >>> from pipelines.asl.intrinsic_syntax import parse_intrinsic
    >>> unfit(parse_intrinsic("States.Format('{} of {}', $.done)"))
    'States.Format has 2 places {} in its text and 1 value for them'
    """
    for argument, (expected, test) in zip(
        call.arguments, _WANTED.get(call.function, ()), strict=False
    ):
        if isinstance(argument, Literal) and not test(argument.value):
            return f"{call.function} takes {expected}, not {shown(argument.value)}"
    own = _OWN.get(call.function)
    if own is not None and (problem := own(call.arguments)):
        return problem
    inner = (unfit(argument) for argument in call.arguments if isinstance(argument, Call))
    return next((problem for problem in inner if problem), "")


def _format(arguments: tuple[Argument, ...]) -> str:
    template = arguments[0]
    if not isinstance(template, Literal):
        return ""
    found = list(_PLACEHOLDER.finditer(template.raw))
    if brace := next((match[2] for match in found if match[2]), ""):
        return f"States.Format takes {brace} alone only behind a backslash, as \\{brace}"
    places = sum(match[1] is not None for match in found)
    values = len(arguments) - 1
    if places == values:
        return ""
    plural = "" if values == 1 else "s"
    return (
        f"States.Format has {places} place{'s' * (places != 1)} {{}} in its text and "
        f"{values} value{plural} for them"
    )


def _range(arguments: tuple[Argument, ...]) -> str:
    numbers = [each.value for each in arguments if isinstance(each, Literal)]
    if isinstance(arguments[2], Literal) and arguments[2].value == 0:
        return "the step of States.ArrayRange cannot be 0"
    if len(numbers) == 3 and (numbers[1] - numbers[0]) // numbers[2] >= MAX_RANGE:
        return f"States.ArrayRange makes at most {MAX_RANGE:,} elements"
    return ""


_OWN: dict[str, Callable[[tuple[Argument, ...]], str]] = {
    "States.Format": _format,
    "States.ArrayRange": _range,
}
