"""Functions on arrays and objects where the library differs from the reference."""

from __future__ import annotations

from typing import Any

from jsonata import functions as library

from pipelines.asl.jsonata.budget import STEP
from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.library import is_sequence, sequence
from pipelines.asl.jsonata.text import clone as copied


def append(evaluator: Evaluator, first: Any, second: Any) -> Any:
    if first is None or second is None:
        return second if first is None else first
    joined = library.Functions.append(first, second)
    evaluator.budget.hold(len(joined))
    return joined


def distinct(evaluator: Evaluator, items: Any) -> Any:
    if not isinstance(items, list) or len(items) <= 1:
        return items
    kept: dict[Any, Any] = {}
    for each in items:
        kept.setdefault(_identity(evaluator, each), each)
    return sequence(kept.values()) if is_sequence(items) else list(kept.values())


def _identity(evaluator: Evaluator, value: Any) -> Any:
    """What values that are the same JSON have in common, and no others."""
    evaluator.budget.spend(STEP // 2)
    if isinstance(value, list):
        return ("array", *(_identity(evaluator, each) for each in value))
    if isinstance(value, dict):
        return frozenset((key, _identity(evaluator, each)) for key, each in value.items())
    return (type(value) is bool, value)


def shuffle(evaluator: Evaluator, items: Any) -> Any:
    if items is None or len(items) <= 1:
        return items
    shuffled = list(items)
    evaluator.chance.shuffle(shuffled)
    return shuffled


def keys(_evaluator: Evaluator, value: Any) -> Any:
    found: dict[str, None] = {}
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            found.update(dict.fromkeys(each))
        elif isinstance(each, list):
            found.update(dict.fromkeys(keys(_evaluator, each)))
    return sequence(found)


def clone(evaluator: Evaluator, value: Any) -> Any:
    return None if value is None else copied(evaluator, value)


def error(_evaluator: Evaluator, message: str | None) -> None:
    raise Failure("D3137", message=message or "$error() function evaluated")


def assert_(_evaluator: Evaluator, condition: Any, message: str | None) -> None:
    if not condition:
        raise Failure("D3141", message=message or "$assert() statement failed")
