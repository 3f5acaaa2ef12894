"""Filters of paths: the operators that only Jayway JsonPath has, for the library that reads paths.

AWS reads paths with Jayway JsonPath, whose filters know `nin`, `subsetof`, `anyof`, `noneof`,
`size` and `empty` (https://github.com/json-path/JsonPath#filter-operators), in any capitals.  The
library has none of them; here each becomes what it does have, a negation or a function of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath import JSONPathEnvironment

_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_LIST = rf"\[(?:{_TEXT}|[^\]'\"])*\]"
_PATH = rf"[@$](?:{_LIST}|[^\s\[\]()=!<>&|'\"])*"
_OPERATION = re.compile(
    rf"(?P<left>{_PATH}|{_LIST}|{_TEXT})\s*"
    r"\b(?P<operator>in|nin|subsetof|anyof|noneof|size|empty|contains)\b\s*"
    rf"(?P<right>{_PATH}|{_LIST}|{_TEXT}|-?[\d.]+|true|false|null)"
    rf"|{_TEXT}|/(?:[^/\\]|\\.)+/[a-z]*",
    re.DOTALL | re.IGNORECASE,
)
"""An operation that is written with a word; or a literal, which is left alone."""
_SINGLE_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)


def standard_filter(condition: str) -> str:
    """A condition as the library of `environment` reads it.

    >>> standard_filter("(@.a nin [1, 2] && @.b SIZE 3)")
    '(!(@.a in [1, 2]) && size(@.b, 3))'
    """
    return _OPERATION.sub(_written, condition)


def _written(match: re.Match[str]) -> str:
    if match["operator"] is None:
        return match[0]
    left, operator, right = match["left"], match["operator"].lower(), match["right"]
    if operator in ("in", "contains"):
        return f"{left} {operator} {right}"
    if operator == "nin":
        return f"!({left} in {right})"
    return f"{operator}({_argument(left)}, {_argument(right)})"


def _argument(operand: str) -> str:
    """An operand of a function, which takes no arrays but in a text."""
    if not operand.startswith("["):
        return operand
    return json.dumps(_SINGLE_QUOTED.sub(_double_quoted, operand))


def _double_quoted(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0]
    return json.dumps(re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL))


@cache
def environment() -> JSONPathEnvironment:
    """The library, with the functions that `standard_filter` writes."""
    import jsonpath

    made = jsonpath.JSONPathEnvironment()
    made.function_extensions.update({
        "subsetof": _of_arrays(lambda left, right: all(each in right for each in left)),
        "anyof": _of_arrays(lambda left, right: any(each in right for each in left)),
        "noneof": _of_arrays(lambda left, right: not any(each in right for each in left)),
        "size": _of_values(_has_size),
        "empty": _of_values(_is_empty),
    })  # fmt: skip
    return made


_NOTHING: Any = object()


def _of_arrays(test: Callable[[list[Any], list[Any]], bool]) -> Callable[[Any, Any], bool]:
    """A function of two arrays; of anything else it is false."""

    def function(left: Any, right: Any) -> bool:
        arrays = [_array(_value(left)), _array(_value(right))]
        return arrays[0] is not None and arrays[1] is not None and test(arrays[0], arrays[1])

    return _takes_nodes(function)


def _of_values(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def function(left: Any, right: Any) -> bool:
        return test(_value(left), _value(right))

    return _takes_nodes(function)


def _takes_nodes(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """The same, which is told that a path found nothing; otherwise it would get an empty list."""
    function.with_node_lists = True  # type: ignore[attr-defined]
    return function


def _value(operand: Any) -> Any:
    """What an operand stands for: a literal, or what a path found."""
    from jsonpath import NodeList

    if not isinstance(operand, NodeList):
        return operand
    found: Sequence[Any] = operand.values()
    return found[0] if len(found) == 1 else list(found) or _NOTHING


def _array(value: Any) -> list[Any] | None:
    """An array, which may be a literal that `_argument` made a text."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, list) else None


def _has_size(value: Any, size: Any) -> bool:
    """The length of a text or an array is compared; nothing else has one."""
    is_number = isinstance(size, int | float) and not isinstance(size, bool)
    return is_number and isinstance(value, str | list) and len(value) == int(size)


def _is_empty(value: Any, expected: Any) -> bool:
    return isinstance(value, str | list | dict) and (not value) is expected
