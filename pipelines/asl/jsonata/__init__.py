"""JSONata in state machines: evaluating expressions, and analysing them.

Step Functions has version 2.0.6 of the language.  Expressions stand between ``{%`` and ``%}``; all
functions here take the text between these marks, as `expression_text` gives it.  The library
jsonata-python, and the nodes of trees, are imported only by what evaluates or parses.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipelines.asl.jsonata.failures import (
    QUERY_EVALUATION_ERROR,
    JsonataError,
    JsonataSyntaxError,
    type_name,
    unexpected,
)
from pipelines.asl.jsonata.function_types import function_names, result_kind
from pipelines.asl.jsonata.templates import expression_text, expressions, filled, is_expression

if TYPE_CHECKING:
    from pipelines.asl.jsonata.evaluation import Bindings
    from pipelines.asl.jsonata.nodes import Node
    from pipelines.asl.jsonata.reads import Reference, Unsupported

__all__ = [
    "QUERY_EVALUATION_ERROR",
    "JsonataError",
    "JsonataSyntaxError",
    "bind",
    "evaluate",
    "evaluate_template",
    "expression_text",
    "expressions",
    "function_names",
    "is_expression",
    "parse",
    "references",
    "result_kind",
    "type_name",
    "unexpected",
    "unsupported_references",
]


def bind(variables: Mapping[str, Any]) -> Bindings:
    """Variables made ready once for many expressions; their values must not change then."""
    from pipelines.asl.jsonata.evaluation import Bindings

    return Bindings(variables)


def evaluate(
    expression: str,
    variables: Mapping[str, Any] | Bindings,
    chance: random.Random,
    now: float = 0.0,
    *,
    field: str = "",
) -> Any:
    """The value of an expression.

    Args:
        expression: The text between the marks.
        variables: JSON values by name without the $: ``states``, and what was assigned.
        chance: The source of $random, $uuid and $shuffle.
        now: What $now and $millis say, in seconds since 1970.
        field: The field that it is for, as AWS names it: ``Output/total``.

    Returns:
        A JSON value; a number is an int if it has no fraction.

    Raises:
        JsonataError: it has no value, or none that is JSON.
    """
    from pipelines.asl.jsonata.evaluation import Bindings
    from pipelines.asl.jsonata.evaluation import evaluate as run

    ready = variables if isinstance(variables, Bindings) else Bindings(variables)
    return run(expression, ready, chance, now, field)


def evaluate_template(
    value: Any,
    variables: Mapping[str, Any] | Bindings,
    chance: random.Random,
    now: float = 0.0,
    *,
    field: str = "",
) -> Any:
    """A value with the results of its expressions in their places; see `evaluate`.

    A text is an expression only if it is one from its first character to its last.

    Raises:
        JsonataError: one of its expressions has no value, or none that is JSON.
    """
    from pipelines.asl.jsonata.evaluation import Bindings
    from pipelines.asl.jsonata.evaluation import evaluate as run

    ready = variables if isinstance(variables, Bindings) else Bindings(variables)
    return filled(value, field, lambda text, where: run(text, ready, chance, now, where))


def parse(expression: str) -> Node:
    """The tree of an expression.

    Raises:
        JsonataSyntaxError: it cannot be read.
    """
    from pipelines.asl.jsonata import syntax

    return syntax.parse(expression)


def references(expression: str) -> tuple[Reference, ...]:
    """Every variable that an expression reads and does not bind itself, with its static path.

    Raises:
        JsonataSyntaxError: it cannot be read.
    """
    from pipelines.asl.jsonata import reads

    return reads.references(expression)


def unsupported_references(expression: str) -> tuple[Unsupported, ...]:
    """Names at the top of an expression that only a context could give; AWS refuses them.

    Raises:
        JsonataSyntaxError: it cannot be read.
    """
    from pipelines.asl.jsonata import reads

    return reads.unsupported_references(expression)
