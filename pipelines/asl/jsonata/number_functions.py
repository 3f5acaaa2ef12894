"""Functions on numbers where the library differs from the reference."""

from __future__ import annotations

import math
import re
from typing import Any

from jsonata import functions as library

from pipelines.asl.jsonata import pictures
from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.numbers import as_double, is_number, number, number_text

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?", re.ASCII)
_RADIX = re.compile(r"0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+", re.ASCII)


def number_(_evaluator: Evaluator, value: Any) -> int | float | None:
    if value is None or is_number(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value) and math.isfinite(float(value)):
        return number(float(value))
    if isinstance(value, str) and _RADIX.fullmatch(value):
        return number(as_double(int(value, 0)))
    raise Failure("D3030", value=value)


def _total(numbers: Any) -> float:
    total = 0.0
    for each in numbers:
        total += as_double(each)
    return total


def sum_(_evaluator: Evaluator, numbers: Any) -> float | None:
    return None if numbers is None else _total(numbers)


def average(_evaluator: Evaluator, numbers: Any) -> float | None:
    return _total(numbers) / len(numbers) if numbers else None


def count(_evaluator: Evaluator, items: Any) -> int:
    return 0 if items is None else len(items)


def max_(_evaluator: Evaluator, numbers: Any) -> Any:
    return max(numbers) if numbers else None


def min_(_evaluator: Evaluator, numbers: Any) -> Any:
    return min(numbers) if numbers else None


def abs_(_evaluator: Evaluator, value: Any) -> Any:
    return None if value is None else abs(value)


def floor(_evaluator: Evaluator, value: Any) -> Any:
    return value if value is None or not math.isfinite(value) else number(math.floor(value))


def ceil(_evaluator: Evaluator, value: Any) -> Any:
    return value if value is None or not math.isfinite(value) else number(math.ceil(value))


def sqrt(_evaluator: Evaluator, value: Any) -> float | None:
    if value is None:
        return None
    if value < 0:
        raise Failure("D3060", value=value)
    return math.sqrt(as_double(value))


def power(_evaluator: Evaluator, base: Any, exponent: Any) -> float | None:
    if base is None:
        return None
    try:
        result = math.pow(as_double(base), as_double(exponent))
    except (OverflowError, ValueError, TypeError):
        result = math.nan
    if not math.isfinite(result):
        raise Failure("D3061", value=base, exp=exponent)
    return result


def round_(_evaluator: Evaluator, value: Any, precision: Any) -> float | None:
    """Half to even, on the decimal digits that the number prints with."""
    if value is None:
        return None
    digits = int(precision or 0)
    shifted = _shift(as_double(value), digits) if digits else as_double(value)
    if not math.isfinite(shifted):
        return shifted
    rounded = math.floor(shifted + 0.5)
    if abs(rounded - shifted) == 0.5 and rounded % 2:
        rounded -= 1
    return _shift(float(rounded), -digits) if digits else float(rounded)


def _shift(value: float, digits: int) -> float:
    mantissa, _, exponent = number_text(number(value)).partition("e")
    try:
        return float(f"{mantissa}e{int(exponent or 0) + digits}")
    except ValueError:
        return math.nan


def format_number(evaluator: Evaluator, value: Any, picture: Any, options: Any) -> str | None:
    if value is None:
        return None
    pictures.validate(picture, options)
    places = pictures.decimal_places(picture, options, negative=value < 0)
    # The reference rounds half to even, the library half up.
    rounded = value if places is None else round_(evaluator, value, places)
    return str(library.Functions.format_number(rounded, picture, options))


def format_base(evaluator: Evaluator, value: Any, radix: Any) -> str | None:
    if value is None:
        return None
    base = int(round_(evaluator, 10 if radix is None else radix, None) or 0)
    if not 2 <= base <= 36:
        raise Failure("D3100", value=base)
    rounded = int(round_(evaluator, value, None) or 0)
    return str(library.Functions.base_repr(rounded, base)).lower()
