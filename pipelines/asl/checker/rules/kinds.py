"""What a field can hold: the kinds of values, and whether a value is of one.

A text with `${…}` in it is filled in before the definition reaches AWS.  What it will be is not
known, so that it passes for any kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pipelines.asl.jsonata import is_expression
from pipelines.asl.timestamps import parse_timestamp

Kind = Literal[
    "anything",
    "text",
    "text or null",
    "path",
    "path or null",
    "boolean",
    "integer",
    "number",
    "timestamp",
    "object",
    "template",
    "list",
    "texts",
    "objects",
    "expression",
]

_PHRASES: dict[Kind, str] = {
    "anything": "anything",
    "text": "a text",
    "text or null": "a text",
    "path": "a path",
    "path or null": "a path or null",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "timestamp": "a timestamp like 2016-03-14T01:59:00Z",
    "object": "an object",
    "template": "an object or a list",
    "list": "a list",
    "texts": "a list of texts",
    "objects": "a list of objects",
    "expression": "a JSONata expression like {% … %}",
}


def phrase(kind: Kind) -> str:
    """The kind as a message names it: ``an integer``."""
    return _PHRASES[kind]


def is_open(value: Any) -> bool:
    """Whether something fills in a value before AWS sees it: a text with a placeholder, or a
    function of CloudFormation's.

    >>> [is_open(each) for each in ("${Seconds}", "{{ s }}", {"Fn::GetAtt": ["F", "Arn"]}, "60")]
    [True, True, True, False]
    """
    if isinstance(value, str):
        return "${" in value or "{{" in value
    if isinstance(value, dict) and len(value) == 1:
        [name] = value
        return name == "Ref" or str(name).startswith("Fn::")
    return False


def is_of_kind(value: Any, kind: Kind) -> bool:
    """Whether the value is of the kind.

    >>> is_of_kind(1, "integer"), is_of_kind(True, "integer"), is_of_kind("${N}", "integer")
    (True, False, True)
    """
    return _TESTS[kind](value) or is_open(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


_TESTS: dict[Kind, Callable[[Any], bool]] = {
    "anything": lambda value: True,
    "text": _is_text,
    "text or null": lambda value: value is None or isinstance(value, str),
    "path": _is_text,
    "path or null": lambda value: value is None or isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": _is_number,
    "timestamp": lambda value: parse_timestamp(value) is not None,
    "object": _is_object,
    "template": lambda value: isinstance(
        value, Mapping | list
    ),  # a list, too, whatever the specification says
    "list": _is_list,
    "texts": lambda value: _is_list(value) and all(map(_is_text, value)),
    "objects": lambda value: _is_list(value) and all(map(_is_object, value)),
    "expression": lambda value: isinstance(value, str) and is_expression(value),
}
