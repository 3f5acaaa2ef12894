"""How data pass through a state in JSONPath: paths, payload templates, ResultPath.

Each function raises DataError where AWS fails the state.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from pipelines.asl.errors import (
    PARAMETER_PATH_FAILURE,
    RESULT_PATH_MATCH_FAILURE,
    RUNTIME,
    DataError,
)
from pipelines.asl.interpreter import intrinsics
from pipelines.asl.intrinsic_syntax import is_intrinsic, parse_intrinsic
from pipelines.asl.paths import PathNotFound, Scope, parse_path, parse_reference_path, put

Fields = Mapping[str, Any]


def read_field(text: str, field: str, scope: Scope) -> Any:
    """What a path finds, for a field that names it (`ItemsPath`, or a key that ends in ``.$``).

    Raises:
        DataError: States.Runtime, if the path leads nowhere.
    """
    try:
        return parse_path(text).read(scope)
    except PathNotFound as error:
        raise DataError(
            RUNTIME,
            f"The JSONPath '{text}' specified for the field '{field}'"
            f" could not be found in the input '{scope.quote(error.value)}'",
            also=PARAMETER_PATH_FAILURE,
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


def apply_path(fields: Fields, name: str, scope: Scope) -> Any:
    """The data as InputPath or OutputPath filters them; null discards everything."""
    path = fields.get(name, "$")
    if path == "$":
        return scope.data
    if path is None:
        return {}
    try:
        return parse_path(path).read(scope)
    except PathNotFound as error:
        raise invalid_path(error) from None


def invalid_path(error: PathNotFound) -> DataError:
    """A path that leads nowhere, as AWS's JSONPath library words it."""
    return DataError(RUNTIME, f"Invalid path '{error.text}' : {error.reason}")


def apply_result_path(fields: Fields, scope: Scope, result: Any) -> Any:
    """The scope's data, the state's own input, with the result where ResultPath says.

    Where it is null, the result is dropped.

    Raises:
        DataError: States.ResultPathMatchFailure, if the input has no such place.
    """
    path = fields.get("ResultPath", "$")
    if path == "$":
        return result
    if path is None:
        return scope.data
    try:
        return put(scope.data, parse_reference_path(path), result)
    except LookupError:
        raise DataError(
            RESULT_PATH_MATCH_FAILURE,
            f"Unable to apply ReferencePath {path} to input {scope.quote(scope.data)}",
        ) from None
