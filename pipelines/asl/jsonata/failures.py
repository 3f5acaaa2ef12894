"""What goes wrong with an expression, and how Step Functions words it."""

from __future__ import annotations

from typing import Any

from pipelines.asl.errors import AslSyntaxError, StateError
from pipelines.asl.jsonata.messages import message
from pipelines.asl.jsonata.numbers import json_text

QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"


class JsonataError(StateError):
    """An expression could not be evaluated, or its result is of no use to the field it is for.

    Attributes:
        cause: AWS's sentence, as the history has it; whoever runs the state says in which state.
        location: The field, as the event EvaluationFailed has it, such as ``Output/total``.
    """

    def __init__(self, cause: str, location: str = "") -> None:
        super().__init__(QUERY_EVALUATION_ERROR, cause)
        self.location = location


class JsonataSyntaxError(AslSyntaxError):
    """An expression that JSONata cannot read; AWS refuses a definition with it.

    Attributes:
        code: JSONata's code of the error, such as S0202.
        position: Where in the expression: the number of characters before it, roughly.
    """

    def __init__(self, code: str, message: str, position: int) -> None:
        super().__init__(message)
        self.code = code
        self.position = position


class Failure(Exception):
    """An error of JSONata's own while it evaluates, by its code and the values it names."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def name(self, function: Any) -> None:
        """Say in which function it was, unless that or an operator is said."""
        if function is not None:
            self.values.setdefault("token", function)

    def __str__(self) -> str:
        return message(self.code, self.values)


class Internal(Exception):
    """A function fails in a way that JSONata has no code for."""


class Exhausted(Exception):
    """An expression wants more depth, time or memory than it may have; `str()` says of what."""


def undefined(expression: str, field: str) -> JsonataError:
    """The expression has no result, but the field needs one."""
    return JsonataError(f"{_subject(expression, field)} returned nothing (undefined).", field)


def unsupported(expression: str, field: str) -> JsonataError:
    """The result is, or holds, what JSON has not: a function."""
    return JsonataError(
        f"{_subject(expression, field)} returned an unsupported result type.", field
    )


def unexpected(expression: str, field: str, expected: str, value: Any) -> JsonataError:
    """The result is not of the type that the field wants.

    Args:
        expected: The type wanted, by the name that JSONata's $type gives it.
        value: The result, a JSON value.
    """
    return JsonataError(
        f"{_subject(expression, field)} returned an unexpected result type. "
        f"Expected '{expected}', but was '{type_name(value)}' for value: {json_text(value)}",
        field,
    )


def thrown(
    expression: str, field: str, error: Failure | Exhausted | JsonataSyntaxError
) -> JsonataError:
    """The evaluation ended in an error."""
    how = f": {error}" if isinstance(error, Exhausted) else f". {error.code}: {error}"
    return JsonataError(
        f"{_subject(expression, field)} threw an error during evaluation{how}", field
    )


def internal(expression: str, field: str) -> JsonataError:
    """The evaluation broke where JSONata has no error of its own for it."""
    return JsonataError(
        f"{_subject(expression, field)} threw an internal error during evaluation.", field
    )


def _subject(expression: str, field: str) -> str:
    where = f" specified for the field '{field}'" if field else ""
    return f"The JSONata expression '{expression}'{where}"


def type_name(value: Any) -> str:
    """A JSON value's type, by the name that JSONata's $type gives it.

    >>> [type_name(each) for each in (None, True, 1, 1.5, "", [], {})]
    ['null', 'boolean', 'number', 'number', 'string', 'array', 'object']
    """
    if value is None:
        return "null"
    for kind, name in _TYPE_NAMES:
        if isinstance(value, kind):
            return name
    return "function"


_TYPE_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    ((int, float), "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)
