"""The functions that call functions: $map, $filter, $single, $reduce, $sift, $each and $sort."""

from __future__ import annotations

import math
from typing import Any

from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.library import NULL, sequence
from pipelines.asl.jsonata.natives import arity
from pipelines.asl.jsonata.numbers import is_number
from pipelines.asl.jsonata.sorting import merge_sort


def map_(evaluator: Evaluator, items: Any, function: Any) -> Any:
    if items is None:
        return None
    results = (_call(evaluator, function, item, n, items) for item, n in _numbered(items))
    return sequence(each for each in results if each is not None)


def filter_(evaluator: Evaluator, items: Any, function: Any) -> Any:
    if items is None:
        return None
    return sequence(
        item
        for item, number in _numbered(items)
        if evaluator.truth(_call(evaluator, function, item, number, items))
    )


def single(evaluator: Evaluator, items: Any, function: Any) -> Any:
    """The one item that the function says yes to."""
    if items is None:
        return None
    found = [
        item
        for item, number in _numbered(items)
        if function is None or evaluator.truth(_call(evaluator, function, item, number, items))
    ]
    if len(found) != 1:
        raise Failure("D3138" if found else "D3139")
    return found[0]


def reduce(evaluator: Evaluator, items: Any, function: Any, initial: Any) -> Any:
    if items is None:
        return None
    takes = arity(function)
    if takes < 2:
        raise Failure("D3050", index=1)
    start = 0
    if initial is None and items:
        initial, start = items[0], 1
    for number in range(start, len(items)):
        arguments = [initial, items[number], number, items][: max(takes, 2)]
        initial = evaluator.apply(function, arguments, NULL, evaluator.environment)
    return initial


def sift(evaluator: Evaluator, value: Any, function: Any) -> Any:
    """The fields of an object that the function says yes to; nothing, if there is none."""
    kept = {
        key: item
        for key, item in (value or {}).items()
        if evaluator.truth(_call(evaluator, function, item, key, value))
    }
    return kept or None


def each(evaluator: Evaluator, value: Any, function: Any) -> Any:
    """What the function makes of each field of an object."""
    results = (_call(evaluator, function, item, key, value) for key, item in (value or {}).items())
    return sequence(result for result in results if result is not None)


def sort(evaluator: Evaluator, items: Any, comparator: Any) -> Any:
    if items is None or len(items) <= 1:
        return items
    if comparator is None:
        if not (
            all(is_number(each) for each in items) or all(isinstance(each, str) for each in items)
        ):
            raise Failure("D3070")
        return merge_sort(evaluator.budget, items, lambda left, right: bool(left > right))

    def after(left: Any, right: Any) -> bool:
        return _is_true(evaluator.apply(comparator, [left, right], NULL, evaluator.environment))

    return merge_sort(evaluator.budget, items, after)


def _numbered(items: Any) -> Any:
    return ((item, number) for number, item in enumerate(items))


def _call(evaluator: Evaluator, function: Any, item: Any, key: Any, all_: Any) -> Any:
    """The function's result for an item, its place, and all; it gets as much as it takes."""
    arguments = [item, key, all_][: max(arity(function), 1)]
    return evaluator.apply(function, arguments, NULL, evaluator.environment)


def _is_true(value: Any) -> bool:
    """What JavaScript takes for true: any array or object is, even an empty one."""
    if value is None or value is NULL or value is False or value == "":
        return False
    return not (is_number(value) and (value == 0 or math.isnan(value)))
