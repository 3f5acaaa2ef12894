"""JSONata's operators on values; `None` is undefined.  Numbers are doubles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.numbers import as_double, is_number


def same_scalar(left: Any, right: Any) -> bool:
    """Whether two values are the same text, number, truth value or null."""
    if is_number(left) and is_number(right):
        return as_double(left) == as_double(right)
    return type(left) is type(right) and bool(left == right)


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """The value of <, <=, >, >=."""
    for side in (left, right):
        if side is not None and not isinstance(side, str) and not is_number(side):
            raise Failure("T2010", token=operator, value=side)
    if left is None or right is None:
        return None
    if isinstance(left, str) != isinstance(right, str):
        raise Failure("T2009", value=left, value2=right, token=operator)
    return COMPARE[operator](left, right)


def includes(item: Any, items: Any) -> bool:
    """The value of `in`; an array or an object is in a list only if it is that very one."""
    if item is None or items is None:
        return False
    if isinstance(item, list | dict):
        return any(each is item for each in (items if isinstance(items, list) else [items]))
    return any(same_scalar(each, item) for each in (items if isinstance(items, list) else [items]))


def is_operand(value: Any) -> bool:
    """Whether arithmetic can take it: NaN is no number, an infinite one is an error."""
    if not is_number(value) or (isinstance(value, float) and math.isnan(value)):
        return False
    if isinstance(value, float) and math.isinf(value):
        raise Failure("D1001", value=value)
    return True


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _divide(left: float, right: float) -> float:
    if right == 0:
        return math.nan if left == 0 else math.copysign(math.inf, left)
    return left / right


def _remainder(left: float, right: float) -> float:
    return math.nan if right == 0 else math.fmod(left, right)


def _sum(left: float, right: float) -> float:
    return left + right


def _difference(left: float, right: float) -> float:
    return left - right


def _product(left: float, right: float) -> float:
    return left * right


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _divide,
    "%": _remainder,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}
