"""How data pass through a state: InputPath, Parameters, ResultSelector, ResultPath, OutputPath.

Each function takes the state (or catcher) and what the field is applied to, and raises
DataError where AWS fails the state.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from pipelines.asl.errors import RESULT_PATH_MATCH_FAILURE, RUNTIME, DataError
from pipelines.asl.interpreter import intrinsics
from pipelines.asl.intrinsic_syntax import is_intrinsic, parse_intrinsic
from pipelines.asl.json_text import dumps
from pipelines.asl.paths import PathNotFound, Scope, parse_path, parse_reference_path, put

Fields = Mapping[str, Any]


def read_field(text: str, field: str, scope: Scope) -> Any:
    """What a path finds, for a field that names it (`SecondsPath`).

    Raises:
        DataError: States.Runtime, if the path leads nowhere.
    """
    try:
        return parse_path(text).read(scope)
    except PathNotFound as error:
        raise DataError(
            RUNTIME,
            f"The JSONPath '{text}' specified for the field '{field}'"
            f" could not be found in the input '{dumps(error.value)}'",
        ) from None


def evaluate(text: str, field: str, scope: Scope, chance: random.Random) -> Any:
    """The value of a path or intrinsic function, as it stands behind a key that ends in ``.$``."""
    if is_intrinsic(text):
        return intrinsics.call(parse_intrinsic(text), scope, chance)
    return read_field(text, field, scope)


def fill_template(template: Any, scope: Scope, chance: random.Random) -> Any:
    """A payload template with every ``"key.$"`` replaced by ``"key"`` and its value.

    >>> fill_template({"a.$": "$.x", "b": [{"c.$": "$"}]}, Scope({"x": 1}, {}), random.Random(0))
    {'a': 1, 'b': [{'c': {'x': 1}}]}
    """
    if isinstance(template, Mapping):
        filled = {}
        for key, value in template.items():
            if key.endswith(".$"):
                filled[key.removesuffix(".$")] = evaluate(value, key, scope, chance)
            else:
                filled[key] = fill_template(value, scope, chance)
        return filled
    if isinstance(template, list):
        return [fill_template(item, scope, chance) for item in template]
    return template


def apply_input_path(state: Fields, data: Any, context: Mapping[str, Any]) -> Any:
    """The state's effective input, before Parameters; null discards everything."""
    return _filter(state, "InputPath", data, context)


def apply_output_path(state: Fields, data: Any, context: Mapping[str, Any]) -> Any:
    """What the next state gets; null discards everything."""
    return _filter(state, "OutputPath", data, context)


def _filter(state: Fields, field: str, data: Any, context: Mapping[str, Any]) -> Any:
    path = state.get(field, "$")
    if path == "$":
        return data
    if path is None:
        return {}
    try:
        return parse_path(path).read(Scope(data, context))
    except PathNotFound as error:
        raise DataError(
            RUNTIME, f"Invalid path '{path}': nothing is there in '{dumps(error.value)}'"
        ) from None


def apply_parameters(
    state: Fields, data: Any, context: Mapping[str, Any], chance: random.Random
) -> Any:
    """The input as Parameters shapes it, or as it is."""
    if "Parameters" not in state:
        return data
    return fill_template(state["Parameters"], Scope(data, context), chance)


def apply_result_selector(
    state: Fields, result: Any, context: Mapping[str, Any], chance: random.Random
) -> Any:
    """The result as ResultSelector shapes it, or as it is."""
    if "ResultSelector" not in state:
        return result
    return fill_template(state["ResultSelector"], Scope(result, context), chance)


def apply_result_path(state: Fields, data: Any, result: Any) -> Any:
    """The state's own input with the result put where ResultPath says; null drops the result.

    Raises:
        DataError: States.ResultPathMatchFailure, if the input has no such place.
    """
    path = state.get("ResultPath", "$")
    if path is None:
        return data
    try:
        return put(data, parse_reference_path(path), result)
    except LookupError:
        raise DataError(
            RESULT_PATH_MATCH_FAILURE,
            f"Unable to apply ReferencePath {path} to input {dumps(data)}",
        ) from None
