"""Evaluates one expression."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

from pipelines.asl.jsonata.budget import MAX_ITEMS
from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import (
    Exhausted,
    Failure,
    Internal,
    JsonataSyntaxError,
    internal,
    thrown,
    undefined,
    unsupported,
)
from pipelines.asl.jsonata.functions import built_ins
from pipelines.asl.jsonata.library import NULL, LibraryError, is_function
from pipelines.asl.jsonata.messages import MEMORY, STACK_OVERFLOW
from pipelines.asl.jsonata.natives import Frame
from pipelines.asl.jsonata.numbers import number_text
from pipelines.asl.jsonata.parsing import TooDeep, parse_symbols
from pipelines.asl.jsonata.syntax import variable_names
from pipelines.asl.jsonata.text import inward


class Bindings:
    """Variables as expressions have them, made ready once for any number of expressions."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._ready: dict[str, Any] = {}

    def frame(self, names: frozenset[str], enclosing: Frame) -> Frame:
        """A frame with those of the variables that an expression names."""
        frame = Frame(enclosing)
        for name in names & self._variables.keys():
            if name not in self._ready:
                self._ready[name] = inward(self._variables[name])
            frame.bindings[name] = self._ready[name]
        return frame


def evaluate(
    expression: str, bindings: Bindings, chance: random.Random, now: float, field: str
) -> Any:
    """The value of an expression, a JSON value; see the package's `evaluate`."""
    try:
        root, names = parse_symbols(expression), variable_names(expression)
        result = Evaluator(chance, now).run(root, bindings.frame(names, built_ins()))
        if result is None:
            raise undefined(expression, field)
        return _outward(result, [MAX_ITEMS])
    except (RecursionError, TooDeep):
        raise thrown(expression, field, Exhausted(STACK_OVERFLOW)) from None
    except (Failure, Exhausted, JsonataSyntaxError) as error:
        raise thrown(expression, field, error) from None
    except LibraryError as error:
        raise thrown(expression, field, Failure(error.error, value=error.current)) from None
    except MemoryError:
        raise thrown(expression, field, Exhausted(MEMORY)) from None
    except _Unsupported:
        raise unsupported(expression, field) from None
    except (Internal, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as e:
        # What the library's own code stumbles over; AWS has such errors, too.
        raise internal(expression, field) from e


class _Unsupported(Exception):
    """A result has what JSON has not."""


def _outward(value: Any, room: list[int]) -> Any:
    """The value as JSON; what is infinite or no number becomes a text, as AWS writes it."""
    room[0] -= 1
    if room[0] < 0:
        raise Exhausted(MEMORY)
    if isinstance(value, dict):
        return {key: _outward(item, room) for key, item in value.items()}
    if isinstance(value, list):
        return [_outward(item, room) for item in value]
    if value is NULL or value is None:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return number_text(value)
    if is_function(value) or not isinstance(value, str | int | float):
        raise _Unsupported
    return value
