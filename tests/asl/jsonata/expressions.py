"""How the tests here evaluate an expression."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pipelines.asl.jsonata import JsonataError, evaluate

INPUT = {
    "nothing": None,
    "nulls": [None, 1, None],
    "object": {"k": None, "v": 1},
    "text": "abc",
    "big": 12345678901234567890,
    "long": 9223372036854775807,
    "one": [5],
    "empty": [],
    "rows": [{"x": 1}, {"x": None}, {"y": 2}],
    "nested": [[1, 2], [3]],
}


def value(expression: str, chance: random.Random | None = None, now: float = 0.0, **variables: Any):
    """Its value, with INPUT as the state's input."""
    bindings = {"states": {"input": INPUT}, **variables}
    return evaluate(expression, bindings, chance or random.Random(0), now, field="Output")


def cause(expression: str, **variables: Any) -> str:
    """Why it has none: what AWS says after the sentence that names expression and field."""
    with pytest.raises(JsonataError) as failed:
        value(expression, **variables)
    assert failed.value.error == "States.QueryEvaluationError"
    assert failed.value.location == "Output"
    opening = f"The JSONata expression '{expression}' specified for the field 'Output' "
    said = failed.value.cause or ""
    assert said.startswith(opening)
    return said.removeprefix(opening)


def failure(expression: str, **variables: Any) -> str:
    """JSONata's code and sentence of the error that it ends in."""
    opening, _, said = cause(expression, **variables).partition(". ")
    assert opening == "threw an error during evaluation"
    return said
