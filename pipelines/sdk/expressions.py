"""Values that Step Functions computes at run time, among those that are known before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Expression(str):
    """A value that Step Functions computes at run time: a path, or an intrinsic function.

    The `.$` that the language wants on the key is added when the state is built.
    """

    __slots__ = ()


def bind(parameters: Any) -> Any:
    """A copy of `parameters` in which each key that holds an `Expression` ends in `.$`."""
    if isinstance(parameters, Mapping):
        return {
            f"{key}.$" if isinstance(value, Expression) else key: (
                str(value) if isinstance(value, Expression) else bind(value)
            )
            for key, value in parameters.items()
        }
    if isinstance(parameters, list):
        return [bind(item) for item in parameters]
    return parameters
