"""Values with expressions in them: Arguments, Output, Assign and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pipelines.asl.model import Place

OPENING, CLOSING = "{%", "%}"


def is_expression(value: Any) -> bool:
    """Whether a value is an expression: a text from ``{%`` to ``%}``, with nothing around them.

    >>> [is_expression(each) for each in ("{% 1 %}", "{%%}", " {% 1 %}", "{% 1", 1)]
    [True, True, False, False, False]
    """
    return (
        isinstance(value, str)
        and len(value) >= len(OPENING + CLOSING)
        and value.startswith(OPENING)
        and value.endswith(CLOSING)
    )


def expression_text(value: str) -> str:
    """The expression between the marks, as AWS quotes it.

    >>> expression_text("{% $states.input %}")
    '$states.input'
    """
    return value[len(OPENING) : -len(CLOSING)].strip()


def expressions(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every expression in a value, with the keys and indexes that lead to it.

    >>> list(expressions({"a": ["{% 1 %}", "b"], "c": "{% $d %}"}))
    [(('a', 0), '1'), (('c',), '$d')]
    """
    if is_expression(value):
        yield place, expression_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from expressions(item, (*place, str(key)))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from expressions(item, (*place, number))


def filled(value: Any, field: str, evaluate: Callable[[str, str], Any]) -> Any:
    """The value with the results of its expressions in their places.

    Args:
        field: The field that the value is of, as AWS names it: ``Output``, ``Choices[0]/Output``.
        evaluate: Gives an expression's result; its second argument is the field with the way to
            the expression in it, such as ``Output/a[0]``.
    """
    if is_expression(value):
        return evaluate(expression_text(value), field)
    if isinstance(value, dict):
        return {key: filled(item, f"{field}/{key}", evaluate) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, f"{field}[{n}]", evaluate) for n, item in enumerate(value)]
    return value
